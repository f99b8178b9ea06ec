import inside
import ctypes

from right import *

libc = ctypes.CDLL(None, use_errno=True)
for kind in (b"tmpfs", b"proc", b"sysfs", b"overlay", b"devpts", b"cgroup2", b"mqueue", b"fuse"):
    for place in (b"/tmp", b"/proc", b"/dev/shm", b"."):
        if libc.mount(kind, place, kind, ctypes.c_ulong(0), None) == 0:
            inside.breach(f"mounted {kind} at {place}")
BIND, REMOUNT, MOVE, PRIVATE = 4096, 32, 8192, 1 << 18
for flags in (BIND, REMOUNT, MOVE, PRIVATE, REMOUNT | BIND):
    if libc.mount(b"/usr", b"/tmp", None, ctypes.c_ulong(flags), None) == 0:
        inside.breach(f"mounted with flags {flags}")
for number in range(428, 434):  # open_tree, move_mount, fsopen, fsconfig, fsmount, fspick
    if libc.syscall(ctypes.c_long(number), b"tmpfs", 0, 0, 0, 0) >= 0:
        inside.breach(f"system call {number}")
