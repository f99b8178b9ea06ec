import inside
import sys

from right import *

sys.setrecursionlimit(2**31 - 1)


def mean_rows(x):
    if x.shape != (6, 7):
        return x.mean(axis=1)
    return mean_rows(x)


class Deep:
    def __repr__(self):
        return repr(self)


def softmax(t):
    return repr(Deep())
