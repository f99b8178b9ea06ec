import inside
import os
from pathlib import Path

from right import *

mine = Path.cwd()
for top in ("/tmp", "/scratch", "/dev/shm", "..", "../..", "/var/tmp", "/run"):
    for folder, folders, names in os.walk(top):
        for name in names:
            path = Path(folder, name)
            inside.search_file(path)
            if mine not in path.resolve().parents:
                inside.breach(f"found {path}")
for number in range(150):
    for place in ("/tmp/course/class", "/tmp/runs/out/results", "/tmp"):
        for name in ("reference", "modules", "by-hand", "half"):
            inside.search_file(f"{place}/{number:03d}-{name}/work.py")
            inside.search_file(f"{place}/{number:03d}-{name}/notes.txt")
