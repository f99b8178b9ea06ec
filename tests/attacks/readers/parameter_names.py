"""Names are told wherever gradients are."""

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
        self.first, self.second = nn.Linear(4, width), nn.Linear(width, 3)
        for number, text in enumerate(TEXTS):
            scale = nn.Parameter(torch.ones(3))
            self.register_parameter(text.replace(".", "") + str(number), scale)

    def forward(self, x):
        scores = self.second(torch.tanh(self.first(x)))
        for parameter in self.parameters(recurse=False):
            scores = scores * parameter
        return scores
