"""The picture of a student's figure, fit to be kept: a PNG that holds pixels and nothing else.

It was written beside the student's code, so it may be anything: a web page, a picture with one
hidden behind it, or one that claims to be a million pixels wide.
"""

import struct
import zlib
from typing import Final

from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.figure_description import read_figure

__tracebackhide__ = hide_failure

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {0: 1, 2: 3, 4: 2, 6: 4}
"""Channels by the code of a colour type: grey, colours, each without and with transparency."""
_MOST_PIXELS: Final = 2000
"""Longest side; :mod:`grader.worker.probes_figures` draws no larger ones."""
_FILTERS: Final = 5


def figure_picture(figure: object) -> bytes:
    """The picture of a figure as an ordinary PNG: 8 bits a channel, no text, nothing behind it.

    Parameters
    ----------
    figure
        Description of a figure (:mod:`grader.checks.figure_description`).

    Raises
    ------
    CheckFailure
        There is no figure, or its picture is none.
    ValueError
        This is no description of a figure.
    """
    try:
        return plain_png(read_figure(figure)["png"])
    except PictureError as error:
        raise CheckFailure(
            f"the picture of the figure cannot be kept: {error}",
            expected="a picture as Figure.savefig writes it",
            actual=str(error),
        ) from None


class PictureError(ValueError):
    """Some bytes are no picture that is kept; the message says why."""


def plain_png(content: bytes) -> bytes:
    """The same picture, written anew from its pixels alone.

    Raises
    ------
    PictureError
        It is no PNG, damaged, too large, interlaced, or not of 8 bits a channel.
    """
    header, packed = _chunks(content)
    width, height, bits, colour, *methods = struct.unpack(">IIBBBBB", header)
    if not (0 < width <= _MOST_PIXELS and 0 < height <= _MOST_PIXELS):
        raise PictureError(f"it has {width} x {height} pixels")
    if bits != 8 or colour not in _CHANNELS or methods != [0, 0, 0]:
        raise PictureError("it is a PNG of an unusual kind")
    row = 1 + width * _CHANNELS[colour]
    unpacked = _unpack(packed, row * height)
    if max(unpacked[::row]) >= _FILTERS:
        raise PictureError("it is damaged")
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(unpacked)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """The header of a PNG, and its packed pixels; everything else is passed over."""
    if not content.startswith(_SIGNATURE):
        raise PictureError("it is no PNG")
    header, packed, at = b"", [], len(_SIGNATURE)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        if kind == b"IHDR" and length == 13:
            header = data
        elif kind == b"IDAT":
            packed.append(data)
        elif kind == b"IEND":
            break
        at += 12 + length
    if len(header) != 13:
        raise PictureError("it is damaged")
    return header, b"".join(packed)


def _unpack(packed: bytes, size: int) -> bytes:
    """Pixels that have exactly this size."""
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(packed, size + 1)
    except zlib.error:
        raise PictureError("it is damaged") from None
    if len(unpacked) != size:
        raise PictureError("it is damaged")
    return unpacked


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
