import inside
import os
import stat

open_ones = []
for number in range(1024):
    try:
        found = os.fstat(number)
    except OSError:
        continue
    open_ones.append((number, stat.S_IFMT(found.st_mode)))
    if stat.S_ISREG(found.st_mode):
        inside.search(os.pread(number, 2**20, 0))
    if stat.S_ISDIR(found.st_mode):
        inside.refused(os.open, "..", os.O_RDONLY, 0o777)
kinds = dict(open_ones)
if set(kinds) != {0, 1, 2, 3}:
    inside.breach(f"descriptors {open_ones}")
if kinds[0] != stat.S_IFCHR or os.read(0, 100):
    inside.breach("standard input")

from right import *
