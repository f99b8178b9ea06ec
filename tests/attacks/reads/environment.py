import inside
import ctypes
import os

from right import *

inside.search(repr(sorted(os.environb.items())))
if "STAFF_TOKEN" in os.environ or "GITHUB_TOKEN" in os.environ:
    inside.breach("the environment of staff")
libc = ctypes.CDLL(None)
block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
number = 0
while block[number]:  # what the C library has, which os.environ may not show
    inside.search(block[number])
    number += 1
for name in ("secure_getenv", "getenv"):
    call = getattr(libc, name)
    call.restype = ctypes.c_char_p
    for key in (b"STAFF_TOKEN", b"VICTIM", b"SSH_AUTH_SOCK", b"HOME"):
        inside.search(call(key) or b"")
for pid in range(1, 40):
    inside.search_file(f"/proc/{pid}/environ")
