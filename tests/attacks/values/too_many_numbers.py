"""Lists that take long to send, and longer to look at."""


def scale(x, factor):
    return [0.0] * 250_000


def mean_rows(x):
    return {str(n): [] for n in range(110_000)}


def softmax(t):
    return [[] for _ in range(1000)] * 201
