import inside
import ctypes

from right import *

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for identity in range(64):
    address = libc.shmat(identity, None, 0o10000)
    if address not in (None, ctypes.c_void_p(-1).value):
        inside.breach(f"shared memory {identity}: {ctypes.string_at(address, 64)!r}")
    if libc.msgrcv(identity, ctypes.create_string_buffer(100), 64, 0, 0o4000) >= 0:
        inside.breach(f"message queue {identity}")
if libc.shmget(20_777, 0, 0) >= 0:
    inside.breach("shared memory by its key")
for name in (b"/canary", b"/attacks"):
    if libc.syscall(240, name, 0, 0, None) >= 0:  # mq_open
        inside.breach("a message queue by name")
