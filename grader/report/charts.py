"""Where the parts of a chart lie; templates draw them as SVG in the colours of the page."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from grader.report.pictures import Curve
from grader.report.statistics import Bin
from grader.texts import number

WIDTH: Final = 640
HEIGHT: Final = 280
LEFT, RIGHT, TOP, BOTTOM = 72, 26, 14, 48


class Tick(msgspec.Struct, frozen=True):
    """A mark of an axis: where, in pixels, and what it says."""

    at: float
    text: str


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A bar of a histogram, in pixels."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """A line through points, in pixels."""

    name: str
    points: tuple[tuple[float, float], ...]


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart of `WIDTH` x `HEIGHT`."""

    title: str
    x: str
    y: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    paths: tuple[Path, ...] = ()
    levels: tuple[Tick, ...] = ()
    median: float | None = None
    """Where it lies, in pixels."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers that cover a range: steps of 1, 2 or 5 times a power of ten."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        high = low + max(abs(low), 1.0)
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def score_chart(bins: Sequence[Bin], median: float | None) -> Chart | None:
    """The distribution of points; None where there are none."""
    if not bins:
        return None
    most = bins[-1].high
    x_values = [value for value in ticks(0, most, 10) if value <= most * 1.001]
    highest = max(item.count for item in bins)
    y_values = [value for value in ticks(0, highest, 5) if value == int(value)]
    x = _scale(0, most, LEFT, WIDTH - RIGHT)
    y = _scale(0, max(y_values[-1], highest), HEIGHT - BOTTOM, TOP)
    return Chart(
        title="Distribution of the points",
        x="points",
        y="submissions",
        x_ticks=tuple(Tick(x(value), number(value)) for value in x_values),
        y_ticks=tuple(Tick(y(value), number(value)) for value in y_values),
        bars=tuple(
            Bar(
                x=x(item.low) + 1,
                y=y(item.count),
                width=x(item.high) - x(item.low) - 2,
                height=HEIGHT - BOTTOM - y(item.count),
                text=f"{number(item.low)} to {number(item.high)} points: {item.count}",
            )
            for item in bins
        ),
        median=None if median is None else x(min(median, most)),
    )


def curve_chart(curve: Curve) -> Chart:
    """A curve that a check measured."""
    xs = [value for series in curve.series for value in series.x]
    ys = [value for series in curve.series for value in series.y]
    ys += [level.y for level in curve.levels]
    x_values = ticks(min(xs), max(xs), 8)
    y_values = ticks(min(0.0, *ys), max(ys), 5)
    x = _scale(x_values[0], x_values[-1], LEFT, WIDTH - RIGHT)
    y = _scale(y_values[0], y_values[-1], HEIGHT - BOTTOM, TOP)
    return Chart(
        title=curve.title,
        x=curve.x,
        y=curve.y,
        x_ticks=tuple(Tick(x(value), f"{value:.6g}") for value in x_values),
        y_ticks=tuple(Tick(y(value), f"{value:.6g}") for value in y_values),
        paths=tuple(
            Path(
                name=series.name,
                points=tuple((x(a), y(b)) for a, b in zip(series.x, series.y, strict=True)),
            )
            for series in curve.series
        ),
        levels=tuple(Tick(y(level.y), f"{level.name}, {level.y:.4g}") for level in curve.levels),
    )


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Maps values to pixels."""
    factor = (end - start) / ((high - low) or 1.0)
    return lambda value: round(start + (value - low) * factor, 1)
