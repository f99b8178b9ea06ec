import inside
import os

from right import *

for name in (
    "work.py",
    "assignment.toml",
    "pytest.ini",
    "conftest.py",
    "checks/conftest.py",
    "checks/hidden/test_work_hidden.py",
    "checks/hidden/conftest.py",
):
    for mode in ("a", "w", "r+"):
        inside.refused(open, f"/tmp/course/solution/{name}", mode)
inside.refused(os.rename, "work.py", "/tmp/course/solution/work.py")
inside.refused(os.unlink, "/tmp/course/solution/work.py")
