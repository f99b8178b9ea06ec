import inside
import gc
import sys

from right import *


def sizeable():
    for item in gc.get_objects():
        try:
            yield repr(item)[:20_000] if type(item) in (dict, list, tuple, set) else ""
        except Exception:
            continue


for text in sizeable():
    inside.search(text)
for name, module in list(sys.modules.items()):
    if name.startswith(("checks", "test_work", "solution", "conftest", "grader.judge")):
        inside.breach(f"the module {name} of the judge")
