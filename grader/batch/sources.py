"""Brings Python source to one form: no byte order mark, lines that end in LF."""

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COOKIE: Final = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-\w.]+)")  # as PEP 263 has it


def normalise(content: bytes) -> tuple[bytes, list[str]]:
    """Remove a byte order mark and convert line ends.

    A file without a mark keeps its encoding, so that its coding line (PEP 263) stays true. One
    with a mark becomes UTF-8, and its coding line says so.

    Returns
    -------
    tuple
        The content, and what was done to it, in words that go after "in NAME:".
    """
    done: list[str] = []
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                return content, [f"left as it is, for it begins like {_plain(encoding)} and is not"]
            content = _with_true_cookie(text).encode("utf-8", "surrogatepass")
            done.append(
                "removed a byte order mark"
                if encoding == "utf-8-sig"
                else f"converted {_plain(encoding)} to UTF-8"
            )
            break
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        done.append("converted line ends")
    if not _has_cookie(content) and not _is_utf8(content):
        done.append("not UTF-8 and without a coding line, so Python will not read it")
    return content, done


def _plain(encoding: str) -> str:
    return encoding.removesuffix("-sig").upper()


def _with_true_cookie(text: str) -> str:
    lines = re.split(r"(\r\n|\r|\n)", text, maxsplit=2)
    for index in range(0, min(len(lines), 3), 2):  # lines 1 and 2; line ends are between
        lines[index] = _COOKIE.sub(r"\1utf-8", lines[index])
    return "".join(lines)


def _has_cookie(content: bytes) -> bool:
    return any(_COOKIE.match(line.decode("latin-1")) for line in content.split(b"\n", 2)[:2])


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
