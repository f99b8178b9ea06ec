"""Half characters, which no file in UTF-8 can hold."""

BROKEN = "PWNED\ud83d\udcff\udc00"


def scale(x, factor):
    raise ValueError(BROKEN)


def mean_rows(x):
    return {BROKEN: [BROKEN]}


def softmax(t):
    return [BROKEN, BROKEN.encode("utf-8", "surrogatepass"), b"\xff\xfe\0"]
