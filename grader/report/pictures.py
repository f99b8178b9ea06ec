"""Artifacts as pages show them: pictures as data behind an ``img``, never as markup; curves.

A picture may hold whatever a student's figure holds. An ``img`` runs no script and loads nothing,
and sizes are bounded before a browser unpacks them.
"""

import base64
import math
import re
import struct
from pathlib import Path
from typing import Annotated, Final

import msgspec
from markupsafe import Markup
from msgspec import Meta

from grader.scores import Task

MAX_BYTES: Final = 2_000_000
_MAX_PIXELS: Final = 16_000_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_CURVE: Final = ".curve.json"

Text = Annotated[str, Meta(min_length=1, max_length=100)]
Values = Annotated[tuple[float, ...], Meta(min_length=1, max_length=2000)]


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a chart."""

    name: Text
    x: Values
    y: Values


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A horizontal line to compare with."""

    name: Text
    y: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A chart that a check measured, kept as ``NAME.curve.json``."""

    title: Text
    x: Text
    y: Text
    """What the axes say."""
    series: Annotated[tuple[Series, ...], Meta(min_length=1, max_length=8)]
    levels: Annotated[tuple[Level, ...], Meta(max_length=8)] = ()


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that can be shown."""

    name: str
    kind: str
    """Its media type."""
    content: bytes
    small: bool
    """Whether its pixels are few, and should be enlarged without smoothing."""

    @property
    def data(self) -> Markup:
        """A ``data:`` address."""
        encoded = base64.b64encode(self.content).decode()
        return Markup(f"data:{self.kind};base64,{encoded}")  # letters that need no escaping


class Unshown(msgspec.Struct, frozen=True, kw_only=True):
    """An artifact that cannot be shown, and why."""

    name: str
    reason: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The artifacts of one task."""

    pictures: tuple[Picture, ...] = ()
    curves: tuple[Curve, ...] = ()
    unshown: tuple[Unshown, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the task has any."""
        return bool(self.pictures or self.curves or self.unshown)


def read_artifacts(task: Task, folder: Path) -> Shown:
    """A task's artifacts, those that cannot be shown with the reason."""
    pictures: list[Picture] = []
    curves: list[Curve] = []
    unshown: list[Unshown] = []
    for place in task.artifacts:
        name = place.rpartition("/")[2]
        found = _read(folder / "artifacts" / name, name)
        if isinstance(found, Picture):
            pictures.append(found)
        elif isinstance(found, Curve):
            curves.append(found)
        else:
            unshown.append(found)
    return Shown(pictures=tuple(pictures), curves=tuple(curves), unshown=tuple(unshown))


def read_picture(path: Path) -> Picture | None:
    """A picture, or None where it cannot be shown."""
    found = _read(path, path.name)
    return found if isinstance(found, Picture) else None


def _read(path: Path, name: str) -> Picture | Curve | Unshown:
    try:
        if path.is_symlink() or path.stat().st_size > MAX_BYTES:
            return Unshown(name=name, reason="it is larger than a page should be")
        content = path.read_bytes()
    except (OSError, ValueError):
        return Unshown(name=name, reason="its file is missing")
    if name.endswith(_CURVE):
        return _curve(name, content)
    if content.startswith(_PNG):
        return _png(name, content)
    if name.endswith(".svg"):
        return Picture(name=name, kind="image/svg+xml", content=content, small=False)
    return Unshown(name=name, reason="it is no PNG, SVG or curve")


def _curve(name: str, content: bytes) -> Curve | Unshown:
    try:
        curve = msgspec.json.decode(content, type=Curve)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Unshown(name=name, reason=f"it is no curve: {error}")
    numbers = [level.y for level in curve.levels]
    for series in curve.series:
        if len(series.x) != len(series.y):
            return Unshown(name=name, reason="it has not as many x as y")
        numbers += [*series.x, *series.y]
    if not all(math.isfinite(number) and abs(number) < 1e15 for number in numbers):
        return Unshown(name=name, reason="its numbers are too large to draw")
    return curve


def _png(name: str, content: bytes) -> Picture | Unshown:
    if len(content) < 24 or content[12:16] != b"IHDR":
        return Unshown(name=name, reason="it is a damaged PNG")
    width, height = struct.unpack(">II", content[16:24])
    if not 0 < width * height <= _MAX_PIXELS:
        return Unshown(name=name, reason="it has more pixels than a page should")
    return Picture(name=name, kind="image/png", content=content, small=width <= 600)


def caption(name: str) -> str:
    """What a picture is called, from the name of its file: ``own_digits.png`` is *own digits*."""
    return re.sub(r"[_-]+", " ", name.rpartition(".")[0] or name)
