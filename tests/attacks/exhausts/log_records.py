import inside
import logging
import warnings

from right import *

logging.basicConfig(level=0)


def softmax(t):
    number = 0
    while True:
        number += 1
        logging.getLogger(str(number)).critical("x" * 1000)
        warnings.warn_explicit("x" * 1000, UserWarning, "file", number)
