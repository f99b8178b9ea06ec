import inside
import faulthandler
import os

from right import *


def softmax(t):
    os.abort()


def mean_rows(x):
    faulthandler._fatal_error_c_thread()
