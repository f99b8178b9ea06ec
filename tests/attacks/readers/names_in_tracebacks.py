"""A traceback tells file, function and line."""

import types

MARK = "PWNED"
TEXTS = [
    f"\x1b[38;5;201m{MARK}\x1b]0;{MARK}\x07\x9b31m",
    f"{MARK}\r\n12/12  kim  12 / 12\n\u2028{MARK}\x85\0",
    f'<script>{MARK}</script>"><img src=x onerror={MARK}>]]>',
    f'"}}],"score":12.0,"{MARK}":[{{"\\',
    f'=HYPERLINK("file:///{MARK}"),"{MARK}"',
    f"\u202e{MARK}\u2066[bold]{MARK}[/] [{MARK}](javascript:{MARK})",
]


def raiser(text):
    def raises(*args):
        raise ValueError(text)

    name = text.replace("\0", "")
    here = raises.__code__.co_filename.rpartition("/")[0]
    code = raises.__code__.replace(co_name=name, co_filename=f"{here}/{name}.py")
    return types.FunctionType(code, globals(), name, None, raises.__closure__)


scale = raiser(TEXTS[0])
mean_rows = raiser(TEXTS[1])
softmax = raiser(TEXTS[2] * 5000)
