import inside
import ctypes
import os

from right import *

libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


block = ctypes.create_string_buffer(64)
here = Vector(ctypes.addressof(block), 64)
there = Vector(0x400000, 64)
for pid in [os.getppid(), *range(2, 60)]:
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) >= 0:
        inside.breach(f"read the memory of {pid}")
    if libc.process_vm_writev(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) >= 0:
        inside.breach(f"wrote to the memory of {pid}")
    for number in (312, 440, 438):  # kcmp, process_madvise, pidfd_getfd
        if libc.syscall(ctypes.c_long(number), pid, pid, 0, 0, 0) >= 0:
            inside.breach(f"system call {number} on {pid}")
    inside.refused(open, f"/proc/{pid}/mem", "r+b")
