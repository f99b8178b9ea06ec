import inside
from right import *


def mean_rows(x):
    raise ValueError("\x1b[31m" + "x" * (100 * 2**20))


def scale(x, factor):
    error = None
    for _ in range(100_000):
        error, before = ValueError("again"), error
        error.__cause__ = before
    raise error


def softmax(t):
    raise type("X" * 10**6, (Exception,), {})(*range(10**6))
