import inside
import os

from right import *


def softmax(t):
    while True:
        os.write(1, b"canary?" * 10_000)
        os.write(2, b"\x1b[2J\x07" * 10_000)
