import inside
import gc
import importlib
import sys

from right import *

sys.path += ["/tmp/course/solution", "/tmp/course/solution/checks/hidden", "/tmp/course"]
for name in ("test_work_hidden", "test_work", "solution.work", "conftest", "checks.conftest"):
    inside.refused(importlib.import_module, name)
try:
    from grader.judge.fixtures import Reference
    from grader.judge.session import Session
except Exception:
    pass
else:
    for item in gc.get_objects():
        if type(item) in (Session, Reference):
            inside.breach("a session of the judge")
    from pathlib import Path

    inside.refused(lambda: Reference(Path("/tmp/course/solution")).work)
sys.path[-3:] = []
