"""The name of the type is shown before its text."""

MARK = "PWNED"
TEXTS = [
    f"\x1b[38;5;201m{MARK}\x1b]0;{MARK}\x07\x9b31m",
    f"{MARK}\r\n12/12  kim  12 / 12\n\u2028{MARK}\x85\0",
    f'<script>{MARK}</script>"><img src=x onerror={MARK}>]]>',
    f'"}}],"score":12.0,"{MARK}":[{{"\\',
    f'=HYPERLINK("file:///{MARK}"),"{MARK}"',
    f"\u202e{MARK}\u2066[bold]{MARK}[/] [{MARK}](javascript:{MARK})",
]


def named(text):
    plain = text.replace("\0", "")  # no type has a name with NUL
    return type(plain, (Exception,), {"__module__": plain, "__qualname__": plain})


def scale(x, factor):
    raise named(TEXTS[0])(TEXTS[0]) from named(TEXTS[1])(TEXTS[1])


def mean_rows(x):
    raise ExceptionGroup(TEXTS[1], [named(text)(text) for text in TEXTS])


def softmax(t):
    error = named(TEXTS[2])()
    for text in TEXTS:
        error.add_note(text)
    raise error
