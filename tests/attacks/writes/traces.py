import inside
import os
import tempfile

from right import *

WHERE = ("/tmp", "/dev/shm", "/scratch", os.getcwd(), tempfile.gettempdir(), "/var/tmp", "/run")
for place in {os.path.realpath(place) for place in WHERE}:
    for name in ("right.py", "inside.py", "work.py", "sitecustomize.py", "trace"):
        path = os.path.join(place, name)
        if os.path.exists(path) and place != os.getcwd():
            with open(path) as stream:
                if "left by an attack" in stream.read(100):
                    inside.breach(f"{path} of another submission")
        if place != os.getcwd():
            try:
                with open(path, "w") as stream:
                    stream.write("# left by an attack\nraise SystemExit('taken over')\n")
            except OSError:
                continue
