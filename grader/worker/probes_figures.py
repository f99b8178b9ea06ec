"""Describes a matplotlib Figure as plain data, beside the code that drew it.

:mod:`grader.checks.figure_description` documents the result and reads it. Nothing here imports
pyplot or touches the figures it manages. matplotlib itself is imported when a figure comes: workers
that draw nothing do without.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.image import AxesImage
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from matplotlib.text import Text
    from numpy.typing import NDArray

_MAX_PIXELS: Final = 2000
"""Longest side of the picture in pixels, whatever size the figure asks for: 16 MB unpacked."""

_DPI: Final = 100
"""matplotlib's default resolution, unless the picture would grow beyond the limit."""

_MAX_TEXT: Final = 1000
"""Characters of a title, a label or an error that are told."""

_GREY_STEPS: Final = 256
"""Levels at which a colour map is looked at: it holds that many by default."""

_GREY_TOLERANCE: Final = 0.5 / 255
"""How far red, green and blue of a grey may lie apart: half a level of 8 bits."""


def describe_figure(figure: Any) -> dict[str, Any]:
    """Tell what a figure shows, as plain data.

    Never raises for something a student may have drawn: where it is no figure, or cannot be drawn,
    ``problem`` says so and the rest is empty.
    """
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        return _problem(f"it is not a matplotlib Figure but of type {type(figure).__name__}")
    try:
        png = _draw(figure)
        description = {
            "problem": None,
            "suptitle": _suptitle(figure),
            "texts": [text.get_text() for text in figure.texts if text.get_visible()],
            "size_inches": [float(length) for length in figure.get_size_inches()],
            "axes": [_axes(axes, figure) for axes in figure.axes if axes.get_visible()],
            "png": png,
        }
        return _tellable(description)  # type: ignore[no-any-return]  # a dict, as it was
    except Exception as error:  # whatever a student's figure contains is a finding
        return _problem(f"it cannot be drawn: {type(error).__name__}: {error}")


def _tellable(value: Any) -> Any:
    """The same with texts that are Unicode and not too long, so that they can cross."""
    if isinstance(value, str):
        return str.encode(value[:_MAX_TEXT], "utf-8", "replace").decode()
    if isinstance(value, list):
        return [_tellable(item) for item in value]
    if isinstance(value, dict):
        return {key: _tellable(item) for key, item in value.items()}
    return value


def _problem(text: str) -> dict[str, Any]:
    return {
        "problem": _tellable(text),
        "suptitle": None,
        "texts": [],
        "size_inches": [0.0, 0.0],
        "axes": [],
        "png": b"",
    }


def _draw(figure: Figure) -> bytes:
    """Draw the figure as PNG, which also settles its layout and colour limits."""
    import matplotlib
    from PIL import Image

    dpi = min(_DPI, _MAX_PIXELS / max(figure.get_size_inches()))
    buffer = io.BytesIO()
    with warnings.catch_warnings(), matplotlib.rc_context({"savefig.bbox": "standard"}):
        warnings.simplefilter("ignore")  # a missing glyph is no fault of the figure's content
        packed = {"compress_level": 0}  # it is packed below
        figure.savefig(buffer, format="png", dpi=dpi, backend="agg", pil_kwargs=packed)
    with Image.open(buffer) as image:
        pixels = _plain(np.asarray(image))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png")
    return buffer.getvalue()


