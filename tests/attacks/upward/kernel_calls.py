import inside
import ctypes

from right import *

libc = ctypes.CDLL(None, use_errno=True)
CALLS = {
    "bpf": 321,
    "perf_event_open": 298,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "keyctl": 250,
    "add_key": 248,
    "request_key": 249,
    "kexec_load": 246,
    "kexec_file_load": 320,
    "init_module": 175,
    "finit_module": 313,
    "delete_module": 176,
    "syslog": 103,
    "acct": 163,
    "swapon": 167,
    "swapoff": 168,
    "quotactl": 179,
    "fanotify_init": 300,
    "open_by_handle_at": 304,
    "name_to_handle_at": 303,
    "settimeofday": 164,
    "clock_settime": 227,
    "adjtimex": 159,
    "sethostname": 170,
    "setdomainname": 171,
    "ioperm": 173,
    "iopl": 172,
    "vhangup": 153,
    "lookup_dcookie": 212,
    "move_pages": 279,
    "migrate_pages": 256,
    "mount_setattr": 442,
    "memfd_secret": 447,
}
block = ctypes.create_string_buffer(b"user", 4096)
for name, number in CALLS.items():
    result = libc.syscall(ctypes.c_long(number), block, block, block, block, 0)
    if result >= 0:
        inside.breach(f"{name} gave {result}")
