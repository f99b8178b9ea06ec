"""Graphics processors: their device nodes, and what a worker does that may use one.

A CUDA context does not survive a fork, so neither zygote nor judge ever has one: each worker makes
its own, inside its sandbox.
"""

import stat
from pathlib import Path
from typing import Final

_NODES: Final = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia[0-9]*")


def nodes(folder: Path = Path("/dev")) -> list[Path]:
    """The device nodes of NVIDIA's driver on this machine; none where there is no driver."""
    found = [path for pattern in _NODES for path in sorted(folder.glob(pattern))]
    return [path for path in found if stat.S_ISCHR(path.stat().st_mode)]


def bound(memory_mb: int) -> None:
    """Make this process's CUDA context, and let torch allocate only so much of the GPU's memory.

    This bounds what torch allocates by itself. Code that means to can lift it; what then runs out
    of memory are the other submissions on that GPU.
    """
    import torch

    _, total = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(min(1.0, memory_mb * 2**20 / total))


def attempt() -> list[str]:
    """Compute something on the GPU; what went wrong, or nothing."""
    import torch

    try:
        total = float((torch.ones(64, device="cuda") * 2).sum())
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    return [] if total == 128 else [f"it computes {total:g} where 128 is right"]
