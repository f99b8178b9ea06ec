"""str(error) is the student's code too."""


class Text(str):
    def __str__(self):
        return self

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return "\x1b[2JPWNED" * 100_000

    def encode(self, *args, **kwargs):
        return b"\xff\xfe\x1b[2JPWNED"


class OddError(Exception):
    def __str__(self):
        return Text("\x1b[2JPWNED" * 100_000)


class FailingError(Exception):
    def __str__(self):
        raise SystemExit(0)


class EndlessError(Exception):
    def __str__(self):
        return str(self)


def scale(x, factor):
    raise OddError


def mean_rows(x):
    raise FailingError


def softmax(t):
    raise EndlessError