def _plain(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same picture (H, W, 4) without the channels that tell nothing: (H, W, 3) or (H, W)."""
    if pixels.ndim != 3 or pixels.shape[2] != 4 or not np.all(pixels[..., 3] == 255):
        return pixels
    colours = pixels[..., :3]
    return colours[..., 0] if np.all(colours == colours[..., :1]) else colours


def _suptitle(figure: Figure) -> str | None:
    parts: list[Figure | SubFigure] = [figure, *figure.subfigs]
    return next((text for part in parts if (text := part.get_suptitle())), None)


def _axes(axes: Axes, figure: Figure) -> dict[str, Any]:
    from matplotlib.image import AxesImage

    titles = [axes.get_title(loc) for loc in ("center", "left", "right")]
    legend = axes.get_legend()
    legends = [entry for entry in (legend, *figure.legends) if entry is not None]
    images = sorted(axes.get_images(), key=lambda image: image.get_zorder())
    return {
        "title": next(filter(None, titles), ""),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "axison": bool(axes.axison),
        "frame": _has_frame(axes),
        "ticks": _has_ticks(axes),
        "position": _position(axes, figure),
        "images": [
            _image(image, axes)
            for image in images
            if isinstance(image, AxesImage) and _is_drawn(image) and image.get_array() is not None
        ],
        "lines": [_line(line, legends) for line in axes.get_lines() if _is_drawn(line)],
        "legend": None if legend is None else [text.get_text() for text in legend.get_texts()],
    }


def _is_drawn(artist: Artist) -> bool:
    alpha = artist.get_alpha()  # None, a number, or an array of numbers
    return bool(artist.get_visible()) and (alpha is None or bool(np.any(alpha)))


def _position(axes: Axes, figure: Figure) -> list[float]:
    """Left, bottom, width, height as shares of the whole figure, also inside a subfigure."""
    box = axes.bbox.transformed(figure.transFigure.inverted())
    return [float(length) for length in box.bounds]


def _has_frame(axes: Axes) -> bool:
    if not (axes.axison and axes.get_frame_on()):
        return False
    return any(spine.get_visible() and spine.get_linewidth() > 0 for spine in axes.spines.values())


def _has_ticks(axes: Axes) -> bool:
    if not axes.axison:
        return False
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.get_visible():
            continue
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            marks = (tick.tick1line, tick.tick2line)
            if any(mark.get_visible() and mark.get_markersize() > 0 for mark in marks):
                return True
            if any(_has_text(label) for label in (tick.label1, tick.label2)):
                return True
    return False


def _has_text(label: Text) -> bool:
    return bool(label.get_visible() and label.get_text())


def _image(image: AxesImage, axes: Axes) -> dict[str, Any]:
    array: Any = np.ma.asanyarray(image.get_array())
    data = np.ma.filled(array.astype(np.float64), np.nan)
    upside_down, mirrored = _orientation(image, axes)
    shared = {
        "interpolation": image.get_interpolation().replace("antialiased", "auto"),
        "origin": image.origin,
        "upside_down": upside_down,
        "mirrored": mirrored,
    }
    if data.ndim == 3:
        if array.dtype.kind in "iu":
            data = data / 255  # matplotlib shows integer colours on the scale 0 to 255
        grey = _is_grey(data[..., :3])
        ramp = [0.0, 0.5, 1.0] if grey else None
        colours = {"cmap": "rgb", "norm": "Normalize", "vmin": 0.0, "vmax": 1.0, "ramp": ramp}
    else:
        image.autoscale_None()  # as drawing does, in case the axes were too small to be drawn
        low, high = image.get_clim()
        colours = {
            "cmap": image.get_cmap().name,
            "norm": type(image.norm).__name__,
            "vmin": _limit(low),
            "vmax": _limit(high),
            "ramp": _ramp(image.get_cmap()),
        }
    return {"data": data, **colours, **shared}


def _orientation(image: AxesImage, axes: Axes) -> tuple[bool, bool]:
    """Whether the first row is shown below the last, and the first column right of the last."""
    left, right, bottom, top = image.get_extent()
    first, last = (top, bottom) if image.origin == "upper" else (bottom, top)
    corners = axes.transData.transform([(left, first), (right, last)])
    (x_first, y_first), (x_last, y_last) = corners.tolist()
    return bool(y_first < y_last), bool(x_first > x_last)


def _limit(value: Any) -> float | None:
    """Return a colour limit; None where no value was there to set it."""
    return None if value is None or np.ma.is_masked(value) else float(value)


def _is_grey(colours: Any) -> bool:
    """Whether red, green and blue, on the last axis, are nearly equal everywhere."""
    spread = colours.max(axis=-1) - colours.min(axis=-1)
    return bool(np.all(spread <= _GREY_TOLERANCE))


def _ramp(cmap: Colormap) -> list[float] | None:
    """Brightness of a colour map at 0, 1/2 and 1, if it runs through greys in one direction."""
    colours = cmap(np.linspace(0, 1, _GREY_STEPS))[:, :3]
    brightness = colours.mean(axis=1)
    steps = np.diff(brightness)
    if not _is_grey(colours) or not (np.all(steps >= 0) or np.all(steps <= 0)):
        return None
    middle = float(np.mean(cmap(0.5)[:3]))
    return [float(brightness[0]), middle, float(brightness[-1])]


def _line(line: Line2D, legends: Iterable[Legend]) -> dict[str, Any]:
    return {
        "x": _numbers(line.get_xdata(orig=False)),
        "y": _numbers(line.get_ydata(orig=False)),
        "label": _label(line, legends),
    }


def _numbers(values: Any) -> Any:
    return np.ma.filled(np.ma.asanyarray(values).astype(np.float64), np.nan).ravel()


def _label(line: Line2D, legends: Iterable[Legend]) -> str:
    """Return the line's own label, or what a legend calls the line that looks like it."""
    from matplotlib.lines import Line2D

    own = str(line.get_label())
    if own and not own.startswith("_"):
        return own
    for legend in legends:
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False):
            if isinstance(handle, Line2D) and _look(handle) == _look(line):
                return text.get_text()
    return own


def _look(line: Line2D) -> Sequence[str]:
    from matplotlib.colors import to_hex

    colour = to_hex(line.get_color(), keep_alpha=True)
    return colour, str(line.get_linestyle()), str(line.get_marker())
