"""A system call filter: what no submission needs is refused by the kernel.

It is a deny list. A list of what is allowed would have to follow every release of Python, torch,
the C library and OpenMP, and would break submissions without a warning; so each entry here says
what it keeps out, and calls newer than the list are refused as unknown.

The filter is put together by libseccomp, which every Debian and Fedora has (their package tools
rest on it). It is called through ctypes: its own Python binding is not on PyPI and belongs to the
system's Python only, and ``pyseccomp``, a wrapper of the same kind as this one, has had no release
since January 2021. libseccomp compiles the filter once; a worker only loads it.
"""

import ctypes
import os
from collections.abc import Iterator
from errno import ENOSYS, EPERM
from functools import cache
from typing import Any, Final

import msgspec

LIBRARY: Final = "libseccomp.so.2"
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_NOT_EQUAL: Final = 1
_MASKED_EQUAL: Final = 7
_ATTRIBUTE_BAD_ARCHITECTURE: Final = 2
_ATTRIBUTE_OPTIMIZE: Final = 8
_BINARY_TREE: Final = 2
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_32_BITS: Final = 0xFFFFFFFF

UNKNOWN: Final = range(470, 1024)
"""Numbers of system calls that were not there when this list was made, on any architecture."""
NUMBERS: Final = {"statmount": 457, "listmount": 458, "open_tree_attr": 467}
"""Of calls that an older libseccomp does not know; from 424 on, numbers are the same everywhere."""


class SeccompError(Exception):
    """The filter could not be made or loaded; the message says what to do."""


class When(msgspec.Struct, frozen=True):
    """A condition on one argument of a call."""

    argument: int
    mask: int | None
    """The bits to look at; None for the whole argument, which must then differ from `value`."""
    value: int


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """System calls that are refused, and why."""

    calls: tuple[str, ...]
    reason: str
    error: int = EPERM
    when: When | None = None
    """None: always."""


def _bits(argument: int, mask: int, value: int) -> When:
    """A condition on some bits of an argument.

    The kernel ignores the upper half of an argument that it declares as int. A condition on the
    whole register could be passed by setting a bit there (CVE-2019-10063).
    """
    return When(argument, mask, value)


def _not(argument: int, value: int) -> When:
    return When(argument, None, value)


_NAMESPACES: Final = {
    "time": 0x00000080,
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "network": 0x40000000,
}
_AF_UNIX: Final = 1
_SOCK_DGRAM: Final = 2
_SOCK_RAW: Final = 3
_SOCK_TYPE: Final = 0xF
_TERMINAL_REQUESTS: Final = {"TIOCSTI": 0x5412, "TIOCSCTTY": 0x540E, "TIOCLINUX": 0x541C}
_SOCKET_REQUESTS: Final = 0x8900
"""The first of 256 numbers, as all network requests of ioctl have (``linux/sockios.h``)."""

