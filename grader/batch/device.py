"""Where a run lets student code compute, and how many submissions share a graphics processor."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from grader.worker.gpu import nodes

CONTEXT_MB: Final = 600
"""Memory of a graphics processor that each process takes before it allocates anything."""
_PATIENCE_S: Final = 120
_ASK: Final = """\
import json, torch
count = torch.cuda.device_count()
print(json.dumps([torch.cuda.get_device_properties(n).total_memory // 2**20 for n in range(count)]))
"""


class DeviceError(Exception):
    """The device asked for is not there; the message names it and the fix."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Where student code may compute."""

    kind: str = "cpu"
    """cpu or cuda, as scores record it."""
    nodes: tuple[str, ...] = ()
    """Device nodes that the sandbox hands to workers."""
    memory_mb: int = 0
    """Memory of the first graphics processor, which is the one that ``cuda`` names."""


def choose(
    wanted: str, say: Callable[[str], None], *, ask: Callable[[], Sequence[int]] | None = None
) -> Device:
    """The device for ``--device cpu``, ``cuda`` or ``auto``.

    Parameters
    ----------
    wanted
        ``auto`` takes a graphics processor only where there is one.
    say
        Gets a line where student code is handed one.
    ask
        Gives the memory of each graphics processor in megabytes; by default torch is asked, in a
        process of its own.

    Raises
    ------
    DeviceError
        `wanted` is ``cuda``, and there is none that torch can use.
    """
    if wanted == "cpu":
        return Device()
    found = [str(node) for node in nodes()] if ask is None else []
    memory = ask() if ask is not None else _memory() if found else []
    if memory:
        say(
            "grading on cuda: student code may talk to the driver of the graphics processor, which "
            "is a larger way out of the sandbox than the others; --device cpu closes it"
        )
        return Device(kind="cuda", nodes=tuple(found), memory_mb=memory[0])
    if wanted == "auto":
        return Device()
    problem = "torch cannot use the one that is there" if found else "there is none here"
    raise DeviceError(
        f"--device cuda: {problem}; see that 'nvidia-smi' lists it and that torch is a build for "
        "CUDA (python -m torch.utils.collect_env), or grade with --device cpu"
    )


def at_a_time(jobs: int, device: Device, memory_mb: int) -> int:
    """How many of `jobs` submissions, of `memory_mb` each, fit on the device side by side."""
    if device.kind != "cuda":
        return jobs
    return max(1, min(jobs, device.memory_mb // (memory_mb + CONTEXT_MB)))


def _memory() -> list[int]:
    """Memory of each graphics processor that torch can use, in megabytes."""
    command = [sys.executable, "-P", "-c", _ASK]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=True)
        return [int(size) for size in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError):
        return []
