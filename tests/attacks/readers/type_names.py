"""What came is described by its type."""

MARK = "PWNED"
TEXTS = [
    f"\x1b[38;5;201m{MARK}\x1b]0;{MARK}\x07\x9b31m",
    f"{MARK}\r\n12/12  kim  12 / 12\n\u2028{MARK}\x85\0",
    f'<script>{MARK}</script>"><img src=x onerror={MARK}>]]>',
    f'"}}],"score":12.0,"{MARK}":[{{"\\',
    f'=HYPERLINK("file:///{MARK}"),"{MARK}"',
    f"\u202e{MARK}\u2066[bold]{MARK}[/] [{MARK}](javascript:{MARK})",
]


def odd(text):
    plain = text.replace("\0", "")
    return type(
        plain, (), {"__module__": plain, "__qualname__": plain, "__repr__": lambda _: text}
    )()


def scale(x, factor):
    return odd(TEXTS[0])


def mean_rows(x):
    return odd(TEXTS[2] * 10_000)


def softmax(t):
    return odd("\ud83d" + TEXTS[1] + "\udcff")
