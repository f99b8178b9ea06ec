import inside
import os

from right import *

places = ("/tmp", "/dev/shm", "/scratch", "/var/tmp", "/run", "..")
for place in {os.path.realpath(place) for place in places}:
    try:
        found = set(os.listdir(place)) - {"submission", "__pycache__"}
    except OSError:
        continue
    if found:
        inside.breach(f"{sorted(found)} in {place}")
    try:
        with open(f"{place}/left.behind", "w") as stream:
            stream.write("for whoever comes next")
        os.chmod(f"{place}/left.behind", 0o777)
    except OSError:
        continue
