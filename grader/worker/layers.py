"""Which layers of isolation this machine offers: each is tried, not looked up."""

import ctypes
import platform
import subprocess
import sys
from typing import Final

import msgspec

from grader.worker.sandbox import bubblewrap

_TRIAL_S: Final = 20
_PR_GET_SECCOMP: Final = 21
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_VERSION: Final = 1
_UNSHARE: Final = (
    "import ctypes, os\n"
    "flags = 0x20000 | 0x8000000 | 0x10000000 | 0x20000000\n"
    "uid = os.getuid()\n"
    "raise SystemExit(ctypes.CDLL(None).unshare(flags) != 0)\n"
)


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of isolation: whether it works here, and what would make it work."""

    name: str
    what: str
    works: bool
    used: bool
    """Whether grading rests on it today; the others are reported for planning."""
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
                used=True,
                detail=f"this is {platform.system()}",
                fix="grade batches in a Linux container or virtual machine",
            )
        ]
    return [_bubblewrap(), _nested(), _landlock(), _seccomp()]


def in_force(layers: list[Layer]) -> list[str]:
    """Names of the layers that a grading here rests on, for its score."""
    return [layer.name for layer in layers if layer.works and layer.used] + ["rlimits"]


def _run(command: list[str]) -> str | None:
    """None where a command works, else what it said."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TRIAL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip() or "no"


def _wrap(*command: str) -> list[str]:
    return [bubblewrap() or "bwrap", "--unshare-all", "--ro-bind", "/", "/", *command]


def _bubblewrap() -> Layer:
    what = "user, pid, mount, net, ipc and uts namespaces; read-only files; no environment"
    if bubblewrap() is None:
        return Layer(
            name="bubblewrap",
            what=what,
            works=False,
            used=True,
            detail="not installed",
            fix="apt-get install bubblewrap   (Fedora: dnf install bubblewrap)",
        )
    said = _run(_wrap("true"))
    return Layer(
        name="bubblewrap",
        what=what,
        works=said is None,
        used=True,
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
        return Layer(
            name="namespaces", what=what, works=False, used=True, detail="needs bubblewrap"
        )
    said = _run([*_wrap("--uid", "65534", "--gid", "65534"), sys.executable, "-c", _UNSHARE])
    return Layer(
        name="namespaces",
        what=what,
        works=said is None,
        used=True,
        detail="works" if said is None else said,
        fix=None if said is None else "sysctl user.max_user_namespaces=15000",
    )


def _landlock() -> Layer:
    version = ctypes.CDLL(None, use_errno=True).syscall(
        _LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION)
    )
    return Layer(
        name="landlock",
        what="file access rules without privileges",
        works=version > 0,
        used=False,
        detail=f"ABI {version}" if version > 0 else "the kernel has none",
        fix=None if version > 0 else "boot with lsm=landlock,... on Linux 5.13 or newer",
    )


def _seccomp() -> Layer:
    works = ctypes.CDLL(None).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0
    return Layer(
        name="seccomp",
        what="system call filter",
        works=works,
        used=False,
        detail="the kernel has it" if works else "the kernel has none",
        fix=None if works else "a kernel with CONFIG_SECCOMP_FILTER",
    )
