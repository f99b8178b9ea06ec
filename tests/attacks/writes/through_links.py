import inside
import os
import shutil

from right import *

for number, target in enumerate(("/tmp/course/solution/work.py", "/tmp/canary", "/tmp/home/notes.txt",
                                 "/dev/shm/canary", "/etc/passwd", os.__file__)):
    name = f"link{number}"
    inside.attempt(os.symlink, target, name)
    inside.attempt(lambda: open(name, "a").write("written by an attack"))
    inside.attempt(os.truncate, name, 0)
    inside.attempt(os.chmod, name, 0o777)
    inside.attempt(os.link, target, f"hard{number}")
    inside.attempt(shutil.move, "inside.py", os.path.dirname(target) + "/moved")
    inside.attempt(os.replace, name, target)
