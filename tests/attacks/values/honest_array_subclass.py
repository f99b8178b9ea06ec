"""Such as memory maps, or a class with units."""

import numpy as np


class Measured(np.ndarray):
    unit = "m"


def scale(x, factor):
    return (x * factor).view(Measured)


def mean_rows(x):
    return x.mean(axis=1).view(Measured)
