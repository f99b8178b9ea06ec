import inside
import importlib.util
import os
import py_compile
import sys

from right import *

with open("evil.py", "w") as stream:
    stream.write("import builtins\nbuiltins.sum = lambda *_: 0\n")
sys.dont_write_bytecode = False
for module in ("grader.worker.serve", "grader.worker.wire", "numpy", "torch", "json"):
    source = importlib.util.find_spec(module).origin
    cached = os.path.join(os.path.dirname(source), "__pycache__", f"{module}.cpython-311.pyc")
    for place in (cached, cached + ".1234", os.path.dirname(cached) + "/evil.pyc"):
        inside.refused(lambda: py_compile.compile("evil.py", cfile=place, doraise=True))
sys.pycache_prefix = "/tmp/course/cache"
inside.attempt(lambda: py_compile.compile("evil.py", cfile="/tmp/course/cache/x", doraise=True))
sys.pycache_prefix = "/tmp"
py_compile.compile("evil.py", cfile="/tmp/work.cpython-311.pyc", doraise=True)
