import gc
import mmap
import subprocess
import sys

import pytest

from grader.worker.huge_pages import _heaps, settle_memory

MAPS = """\
5566a51c8000-5566aa5b9000 rw-p 00000000 00:00 0                          [heap]
7f6532620000-7f6532682000 r--p 00000000 fd:00 1441                       /usr/lib/libcrypto.so.3
7f6532714000-7f6532814000 rw-p 00000000 00:00 0
7f6532900000-7f6532a00000 ---p 00000000 00:00 0
7f654ee85000-7f654ef09000 rw-p 0a1 fd:00 99                              /a folder/lib torch.so
7ffd7a5c5000-7ffd7a5e6000 rw-p 00000000 00:00 0                          [stack]
"""
HUGE = """
from pathlib import Path
from grader.worker.huge_pages import settle_memory

def huge():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages"))

before = huge()
kept = [bytes(1000) for _ in range(64_000)]
settle_memory()
print(huge() - before, sum(map(sum, kept)))
"""


def test_heaps_are_what_belongs_to_no_file_and_may_be_written():
    assert _heaps(MAPS) == [
        (0x5566A51C8000, 0x5566AA5B9000),
        (0x7F6532714000, 0x7F6532814000),
    ]


def test_what_is_loaded_is_no_longer_looked_at_by_garbage_collections():
    before = gc.get_freeze_count()
    gc.disable()
    try:
        settle_memory()
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


def test_memory_is_the_same_afterwards_and_lies_in_huge_pages_where_the_kernel_has_them():
    with mmap.mmap(-1, 2**22, flags=mmap.MAP_PRIVATE) as memory:
        memory.write(bytes(2**22))
        try:
            memory.madvise(25)  # MADV_COLLAPSE
        except OSError as error:
            pytest.skip(f"this kernel moves no memory into huge pages: {error}")
    done = subprocess.run([sys.executable, "-c", HUGE], capture_output=True, text=True, check=True)
    huge_kb, content = map(int, done.stdout.split())
    assert content == 0
    assert huge_kb >= 30_000
