import inside
import ctypes

from right import *


def softmax(t):
    ctypes.string_at(8)


def mean_rows(x):
    ctypes.memset(id(None), 255, 64)
