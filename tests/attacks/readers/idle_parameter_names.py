"""A failed check names them all."""

import torch
from torch import nn

MARK = "PWNED"
TEXTS = [
    f"\x1b[38;5;201m{MARK}\x1b]0;{MARK}\x07\x9b31m",
    f"{MARK}\r\n12/12  kim  12 / 12\n\u2028{MARK}\x85\0",
    f'<script>{MARK}</script>"><img src=x onerror={MARK}>]]>',
    f'"}}],"score":12.0,"{MARK}":[{{"\\',
    f'=HYPERLINK("file:///{MARK}"),"{MARK}"',
    f"\u202e{MARK}\u2066[bold]{MARK}[/] [{MARK}](javascript:{MARK})",
]


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(4, 3)
        for number, text in enumerate(TEXTS * 20):
            idle = nn.Parameter(torch.zeros(2))
            self.register_parameter(text.replace(".", "") + str(number), idle)

    def forward(self, x):
        return self.layer(x)
