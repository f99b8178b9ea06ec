import inside
import os
import sys

from right import *

for path in ("/tmp/course/solution/work.py", "/tmp/canary", "/tmp/home/notes.txt", "/usr/bin/env",
             sys.executable, os.__file__, "/", "/proc", "/usr", "/dev", "/dev/null", "/dev/pts",
             "/dev/urandom", "/dev/zero", "/dev/fd", "/etc", "/var", "/scratch/..", "/run"):
    inside.refused(os.chmod, path, 0o777)
    inside.refused(os.chown, path, 0, 0)
    if path.startswith("/dev/") is os.path.isdir(path):  # everybody may write to a device
        inside.refused(os.utime, path)
    inside.refused(os.truncate, path, 0)
    inside.refused(os.setxattr, path, "user.attack", b"1")
    inside.refused(os.rename, path, path + ".moved")
