import inside
import ctypes

from right import *

libc = ctypes.CDLL(None, use_errno=True)
# In a pid namespace this ends its first process, at worst; it needs rights that nobody has there.
for command in (0x01234567, 0x4321FEDC, 0xCDEF0123, 0x89ABCDEF, 0):
    if libc.syscall(ctypes.c_long(169), 0xFEE1DEAD, 672274793, ctypes.c_uint(command), None) == 0:
        inside.breach("restarted the machine")
