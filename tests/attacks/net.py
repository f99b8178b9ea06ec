"""The outer net: where the corpus of attacks is graded, harmless even where the sandbox fails.

It has user, pid, mount, ipc, net and uts namespaces of its own, an unprivileged user, a small
``/tmp`` and nothing else to write in, the repository read-only, a loopback interface and no other,
and small limits. Its processes end with the test. Attacks know it by a limit that nobody else sets
(:data:`attacks.parts.inside.MARK`), which :func:`main` sets once it has seen that the walls stand.
"""

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.worker.privileges import NOBODY
from grader.worker.sandbox import readable

ROOT = Path(__file__).parents[2]
NAMESPACES = ("user", "pid", "mnt", "ipc", "net", "uts")
MARK = (20_777, 20_777)  # as in parts/inside.py
LIMITS = {
    resource.RLIMIT_NPROC: 400,
    resource.RLIMIT_AS: 8 * 2**30,
    resource.RLIMIT_FSIZE: 64 * 2**20,
    resource.RLIMIT_NOFILE: 1024,
    resource.RLIMIT_CPU: 300,
    resource.RLIMIT_CORE: 0,
}
TMP_MIB = 256
SHM_MIB = 16
SYSTEM_FILES = ("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/nsswitch.conf")


class NetError(Exception):
    """The outer net is not what it must be; the message says what is wrong."""


def problem() -> str | None:
    """Why there can be no net here, or None."""
    needed = ["bwrap", *(["setpriv"] if os.geteuid() == 0 else [])]
    for program in needed:
        if shutil.which(program) is None:
            return f"{program} is not installed"
    done = subprocess.run(command(["true"]), capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"no namespaces: {done.stderr.strip()[-300:]}"


def command(inner: Sequence[str]) -> list[str]:
    """The command line that runs a program in the net's namespaces.

    Root first shows nobody what root may read, and becomes nobody: inside a user namespace a root
    that only looks like nobody would be root to the files outside.
    """
    files = _files()
    net = [
        "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
        "--hostname", "outer-net", *files, "--proc", "/proc", "--dev", "/dev",
        "--size", str(SHM_MIB * 2**20), "--perms", "1777", "--tmpfs", "/dev/shm",
        "--size", str(TMP_MIB * 2**20), "--perms", "1777", "--tmpfs", "/tmp",
        "--remount-ro", "/", "--chdir", "/tmp", "--cap-drop", "ALL",
    ]  # fmt: skip
    for name, value in _environment().items():
        net += ["--setenv", name, value]
    net += ["--", *inner]
    if os.geteuid() != 0:
        return net
    shown = ["bwrap", "--die-with-parent", *files, "--bind", "/proc", "/proc"]
    shown += ["--dev-bind", "/dev", "/dev", "--tmpfs", "/tmp"]
    shown += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [*shown, "--", *become, *net]


def run(script: str, *arguments: str, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
    """Run a module of this folder in the net; TimeoutExpired after its end was made to come."""
    outside = {name: os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES}  # noqa: PTH115
    enter = [sys.executable, "-m", "attacks.net", json.dumps(outside), script, *arguments]
    return subprocess.run(
        command(enter),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout_s,
        check=False,
    )


def is_inside() -> bool:
    """Whether this process is in the net."""
    return resource.getrlimit(resource.RLIMIT_MSGQUEUE) == MARK


def _files() -> list[str]:
    places = [*readable(), *(Path(file) for file in SYSTEM_FILES), ROOT]
    places = sorted({place for place in places if place.exists()})
    arguments = []
    for folder in sorted({parent for place in places for parent in place.parents} - {Path("/")}):
        arguments += ["--perms", "0755", "--dir", str(folder)]
    for place in places:
        arguments += ["--ro-bind", str(place), str(place)]
    for link in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"):
        if Path(link).is_symlink():
            arguments += ["--symlink", str(Path(link).readlink()), link]
    return arguments


def _environment() -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": "/tmp/home",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _walls(outside: dict[str, str]) -> list[str]:
    """What is wrong with the net that this process is in."""
    wrong = [
        f"the {name} namespace is not its own"
        for name in NAMESPACES
        if os.readlink(f"/proc/self/ns/{name}") == outside[name]  # noqa: PTH115  # no file
    ]
    if 0 in (*os.getresuid(), *os.getresgid()):
        wrong.append("it runs as root")
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        wrong.append("there is a network")
    others = {int(path.name) for path in Path("/proc").glob("[0-9]*")} - {1, os.getpid()}
    if others:
        wrong.append(f"there are other processes: {others}")
    for place in (ROOT, Path("/"), Path("/usr"), Path(sys.prefix)):
        if not os.statvfs(place).f_flag & os.ST_RDONLY:
            wrong.append(f"{place} can be written")
    for place, mib in (("/tmp", TMP_MIB), ("/dev/shm", SHM_MIB)):
        found = os.statvfs(place)
        if found.f_blocks * found.f_frsize > mib * 2**20:
            wrong.append(f"{place} is not small")
    return wrong


def main() -> None:
    """Look at the walls, set the limits, and become the script; started by :func:`run`."""
    outside, script, *arguments = sys.argv[1:]
    if wrong := _walls(json.loads(outside)):
        raise SystemExit(f"the outer net has holes: {'; '.join(wrong)}")
    for kind, value in LIMITS.items():
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, MARK)
    os.execv(sys.executable, [sys.executable, "-m", f"attacks.{script}", *arguments])


if __name__ == "__main__":
    main()
