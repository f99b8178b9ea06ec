import inside
import gc
import locale
import os
import sys
import warnings

import numpy
import torch
from right import *

torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
torch.use_deterministic_algorithms(True)
numpy.seterr(all="raise")
warnings.simplefilter("error")
os.umask(0o777)
os.chdir("/")
inside.attempt(os.nice, 10)
sys.setrecursionlimit(120)
gc.set_threshold(1)
try:
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
except locale.Error:
    pass
