import inside
import ctypes

from right import *

libc = ctypes.CDLL(None, use_errno=True)
for place in (b"/proc", b"/dev/shm", b"/scratch", b"/tmp", b"/usr", b"/dev", b"/"):
    for flags in (0, 1, 2, 8):
        if libc.umount2(place, flags) == 0:
            inside.breach(f"took {place} away")
