"""The answer is right; x is not what it was."""


def scale(x, factor):
    x *= factor
    return x
