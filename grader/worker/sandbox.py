"""The outer sandbox: the command that starts a zygote where it can reach almost nothing.

bubblewrap gives it pid, mount, network, ipc and uts namespaces of its own, and a user namespace or
another user. It sees the interpreter and its packages, the C library, and the data folder, all
read-only; an empty folder to write in; no home, no /proc of the host, no environment, no network.
Whatever is not listed here is not there.
"""

import os
import shutil
import site
import sys
import sysconfig
from collections.abc import Collection, Sequence
from pathlib import Path

from grader.worker.confinement import CONFINEMENT
from grader.worker.privileges import NOBODY

SCRATCH = Path("/scratch")
"""Where a worker may write. ``/tmp`` leads there too, unless the interpreter or the data lie below
the ``/tmp`` of the host: covering that would hide them."""
SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
"""What a Python interpreter needs of the system, besides itself."""

CLOSED_FIX = "put it where every user may read it, such as /opt, or install bubblewrap"
"""What to do about an interpreter in root's home."""


def bubblewrap() -> str | None:
    """The path of bubblewrap, or None where it is not installed."""
    return shutil.which("bwrap")


def zygote_command(
    *,
    isolate: bool,
    data: Path | None,
    preload: Sequence[str] = (),
    layers: Collection[str] | None = None,
    devices: Sequence[Path] = (),
    cuda: bool = False,
) -> list[str]:
    """The command line of a zygote; its control socket must be its standard input.

    Parameters
    ----------
    isolate
        Whether to start it in bubblewrap.
    data
        A folder that student code may read, at the same path inside.
    preload
        Modules that submissions import, to be loaded once for all.
    layers
        Names of the layers that workers have. The zygote tries each of them before the first
        submission, and does not start where one stops nothing. Empty: none, and nothing is
        tried. None: inside bubblewrap all but namespaces of a worker's own; outside it none.
    devices
        Device nodes that student code may use, such as those of a graphics processor.
    cuda
        Whether to start only where a worker can compute on a graphics processor.
    """
    if layers is None:
        layers = ["bubblewrap", *CONFINEMENT, "rlimits"] if isolate else []
    options = [f"--layers={','.join(layers)}"]
    if data is not None:
        options.append(f"--data={data}")
    options += [f"--device={node}" for node in devices]
    if cuda:
        options.append(f"--cuda={os.environ.get('CUDA_VISIBLE_DEVICES', '')}")
    if os.geteuid() == 0 and (isolate or layers):
        options.append("--nobody")
    python = [sys.executable, "-E", "-s", "-P", "-B", "-m", "grader.worker.zygote", *options]
    if not isolate:
        variables = [f"{n}={value}" for n, value in environment().items() if n != "TMPDIR"]
        return ["/usr/bin/env", "--ignore-environment", *variables, *python, "--", *preload]
    command = [
        bubblewrap() or "bwrap",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--hostname", "worker",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--cap-drop", "ALL",
        *_identity(),
    ]  # fmt: skip
    for name, value in environment().items():
        command += ["--setenv", name, value]
    shared = [*readable(), *([data] if data is not None else [])]
    for folder in sorted({parent for place in shared for parent in place.parents} - {Path("/")}):
        command += ["--perms", "0755", "--dir", str(folder)]
    for place in shared:
        command += ["--ro-bind-try", str(place), str(place)]
    for link in ("/bin", "/lib", "/lib64", "/lib32"):
        if Path(link).is_symlink():
            command += ["--symlink", str(Path(link).readlink()), link]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for node in devices:
        command += ["--dev-bind-try", str(node), str(node)]
    command += ["--remount-ro", "/dev/pts", "--remount-ro", "/dev"]  # Landlock allows chmod
    command += ["--perms", "1777", "--tmpfs", str(SCRATCH)]
    if not any(place.is_relative_to("/tmp") for place in shared):
        command += ["--symlink", str(SCRATCH), "/tmp"]
    return [*command, "--remount-ro", "/", "--chdir", str(SCRATCH), "--", *python, "--", *preload]


def _identity() -> list[str]:
    """How the zygote comes to run as nobody.

    An ordinary user gets a user namespace. Root could as well, but a root that only looks like
    nobody is exempt from the limit on processes; so root keeps the right to become nobody, and the
    zygote uses it before anything else (:func:`grader.worker.zygote.main`).
    """
    if os.geteuid() == 0:
        return ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]


def environment() -> dict[str, str]:
    """All environment variables that a worker has."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(SCRATCH),
        "TMPDIR": str(SCRATCH),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "passive",  # more threads than cores must not spin while they wait
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(SCRATCH),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asking for CUDA must not spoil a process for forks
    }


def scratch() -> Path:
    """Where the workers of this zygote, which has :func:`environment`, may write."""
    return Path(os.environ.get("TMPDIR", "/tmp"))


def readable() -> Sequence[Path]:
    """Files and folders of the host that a worker may read: the interpreter and its packages."""
    places = [Path(place) for place in SYSTEM if not Path(place).is_symlink()]
    interpreter = Path(sys.executable)
    places += [Path(sys.base_prefix), Path(sys.prefix), interpreter.resolve().parent]
    places += [Path(folder) for folder in site.getsitepackages()]
    places += [Path(sysconfig.get_path("stdlib"))]
    places += [Path(__file__).parents[1]]  # this package, where it is installed as editable
    unique: list[Path] = []
    for place in places:
        if place.exists() and not any(place.is_relative_to(other) for other in unique):
            unique.append(place)
    return unique