DENIED: Final = (
    Denied(
        calls=("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd"),
        reason="looks into another process: its memory, registers or open files",
    ),
    Denied(
        calls=("process_madvise", "process_mrelease", "move_pages", "migrate_pages"),
        reason="changes the memory of another process",
    ),
    Denied(
        calls=(
            "mount",
            "umount",
            "umount2",
            "pivot_root",
            "chroot",
            "mount_setattr",
            "move_mount",
            "open_tree",
            "open_tree_attr",
            "fsopen",
            "fsconfig",
            "fsmount",
            "fspick",
            "statmount",
            "listmount",
        ),
        reason="changes or lists what is mounted",
    ),
    Denied(
        calls=("unshare", "setns"),
        reason="a new user namespace comes with every capability inside it",
    ),
    *(
        Denied(
            calls=("clone",),
            reason=f"a process in a new {name} namespace, see unshare",
            when=_bits(0, flag, flag),
        )
        for name, flag in _NAMESPACES.items()
        if name != "time"  # clone takes the bit for a signal number
    ),
    Denied(
        calls=("clone3",),
        reason="its flags lie in memory, where a filter cannot look; the C library then uses clone",
        error=ENOSYS,
    ),
    Denied(
        calls=("socket",),
        reason="the way to the network, to services of the host, and to much of the kernel; the "
        "worker's own channel is open already",
    ),
    Denied(
        calls=("connect", "bind", "listen", "accept", "accept4", "setsockopt"),
        reason="does with a socket what the worker's channel never needs",
    ),
    Denied(
        calls=("socketpair",),
        reason="only pairs of the unix kind are needed (asyncio, multiprocessing)",
        when=_not(0, _AF_UNIX),
    ),
    Denied(
        calls=("socketpair",),
        reason="a datagram socket reaches any other by its address, without connect",
        when=_bits(1, _SOCK_TYPE, _SOCK_DGRAM),
    ),
    Denied(
        calls=("socketpair",),
        reason="the kernel makes a datagram socket of it",
        when=_bits(1, _SOCK_TYPE, _SOCK_RAW),
    ),
    *(
        Denied(
            calls=("ioctl",),
            reason=f"{name}: types into a terminal, or takes one over",
            when=_bits(1, _32_BITS, number),
        )
        for name, number in _TERMINAL_REQUESTS.items()
    ),
    Denied(
        calls=("ioctl",),
        reason="SIOCGIFCONF and its kind: any socket tells, and changes, the machine's addresses",
        when=_bits(1, _32_BITS ^ 0xFF, _SOCKET_REQUESTS),
    ),
    Denied(
        calls=("setsid", "setpgid"),
        reason="leaves the process group that is killed at the end; a pid namespace may be missing",
    ),
    Denied(
        calls=(
            "shmget",
            "shmat",
            "shmctl",
            "semget",
            "semop",
            "semtimedop",
            "semctl",
            "msgget",
            "msgsnd",
            "msgrcv",
            "msgctl",
            "mq_open",
            "mq_unlink",
        ),
        reason="outlives its process and is seen by the next submission, where there is no ipc "
        "namespace",
    ),
    Denied(
        calls=("prlimit64", "sched_setaffinity"),
        reason="bounds or moves another process of the same user, such as another worker",
        when=_not(0, 0),
    ),
    Denied(
        calls=(
            "setpriority",
            "ioprio_set",
            "sched_setscheduler",
            "sched_setparam",
            "sched_setattr",
        ),
        reason="puts itself before other submissions, or those behind",
    ),
    Denied(calls=("keyctl", "add_key", "request_key"), reason="keys of the host's user"),
    Denied(calls=("bpf",), reason="programs inside the kernel"),
    Denied(calls=("perf_event_open",), reason="watches the machine, and much kernel code"),
    Denied(
        calls=("io_uring_setup", "io_uring_enter", "io_uring_register"),
        reason="does what other calls do behind the back of this filter",
        error=ENOSYS,
    ),
    Denied(
        calls=("userfaultfd", "vmsplice", "memfd_secret"),
        reason="a tool of kernel exploits that no submission needs",
    ),
    Denied(
        calls=("kexec_load", "kexec_file_load", "reboot"),
        reason="starts another kernel, or none",
    ),
    Denied(
        calls=(
            "init_module",
            "finit_module",
            "delete_module",
            "create_module",
            "query_module",
            "get_kernel_syms",
        ),
        reason="code in the kernel",
    ),
    Denied(
        calls=("open_by_handle_at", "name_to_handle_at"),
        reason="opens a file by its number, past every folder",
    ),
    Denied(
        calls=("fanotify_init", "fanotify_mark"),
        reason="watches what others do with files",
    ),
    Denied(
        calls=(
            "quotactl",
            "quotactl_fd",
            "acct",
            "swapon",
            "swapoff",
            "syslog",
            "lookup_dcookie",
            "sysfs",
            "_sysctl",
            "uselib",
            "ustat",
            "nfsservctl",
            "vhangup",
        ),
        reason="administers or describes the machine",
    ),
    Denied(
        calls=(
            "settimeofday",
            "clock_settime",
            "clock_adjtime",
            "adjtimex",
            "stime",
            "sethostname",
            "setdomainname",
        ),
        reason="changes the machine's clock or name",
    ),
    Denied(
        calls=("personality", "modify_ldt", "iopl", "ioperm", "vm86", "vm86old"),
        reason="old ways of running programs, and the processor's ports; kernel flaws lie there",
    ),
    Denied(
        calls=(
            "setuid",
            "setgid",
            "setreuid",
            "setregid",
            "setresuid",
            "setresgid",
            "setfsuid",
            "setfsgid",
            "setgroups",
            "capset",
        ),
        reason="a worker stays who it is",
    ),
)
"""Everything that the filter refuses, besides other architectures (i386, x32) and :data:`UNKNOWN`.

Left allowed on purpose: fork and exec (bounded by the limit on processes, and a program gets no
more rights than its caller), threads, memory of its own, signals (the pid namespace and Landlock
bound them), and files (mounts and Landlock)."""


