"""What a zygote is told of a worker, and what its keeper tells of the worker's end.

Both sides import this, also those that do not load torch.
"""

from typing import Final

import msgspec

DYNAMO: Final = "torch._dynamo"
"""Module to preload where optimizers are made or operations traced; half as large as torch."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker may use."""

    memory_mb: int
    """Address space beyond what torch itself maps."""
    processes: int
    files_mb: int
    """Size of its private folder, and of any one file."""
    output_mb: int
    """What it may print."""
    cpu_s: int
    wall_s: float
    """Of the whole submission, from when a worker is handed its files."""
    namespaces: bool
    """Whether to move into namespaces of its own; False where the kernel refuses them."""
    threads: int = 1
    """Those that torch computes with."""
    gpu_mb: int = 0
    """Memory of a graphics processor; 0 where it has none. With one, `memory_mb` bounds data
    instead of addresses, of which a driver maps more than the machine has memory."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a worker ended, as its keeper saw it."""

    reason: str
    """exit, signal, output, cpu, wall, or judge (which hung up)."""
    code: int
    output: str
    """The first of what it printed."""
