"""The processes of a run, told apart by their place in its family, as ``/proc`` shows them."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

PATIENCE_S = 90.0
Found = TypeVar("Found")


def until(find: Callable[[], Found]) -> Found:
    """What `find` finds as soon as that is something; AssertionError if it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := find()):
        assert time.monotonic() < deadline, f"{find} found nothing in {PATIENCE_S} s"
        time.sleep(0.002)
    return found


def children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it may end while we look
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """Children first, then theirs, and so on."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def name(pid: int) -> str:
    """The command that a process runs; empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def command(pid: int) -> bytes:
    """The words of its command line, with null characters between; empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def is_gone(pid: int) -> bool:
    """Whether it has ended; one that nobody has reaped yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def kill(pid: int) -> bool:
    """Kill -9; False if it was gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Judge(NamedTuple):
    """A judge and what belongs to it at this moment."""

    pid: int
    forks: list[int]
    zygote: list[int]
    """Both processes of bubblewrap, and the zygote in it; all judges of a template share them."""
    workers: list[int]


def templates(coordinator: int) -> list[int]:
    """What the judges of a run are forks of."""
    return [pid for pid in children(coordinator) if b"grader.judge.start" in command(pid)]


def zygotes(template: int) -> list[int]:
    """Processes of bubblewrap below a template, and the zygotes in them."""
    wraps = [child for child in children(template) if name(child) == "bwrap"]
    chain = [process for wrap in wraps for process in (wrap, *children(wrap))]
    return [*chain, *(child for wrap in chain[1:] for child in children(wrap))]


def judges(coordinator: int) -> Iterator[Judge]:
    for template in templates(coordinator):
        shared = zygotes(template)
        for pid in children(template):
            if pid in shared or b"grader.judge.start" not in command(pid):
                continue
            zygote = [*shared, *zygotes(pid)]
            keepers = [keeper for process in zygote[2:] for keeper in children(process)]
            workers = [worker for keeper in keepers for worker in children(keeper)]
            forks = [child for child in children(pid) if child not in zygote]
            yield Judge(pid, forks, zygote, workers)
