"""What a frame may hold, found out before anything of it is decoded.

A decoder makes an object of some 60 bytes from a byte that says "empty list", and reserves room for
as many items as a header promises. So a frame is walked through first, header by header, without
making anything: contents of texts, arrays and numbers are stepped over.
"""

from typing import Final

MAX_ITEMS: Final = 200_000
"""Items of all lists and dicts of one frame together; a dict's keys count too."""
MAX_DEPTH: Final = 100
"""Nesting; a tuple counts twice, being a list inside an extension."""
MAX_TEXT: Final = 2**20
"""Bytes of one text. One character may make each other take four bytes."""
MAX_COPIED: Final = 512 * 2**20
"""Bytes of all extensions together: each is copied out of what it lies in before it is decoded."""

_SHORT: Final = {
    # first byte: bytes of a number, or of a length, that follows
    **dict.fromkeys((0xC0, 0xC2, 0xC3), 0),
    **dict.fromkeys((0xCC, 0xD0), 1),
    **dict.fromkeys((0xCD, 0xD1), 2),
    **dict.fromkeys((0xCA, 0xCE, 0xD2), 4),
    **dict.fromkeys((0xCB, 0xCF, 0xD3), 8),
}
_BINARY: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXT: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXTENSION: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED_EXTENSION: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_LIST: Final = {0xDC: 2, 0xDD: 4}
_DICT: Final = {0xDE: 2, 0xDF: 4}


class FrameError(ValueError):
    """A frame is malformed, or holds more than it may."""


def require_bounded(content: bytes, extensions: frozenset[int]) -> None:
    """Walk through MessagePack and refuse what is not whole or beyond a bound.

    Dicts may have text keys only. The body of an extension is again one value.

    Parameters
    ----------
    extensions
        The extension types that may occur.

    Raises
    ------
    FrameError
        The message says which bound is passed.
    """
    _Walk(content, extensions).run()


class _Walk:
    def __init__(self, content: bytes, extensions: frozenset[int]) -> None:
        self.content = content
        self.extensions = extensions
        self.at = 0
        self.items = 0
        self.copied = 0
        self.open: list[_Open] = []

    def run(self) -> None:
        whole = _Open(1, False, len(self.content))
        self.open.append(whole)
        while self.open:
            inner = self.open[-1]
            if inner.left:
                inner.left -= 1
                self.step(inner)
            else:
                if inner.end is not None and inner.end != self.at:
                    raise FrameError("bytes are left over")
                self.open.pop()

    def step(self, inner: "_Open") -> None:
        """Step over a header, and over what follows it unless that is looked into."""
        first = self.number(1)
        length = _text_length(first)
        if length is None and first in _TEXT:
            length = self.number(_TEXT[first])
        if length is not None:
            if length > MAX_TEXT:
                raise FrameError(f"a text of {length} bytes, more than {MAX_TEXT}")
            self.skip(length)
        elif inner.keyed and inner.left % 2:
            raise FrameError("a dict whose keys are not text")
        elif first < 0x80 or first >= 0xE0:
            pass  # the number itself
        elif first in _SHORT:
            self.skip(_SHORT[first])
        elif first in _BINARY:
            self.skip(self.number(_BINARY[first]))
        elif first < 0x90:
            self.enter(2 * (first & 0x0F), keyed=True)
        elif first < 0xA0:
            self.enter(first & 0x0F)
        elif first in _LIST:
            self.enter(self.number(_LIST[first]))
        elif first in _DICT:
            self.enter(2 * self.number(_DICT[first]), keyed=True)
        elif first in _FIXED_EXTENSION:
            self.extension(_FIXED_EXTENSION[first])
        elif first in _EXTENSION:
            self.extension(self.number(_EXTENSION[first]))
        else:
            raise FrameError("a byte that begins nothing")

    def extension(self, length: int) -> None:
        if self.number(1) not in self.extensions:
            raise FrameError("an unknown extension")
        self.copied += length
        if self.copied > MAX_COPIED:
            raise FrameError(f"extensions of more than {MAX_COPIED} bytes")
        self.enter(1, end=self.at + length)

    def enter(self, count: int, *, keyed: bool = False, end: int | None = None) -> None:
        self.items += count
        if self.items > MAX_ITEMS:
            raise FrameError(f"more than {MAX_ITEMS} items")
        if len(self.open) > MAX_DEPTH:
            raise FrameError("nested too deeply")
        self.open.append(_Open(count, keyed, end))

    def number(self, size: int) -> int:
        start = self.at
        self.skip(size)
        return int.from_bytes(self.content[start : self.at], "big")

    def skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self.content):
            raise FrameError("it ends too early")


class _Open:
    """A list, dict or extension that the walk is inside of."""

    __slots__ = ("end", "keyed", "left")

    def __init__(self, left: int, keyed: bool, end: int | None) -> None:
        self.left = left
        """Items that are still to come."""
        self.keyed = keyed
        """Whether every other item is a dict's key."""
        self.end = end
        """Where an extension must end."""


def _text_length(first: int) -> int | None:
    return first & 0x1F if 0xA0 <= first < 0xC0 else None
