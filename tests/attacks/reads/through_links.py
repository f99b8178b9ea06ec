import inside
import os

from right import *

for number, target in enumerate(
    ("/tmp/course/solution/work.py", "/tmp/canary", "/tmp/home/notes.txt", "/proc/self/environ",
     "../../../../../../tmp/course/solution/work.py", "/dev/shm/canary", "/proc/1/root/tmp/canary")
):
    for make in (os.symlink, os.link):
        name = f"{make.__name__}{number}"
        try:
            make(target, name)
        except OSError:
            continue
        inside.search_file(name)
        os.unlink(name)
here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
for depth in range(1, 9):
    inside.refused(lambda: os.open("../" * depth + "tmp/course", os.O_RDONLY, dir_fd=here))
    inside.refused(lambda: os.open("../" * depth + "proc/1/status", os.O_RDONLY, dir_fd=here))
os.close(here)
