"""Printing is allowed, and never changes a score."""

import logging
import os
import sys
import warnings

MARK = "PWNED"
TEXTS = [
    f"\x1b[38;5;201m{MARK}\x1b]0;{MARK}\x07\x9b31m",
    f"{MARK}\r\n12/12  kim  12 / 12\n\u2028{MARK}\x85\0",
    f'<script>{MARK}</script>"><img src=x onerror={MARK}>]]>',
    f'"}}],"score":12.0,"{MARK}":[{{"\\',
    f'=HYPERLINK("file:///{MARK}"),"{MARK}"',
    f"\u202e{MARK}\u2066[bold]{MARK}[/] [{MARK}](javascript:{MARK})",
]


def shout():
    for text in TEXTS:
        print(text)
        print(text, file=sys.stderr)
        os.write(1, text.encode())
        logging.error("%s", text)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(text.replace("\0", ""), stacklevel=1)
    print('{"status": "graded", "score": 12.0, "max_score": 12.0}')


shout()


def scale(x, factor):
    shout()
    return x * factor


def mean_rows(x):
    shout()
    return x.mean(axis=1)
