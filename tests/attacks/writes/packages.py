import inside
import os
import site
import sys
import sysconfig

from right import *
import grader
import numpy
import torch

places = {os.path.dirname(m.__file__) for m in (grader, numpy, torch, os)}
mine = ("/tmp", "/scratch", os.getcwd())
places |= {p for p in sys.path if os.path.isdir(p) and not p.startswith(mine)}
places |= {sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), sys.prefix}
places |= {*site.getsitepackages(), "/usr/lib", "/usr/local/lib", "/etc", "/lib"}
for place in sorted(places):
    for name in ("evil.pth", "sitecustomize.py", "usercustomize.py", "__init__.py", "work.py"):
        inside.refused(open, os.path.join(place, name), "a")
    inside.refused(os.mkdir, os.path.join(place, "__pycache__2"))
for folder in (site.getusersitepackages(), "/tmp/home/.local/lib/python3.11/site-packages"):
    inside.attempt(os.makedirs, folder)
    inside.attempt(lambda: open(f"{folder}/evil.pth", "w").write("import os; os._exit(0)"))
