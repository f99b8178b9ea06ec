import inside

from right import *


def softmax(t):
    return t * 0
