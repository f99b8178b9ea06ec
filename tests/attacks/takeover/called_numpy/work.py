import inside

import numpy
from right import *


def mean_rows(x):
    return numpy.allclose(x, x)
