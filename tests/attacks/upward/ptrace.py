import inside
import ctypes
import os

from right import *

libc = ctypes.CDLL(None, use_errno=True)
TRACEME, ATTACH, SEIZE = 0, 16, 0x4206
child = os.fork()
if child == 0:
    import time

    time.sleep(5)
    os._exit(0)
for pid in [child, *range(2, 60)]:
    for request in (ATTACH, SEIZE):
        if libc.ptrace(request, pid, None, None) == 0:
            inside.breach(f"ptrace of {pid}")
if libc.ptrace(TRACEME, 0, None, None) == 0:
    inside.breach("asked to be traced")
os.kill(child, 9)
os.waitpid(child, 0)
