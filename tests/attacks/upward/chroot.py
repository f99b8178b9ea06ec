import inside
import ctypes
import os

from right import *

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("jail/old")
inside.refused(os.chroot, "jail")
inside.refused(os.chroot, "/")
if libc.syscall(ctypes.c_long(155), b"jail", b"jail/old") == 0:
    inside.breach("pivot_root")
inside.refused(os.fchdir, 3)
