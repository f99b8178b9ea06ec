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
    with ThreadPoolExecutor(3) as threads:  # each waits for a process of its own
        confined = threads.submit(_confined)
        wrapped, nested = [threads.submit(each) for each in (_bubblewrap, _nested)]
        said = confined.result()
        found = [wrapped.result(), nested.result()]
    found += [_landlock(said["landlock"]), _seccomp(said["seccomp"])]
    found.append(_no_new_privs(said["no_new_privs"]))
    return [*found, _capabilities(wrapped=found[0].works)]


def in_force(layers: Iterable[Layer]) -> list[str]:
    """Names of the layers that a grading here rests on, for its score."""
    return [layer.name for layer in layers if layer.works] + ["rlimits"]


def _done(command: list[str]) -> tuple[str, str | None]:
    """What a command printed, and what is wrong with it; None where it works."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TRIAL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    printed, said = (each.decode("utf-8", "replace") for each in (done.stdout, done.stderr))
    return printed, None if done.returncode == 0 else said.strip() or "no"


def _run(command: list[str]) -> str | None:
    """None where a command works, else what it said."""
    return _done(command)[1]


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
import os, pathlib, socket, sys
from grader.worker import landlock, privileges, seccomp
def attempt(layer):
    privileges.set_no_new_privs()
    if layer == "landlock":
        landlock.restrict(readable=[pathlib.Path("/usr")], own=[])
        open("/dev/full").close()
    elif layer == "seccomp":
        seccomp.compile_filter().load()
        socket.socket(socket.AF_UNIX).close()
    elif privileges.has_no_new_privs():
        raise PermissionError
said = {}
for layer in sys.argv[1:]:
    ours, theirs = os.pipe()
    if not os.fork():
        words = "it is on and stops nothing"
        try:
            attempt(layer)
        except PermissionError:
            words = ""
        except BaseException as error:
            words = f"{type(error).__name__}: {error}"
        os.write(theirs, b"." + words.encode())
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as stream:
        said[layer] = stream.read().decode() or "it kills the process"
print("\\0".join(said[layer].removeprefix(".") for layer in sys.argv[1:]), end="")
"""
_FORKED: Final = ("landlock", "seccomp", "no_new_privs")


def _confined() -> dict[str, str | None]:
    """By layer, None where a process puts it on and is stopped by it, else what was said.

    One interpreter forks a process for each: to start takes it longer than to try.
    """
    command = [sys.executable, "-P", "-c", _CONFINED, *_FORKED]
    printed, failed = _done(command)
    if failed:
        return dict.fromkeys(_FORKED, failed.splitlines()[-1])
    return {name: said or None for name, said in zip(_FORKED, printed.split("\0"), strict=True)}


def _landlock(said: str | None) -> Layer:
    abi = landlock.version()
    said = said if abi else "the kernel has none"
    return Layer(
        name="landlock",
        what="rules for files, ports, signals and abstract sockets, without privileges",
        works=said is None,
        detail=said or f"ABI {abi}: {landlock.stops(abi)}",
        fix=None if said is None else "boot with lsm=landlock,... on Linux 5.13 or newer",
    )


def _seccomp(said: str | None) -> Layer:
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


def _no_new_privs(said: str | None) -> Layer:
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
