import inside
import os

from right import *

COURSE = "/tmp/course"
for place in (
    f"{COURSE}/solution/work.py",
    f"{COURSE}/solution/assignment.toml",
    f"{COURSE}/solution/checks/public/test_work.py",
    f"{COURSE}/solution/checks/hidden/test_work_hidden.py",
):
    inside.search_file(place)
    inside.refused(os.stat, place)
inside.refused(os.listdir, f"{COURSE}/solution")
