import inside
import ctypes
import struct

from right import *

libc = ctypes.CDLL(None, use_errno=True)
SOCKET, CONNECT, IO_URING_SETUP = 41, 42, 425
if ctypes.sizeof(ctypes.c_void_p) == 8:
    for family in (2, 10, 1, 16, 17, 40):
        for kind in (1, 2, 3, 5):
            number = libc.syscall(ctypes.c_long(SOCKET), family, kind, 0)
            if number >= 0:
                inside.breach(f"socket({family}, {kind})")
    address = struct.pack("<HH4s8x", 2, 0, bytes([127, 0, 0, 1]))
    if libc.syscall(ctypes.c_long(CONNECT), 3, address, len(address)) == 0:
        inside.breach("connect")
    if libc.syscall(ctypes.c_long(IO_URING_SETUP), 8, ctypes.create_string_buffer(256)) >= 0:
        inside.breach("io_uring")
