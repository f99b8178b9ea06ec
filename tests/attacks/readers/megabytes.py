"""Whoever keeps all of it keeps a lot."""

LONG = "PWNED " * 4_000_000


def scale(x, factor):
    raise ValueError(LONG)


def mean_rows(x):
    return LONG


def softmax(t):
    return {LONG[:900_000] + str(n): [LONG[:900_000]] for n in range(9)}
