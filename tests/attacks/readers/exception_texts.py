"""Each call says something else."""

import itertools

MARK = "PWNED"
TEXTS = [
    f"\x1b[38;5;201m{MARK}\x1b]0;{MARK}\x07\x9b31m",
    f"{MARK}\r\n12/12  kim  12 / 12\n\u2028{MARK}\x85\0",
    f'<script>{MARK}</script>"><img src=x onerror={MARK}>]]>',
    f'"}}],"score":12.0,"{MARK}":[{{"\\',
    f'=HYPERLINK("file:///{MARK}"),"{MARK}"',
    f"\u202e{MARK}\u2066[bold]{MARK}[/] [{MARK}](javascript:{MARK})",
]

said = itertools.cycle(TEXTS)


def scale(x, factor):
    raise ValueError(next(said))


def mean_rows(x):
    raise ValueError(*TEXTS)


def softmax(t):
    raise RuntimeError("".join(TEXTS))


class Net:
    def __init__(self, width):
        raise TypeError(next(said))
