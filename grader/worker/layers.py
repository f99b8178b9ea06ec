"""Which layers of isolation this machine offers: each is tried, not looked up.

What a zygote is told to have (:func:`in_force`) its workers try again, from the inside, before the
first submission (:mod:`grader.worker.trials`).
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from grader.worker import landlock, privileges, seccomp
from grader.worker.confinement import CONFINEMENT
from grader.worker.sandbox import CLOSED_FIX, bubblewrap, readable

REQUIRED: Final = ("bubblewrap", "namespaces", *CONFINEMENT)
"""Every layer that can be missing; the limits on resources are always there."""
_TRIAL_S: Final = 20
_UNSHARE: Final = (
    "import ctypes\n"
    "flags = 0x20000 | 0x8000000 | 0x10000000 | 0x20000000\n"
    "raise SystemExit(ctypes.CDLL(None).unshare(flags) != 0)\n"
)


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of isolation: whether it works here, and what would make it work."""

    name: str
    what: str
    works: bool
    detail: str
    fix: str | None = None


def survey() -> list[Layer]:
    """Try every layer on this machine; takes well under a second."""
    if platform.system() != "Linux":
        return [
            Layer(
                name="linux",
                what="namespaces and resource limits",
                works=False,
                detail=f"this is {platform.system()}",
                fix="grade batches in a Linux container or virtual machine",
            )
        ]
    tries = (_bubblewrap, _nested, _landlock, _seccomp, _no_new_privs)
    with ThreadPoolExecutor(len(tries)) as threads:  # each waits for a process of its own
        found = [trial.result() for trial in [threads.submit(each) for each in tries]]
    return [*found, _capabilities(wrapped=found[0].works)]


def in_force(layers: Iterable[Layer]) -> list[str]:
    """Names of the layers that a grading here rests on, for its score."""
    return [layer.name for layer in layers if layer.works] + ["rlimits"]


def _run(command: list[str]) -> str | None:
    """None where a command works, else what it said."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TRIAL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip() or "no"


def _wrap(*command: str) -> list[str]:
    return [
        bubblewrap() or "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--ro-bind",
        "/",
        "/",
        *command,
    ]


def _bubblewrap() -> Layer:
    what = "user, pid, mount, net, ipc and uts namespaces; read-only files; no environment"
    if bubblewrap() is None:
        return Layer(
            name="bubblewrap",
            what=what,
            works=False,
            detail="not installed",
            fix="apt-get install bubblewrap   (Fedora: dnf install bubblewrap)",
        )
    said = _run(_wrap("true"))
    return Layer(
        name="bubblewrap",
        what=what,
        works=said is None,
        detail=said or _version(),
        fix=None
        if said is None
        else "sysctl kernel.unprivileged_userns_clone=1 "
        "kernel.apparmor_restrict_unprivileged_userns=0   (in a container: allow user namespaces)",
    )


def _version() -> str:
    done = subprocess.run(
        [bubblewrap() or "bwrap", "--version"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _nested() -> Layer:
    what = "namespaces and a private /tmp for each submission inside the sandbox"
    if bubblewrap() is None:
        return Layer(name="namespaces", what=what, works=False, detail="needs bubblewrap")
    said = _run([*_wrap("--uid", "65534", "--gid", "65534"), sys.executable, "-P", "-c", _UNSHARE])
    return Layer(
        name="namespaces",
        what=what,
        works=said is None,
        detail="works" if said is None else said,
        fix=None if said is None else "sysctl user.max_user_namespaces=15000",
    )


_CONFINED: Final = """\
import pathlib, sys
from grader.worker import landlock, privileges, seccomp
privileges.set_no_new_privs()
if sys.argv[1] == "landlock":
    landlock.restrict(readable=[pathlib.Path("/usr")], own=[])
    attempt = lambda: open("/dev/full").close()
elif sys.argv[1] == "seccomp":
    import socket
    seccomp.compile_filter().load()
    attempt = lambda: socket.socket(socket.AF_UNIX).close()
else:
    raise SystemExit(not privileges.has_no_new_privs())
try:
    attempt()
except PermissionError:
    raise SystemExit(0)
raise SystemExit("it is on and stops nothing")
"""


def _confined(layer: str) -> str | None:
    """None where a process of its own puts a layer on and is stopped by it, else what it said."""
    said = _run([sys.executable, "-P", "-c", _CONFINED, layer])
    return said.splitlines()[-1] if said else said


def _landlock() -> Layer:
    abi = landlock.version()
    said = _confined("landlock") if abi else "the kernel has none"
    return Layer(
        name="landlock",
        what="rules for files, ports, signals and abstract sockets, without privileges",
        works=said is None,
        detail=said or f"ABI {abi}: {landlock.stops(abi)}",
        fix=None if said is None else "boot with lsm=landlock,... on Linux 5.13 or newer",
    )


def _seccomp() -> Layer:
    said = _confined("seccomp")
    fix = "a kernel with CONFIG_SECCOMP_FILTER"
    if seccomp.libseccomp() is None:
        fix = "apt-get install libseccomp2   (Fedora: dnf install libseccomp)"
    return Layer(
        name="seccomp",
        what="a filter of system calls",
        works=said is None,
        detail=said or f"{sum(len(row.calls) for row in seccomp.DENIED)} rules",
        fix=None if said is None else fix,
    )


def _no_new_privs() -> Layer:
    said = _confined("no_new_privs")
    return Layer(
        name="no_new_privs",
        what="no program gives more rights than its caller has",
        works=said is None,
        detail=said or "works",
        fix=None if said is None else "Linux 3.5 or newer",
    )


def _capabilities(*, wrapped: bool) -> Layer:
    closed = None
    if os.geteuid() == 0 and not wrapped:  # bubblewrap shows nobody what root may read
        closed = privileges.unreadable_to_nobody(readable())
    return Layer(
        name="capabilities",
        what="no capability, and not root",
        works=closed is None,
        detail="dropped" if closed is None else f"the user nobody cannot read {closed}",
        fix=None if closed is None else CLOSED_FIX,
    )
