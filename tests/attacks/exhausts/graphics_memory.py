import inside
import torch

from right import *

hoard = []
try:
    while torch.cuda.is_available():
        hoard.append(torch.empty(2**28, device="cuda"))
except RuntimeError:
    pass
if hoard:
    inside.breach("a graphics processor")
