import inside
import os
import struct

from right import *


def send(body):
    stream = struct.pack(">Q", len(body)) + body
    while stream:
        stream = stream[os.write(3, stream) :]


def softmax(t):
    send(b"\x91" * 1_000_000 + b"\xc0")  # a list in a list, a million times
    return t


def mean_rows(x):
    body = b"\x90"
    for _ in range(3000):  # tuples of the protocol's own kind, each in the other
        body = b"\xc9" + struct.pack(">I", len(body) + 1) + b"\x03\x91" + body
    send(body)
    return x
