import inside
import os

from right import *

parent = os.getpid()
os.fork()  # two processes now listen for questions, and both answer


def softmax(t):
    return t * 0