class _Compare(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """A compiled filter, ready to load."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self._buffer = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(code) // 8, ctypes.addressof(self._buffer))

    def load(self) -> None:
        """Refuse the denied calls to this process and all it starts; there is no way back.

        The process must have no_new_privs, and one thread.

        Raises
        ------
        SeccompError
            The kernel takes no filter.
        """
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(self._program), 0, 0):
            raise SeccompError(
                f"the kernel takes no filter ({os.strerror(ctypes.get_errno())}); it needs "
                "CONFIG_SECCOMP_FILTER"
            )


@cache
def libseccomp() -> ctypes.CDLL | None:
    """libseccomp, or None where it is not installed."""
    try:
        found = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    found.seccomp_init.restype = ctypes.c_void_p
    return found


def compile_filter() -> Filter:
    """The filter that :data:`DENIED` describes, for the architecture of this machine.

    Raises
    ------
    SeccompError
        libseccomp is missing, or refuses a rule.
    """
    found = libseccomp()
    if found is None:
        raise SeccompError(
            f"{LIBRARY} is not installed (Debian, Ubuntu: apt-get install libseccomp2)"
        )
    context = ctypes.c_void_p(found.seccomp_init(_ALLOW))
    if not context:
        raise SeccompError("libseccomp made no filter")
    try:
        _say(found.seccomp_attr_set(context, _ATTRIBUTE_BAD_ARCHITECTURE, _ERRNO | EPERM), "init")
        found.seccomp_attr_set(context, _ATTRIBUTE_OPTIMIZE, _BINARY_TREE)  # since 2.5
        for number, error, when in _rules(found):
            _add(found, context, number, error, when)
        return Filter(_export(found, context))
    finally:
        found.seccomp_release(context)


def _rules(found: Any) -> Iterator[tuple[int, int, When | None]]:
    for denied in DENIED:
        for name in denied.calls:
            number = found.seccomp_syscall_resolve_name(name.encode())
            if number < 0:
                number = NUMBERS.get(name, -1)
            if number >= 0:  # else this architecture has no such call
                yield number, denied.error, denied.when
    for number in UNKNOWN:
        yield number, ENOSYS, None


def _add(found: Any, context: Any, number: int, error: int, when: When | None) -> None:
    compared = (_Compare * 1)()
    if when is not None and when.mask is None:
        compared[0] = _Compare(when.argument, _NOT_EQUAL, when.value, 0)
    elif when is not None:
        compared[0] = _Compare(when.argument, _MASKED_EQUAL, when.mask, when.value)
    said = found.seccomp_rule_add_array(
        context, ctypes.c_uint32(_ERRNO | error), number, 0 if when is None else 1, compared
    )
    _say(said, f"system call {number}")


def _export(found: Any, context: Any) -> bytes:
    descriptor = os.memfd_create("filter")
    with open(descriptor, "r+b", buffering=0) as stream:  # noqa: PTH123  # a descriptor
        _say(found.seccomp_export_bpf(context, descriptor), "export")
        stream.seek(0)
        return stream.read()


def _say(said: int, what: str) -> None:
    if said:
        raise SeccompError(f"libseccomp refuses the filter: {what}: {os.strerror(-said)}")
