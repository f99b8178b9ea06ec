r"""Text of students as it is shown: never markup, and nothing in it invisible.

What could steer a terminal, hide or turn the reading direction is written as its escape, such as
``\x1b`` or ``\u202e``. In HTML the template engine escapes the rest; Markdown is escaped here.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
"""Persian and Indic scripts and emoji are written with them."""
_MARKDOWN: Final = re.compile(
    r"[\\`*_{}\[\]<>#|~@&$]"  # emphasis, code, links, HTML, tables, mentions, formulas
    r"|:(?=//)|(?<=www)\.|(?<=WWW)\."  # addresses that become links by themselves
    r"|^[-+=]|(?:(?<=^\d)|(?<=^\d\d))[.)](?=\s|$)"  # lists and underlines at the beginning
)
_UNUSUAL: Final = re.compile(r"[^\n\t -~]")
_MANY: Final = 8
"""Combining marks in a row that are shown; more of them would be drawn over other lines."""


def visible(text: str) -> str:
    """The text with everything invisible escaped; line ends and tabs stay."""
    return "".join(piece for piece, _ in _pieces(text))


def marked(text: str) -> Markup:
    """HTML of a text, in which escapes of ours can be told from the student's own."""
    if not _UNUSUAL.search(text):  # most texts
        return escape(text)
    span = Markup('<span class="escaped">{}</span>')
    return Markup("").join(span.format(p) if ours else escape(p) for p, ours in _pieces(text))


def marked_lines(lines: Sequence[str]) -> Sequence[str]:
    """:func:`marked` of each line; lines without anything unusual are escaped together."""
    whole = "\n".join(lines)
    if _UNUSUAL.search(whole):
        return [marked(line) for line in lines]
    return str(escape(whole)).split("\n")


def one_line(text: str) -> str:
    """Visible text without line ends, such as a name."""
    return " ".join(visible(text).split())


def markdown(text: str) -> str:
    """One line of Markdown that shows the text as it is: no markup, link, mention or HTML."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def fenced(text: str) -> list[str]:
    """Lines of a Markdown code block that the text cannot leave."""
    shown = visible(text).replace("\t", "    ").split("\n")
    fence = "`" * max(3, 1 + max((len(r) for r in re.findall(r"`+", text)), default=0))
    return [f"{fence}text", *shown, fence]


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Parts of the text, and whether each is an escape that stands for a hidden character."""
    if not _UNUSUAL.search(text):  # most texts, and pictures of a hundred thousand letters
        return [(text, False)] if text else []
    pieces: list[tuple[str, bool]] = []
    plain: list[str] = []
    stacked = 0
    for c in text.replace("\r\n", "\n"):
        category = unicodedata.category(c)
        stacked = stacked + 1 if category in ("Mn", "Me") else 0
        if (category in _HIDDEN and c not in "\n\t" + _JOINERS) or stacked > _MANY:
            if plain:
                pieces.append(("".join(plain), False))
                plain = []
            pieces.append((_escape(c), True))
        else:
            plain.append(c)
    if plain:
        pieces.append(("".join(plain), False))
    return pieces


def _escape(c: str) -> str:
    number = ord(c)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
