import inside
import torch

from right import *


class Net(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = torch.nn.Linear(4, 3)

    def forward(self, x):
        while True:
            self.layer(x)
