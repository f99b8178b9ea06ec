"""What surrounds a grading in the outer net: canaries, listeners, victims, and other things."""

import ctypes
import hashlib
import os
import secrets
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

PORT = 20_777
ABSTRACT = "\0attacks-listener"
PATH = Path("/tmp/attacks.sock")
TREES = ("/tmp", "/dev/shm")

VICTIM = """\
import os, signal, sys, time
token = os.environ["VICTIM"]
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGCONT):
    signal.signal(number, lambda number, _: print("signal", number, flush=True))
hidden = open("/tmp/hidden", "w+")
os.unlink("/tmp/hidden")
hidden.write(token)
hidden.flush()
print("ready", flush=True)
while True:
    time.sleep(60)
"""
"""Holds a canary in its memory, arguments, environment and an open file without a name."""


def token() -> str:
    return f"canary-{secrets.token_hex(8)}"


class Canaries:
    """Secrets in every place that an attack may look at, each of its own."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        """Where each canary is, by itself."""

    def new(self, place: str) -> str:
        found = token()
        self.places[found] = place
        return found

    def plant(self, path: Path, text: str = "{}\n") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text.format(self.new(str(path))))


class Listeners:
    """Sockets of every kind that an attack may reach out to; what arrives is kept."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._stop, self._told = os.pipe()
        self._sockets: dict[str, socket.socket] = {}
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                listener = socket.socket(family, kind)
                listener.bind((host, PORT))
                self._sockets[f"{host} {kind.name}"] = listener
        for address in (ABSTRACT, str(PATH)):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(address)
            self._sockets[repr(address)] = listener
        PATH.chmod(0o777)
        for listener in self._sockets.values():
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        names = {listener.fileno(): name for name, listener in self._sockets.items()}
        while True:
            ready, _, _ = select.select([self._stop, *names], [], [])
            if self._stop in ready:
                return
            for descriptor in ready:
                listener = self._sockets[names[descriptor]]
                if listener.type == socket.SOCK_STREAM:
                    listener.accept()[0].close()
                else:
                    listener.recv(1000)
                self.heard.append(names[descriptor])

    def close(self) -> list[str]:
        os.close(self._told)
        self._thread.join()
        os.close(self._stop)
        for listener in self._sockets.values():
            listener.close()
        return self.heard


class Victims:
    """Processes that somebody else's submission, or the coordinator, might be."""

    def __init__(self, canaries: Canaries, count: int = 2) -> None:
        self.processes: list[subprocess.Popen[str]] = []
        for number in range(count):
            process = subprocess.Popen(
                [sys.executable, "-c", VICTIM, canaries.new(f"arguments of victim {number}")],
                env={**os.environ, "VICTIM": canaries.new(f"environment of victim {number}")},
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout is not None
            process.stdout.readline()
            self.processes.append(process)

    def close(self) -> list[str]:
        """End them; what befell them before."""
        told = []
        for process in self.processes:
            if process.poll() is not None:
                told.append(f"victim ended with {process.returncode}")
            elif stopped(process.pid):
                told.append("victim was stopped")
            process.kill()
            told += (process.communicate()[0] or "").splitlines()
        return told


def stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"


def shared_memory(canaries: Canaries) -> int:
    """A segment of System V shared memory with a canary in it; its number."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    number = int(libc.shmget(PORT, 4096, 0o1666))
    address = libc.shmat(number, None, 0)
    if number < 0 or address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "shared memory")
    text = canaries.new("shared memory").encode()
    ctypes.memmove(address, text, len(text))
    return number


def remove_shared_memory(number: int) -> None:
    ctypes.CDLL(None).shmctl(number, 0, None)


class Surroundings:
    """What there is in the net at one time."""

    def __init__(self, except_below: Path) -> None:
        self.processes = set(_processes())
        self.mounts = {line.split()[4] for line in _lines("/proc/self/mountinfo")}
        self.memory = {
            f"{kind}: {line}"
            for kind in ("shm", "msg", "sem")
            for line in _lines(f"/proc/sysvipc/{kind}")[1:]
        }
        self.files = dict(_files(except_below))

    def changes(self, before: "Surroundings") -> list[str]:
        """What is there now and was not, is gone, or is other than it was."""
        found = []
        for what in ("processes", "mounts", "memory"):
            now, then = getattr(self, what), getattr(before, what)
            found += [f"{what}: left over: {item}" for item in sorted(now - then)]
            found += [f"{what}: gone: {item}" for item in sorted(then - now)]
        for name in sorted(self.files.keys() | before.files.keys()):
            if self.files.get(name) != before.files.get(name):
                found.append(f"files: {name}: {before.files.get(name)} -> {self.files.get(name)}")
        return found


def _lines(place: str) -> list[str]:
    return Path(place).read_text().splitlines()


def _processes() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            line = (path / "cmdline").read_bytes().replace(b"\0", b" ")[:150]
        except OSError:
            continue
        yield f"{path.name} {line.decode('utf-8', 'replace')}"


def _files(except_below: Path) -> Iterator[tuple[str, str]]:
    for top in TREES:
        for folder, folders, names in os.walk(top):
            if Path(folder) == except_below:
                folders.clear()
                continue
            for name in (*folders, *names):
                path = Path(folder, name)
                mode = path.lstat().st_mode
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                yield str(path), f"{mode:o} {hashlib.sha256(content).hexdigest()[:16]}"
