import inside
import ctypes
import os

from right import *

libc = ctypes.CDLL(None, use_errno=True)
KINDS = [0x10000000, 0x20000, 0x8000000, 0x20000000, 0x40000000, 0x4000000, 0x2000000]
for kind in [*KINDS, sum(KINDS), KINDS[0] | KINDS[1]]:
    if libc.unshare(kind) == 0:
        inside.breach(f"unshare({kind:#x})")
    child = libc.syscall(ctypes.c_long(56), ctypes.c_long(kind | 17), None, None, None, None)
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
        inside.breach(f"clone({kind:#x})")
for name in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"):
    for pid in ("self", "1", "2"):
        inside.refused(os.open, f"/proc/{pid}/ns/{name}", os.O_RDONLY)
for descriptor in range(4):
    for kind in KINDS:
        if libc.setns(descriptor, kind) == 0:
            inside.breach("setns")
