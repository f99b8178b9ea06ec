"""Huge pages, which make a process cheap to fork that holds much and is forked often."""

import ctypes
import gc
from pathlib import Path
from typing import Final

_MADV_COLLAPSE: Final = 25  # Linux 6.1
_HUGE: Final = 2**21
"""Bytes of a huge page of processors with pages of 4 KiB."""
_MAPS: Final = Path("/proc/self/maps")


def settle_memory() -> None:
    """Have forks copy little of what is here now; call it when all is loaded.

    A garbage collection in a fork no longer looks at, and so copies, what is loaded here. It may
    have been switched off until now. Where the kernel can, memory moves into huge pages: a fork
    then copies one entry of the page table for each 512 of before, and a page of 4 KiB all the same
    when it writes to one.
    """
    gc.freeze()
    gc.enable()
    madvise = getattr(ctypes.CDLL(None), "madvise", None)
    if madvise is None or not _MAPS.exists():
        return
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for start, end in _heaps(_MAPS.read_text()):
        first, last = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
        if first < last:
            madvise(first, last - first, _MADV_COLLAPSE)  # one that cannot be stays as it is


def _heaps(maps: str) -> list[tuple[int, int]]:
    """Where memory lies that belongs to no file and may be written."""
    found = []
    for line in maps.splitlines():
        addresses, mode, _, _, _, *name = line.split()
        if mode == "rw-p" and name in ([], ["[heap]"]):
            start, _, end = addresses.partition("-")
            found.append((int(start, 16), int(end, 16)))
    return found
