"""Numbers and texts as a terminal shows them to people."""

from typing import TextIO


def number(value: float) -> str:
    """Points as people write them: 3, 2.5, 0.67, -4."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def printable(text: str) -> str:
    """Text without control characters, so that nothing printed can steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def one_line(text: str) -> str:
    """Printable text in which line ends are escaped too, such as a name in a table."""
    return printable(text).replace("\n", "\\n")


def encodable(text: str, stream: TextIO | None) -> str:
    """The text itself, or in ASCII with question marks if `stream` cannot encode it."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return text.encode("ascii", "replace").decode()
    return text
