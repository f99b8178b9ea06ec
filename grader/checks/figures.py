"""Checks on figures that show grids of grey images.

Each takes the plain description that :mod:`grader.checks.figure_description` documents. A figure
that cannot be judged is a CheckFailure in all of them.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.checks.comparing import Tolerance, require_close
from grader.checks.failure import CheckFailure, hide_failure, quote
from grader.checks.figure_description import AxesDescription, ImageDescription, read_figure
from grader.checks.pixels import Pixels, best_reading, shown_pixels, wrong_images
from grader.checks.texts import number_text, share_text

__tracebackhide__ = hide_failure

Grid = list[list[AxesDescription]]

UNSMOOTHED: Final = ("nearest", "none", "auto")
"""Interpolations that show pixels as they are. "auto", the default, is nearest for enlargements of
more than 3; below that it depends on the size of the window, which the exercise leaves free."""

_SAME_LIMIT: Final = 1e-6
"""How far the ends of two grey scales may lie apart, as a share of the scale: rounding of float32
is 6e-8, and one level of 8 bits would be 4e-3."""

_SAME_GREY: Final = 0.01
"""How far two maps' greys may lie apart: the eye's limit, two levels of 256. Maps of other
direction or curve differ by 0.09 or more ("Greys" and "binary" in the middle)."""


def image_grid(figure: object) -> Grid:
    """Return the axes that hold images, in rows from top to bottom, each from left to right.

    Axes belong to one row if their centres are closer, up and down, than half the height of one.
    """
    found = [axes for axes in read_figure(figure)["axes"] if axes["images"]]
    rows: Grid = []
    for axes in sorted(found, key=_centre_y, reverse=True):
        if rows and _centre_y(rows[-1][0]) - _centre_y(axes) < axes["position"][3] / 2:
            rows[-1].append(axes)
        else:
            rows.append([axes])
    return [sorted(row, key=_centre_x) for row in rows]


def assert_grid(figure: object, rows: int, columns: int, *, hint: str | None = None) -> Grid:
    """Check that the images stand in so many rows of so many columns.

    Returns
    -------
    list of lists
        The axes with images, as :func:`image_grid` gives them.

    Raises
    ------
    CheckFailure
        They do not.
    """
    grid = image_grid(figure)
    lengths = [len(row) for row in grid]
    if lengths != [columns] * rows:
        even = len(set(lengths)) == 1
        counts = str(lengths[0]) if even else ", ".join(map(str, lengths))
        raise CheckFailure(
            "the images of the figure do not form the expected grid",
            expected=f"{rows} rows of {columns} images",
            actual=f"{len(grid)} rows of {counts} images" if grid else "no images",
            hint=hint,
        )
    return grid


def assert_images(
    figure: object,
    expected: NDArray[np.floating],
    *,
    name: str,
    atol: float,
    hint: str | None = None,
) -> None:
    """Compare the pixels of a grid of images with what they should show.

    Compared is what is seen: an image drawn from below (``origin="lower"``) is turned over, values
    beyond the limits of the grey scale become the limit, colours their mean. Brightness beyond
    [0, 1] counts as 0 or 1. A figure may hold values in [0, 1] or [0, 255], and may be a
    negative, but must do so throughout.

    Parameters
    ----------
    expected
        (rows, columns, H, W); 0 is dark and 1 is bright, or the other way round.
    name
        What the figure is called, such as ``the reconstruction figure``.
    atol
        Allowed difference in brightness.

    Raises
    ------
    CheckFailure
        The grid, a size or a pixel is wrong; the message names the first image that is.
    """
    wanted = np.clip(np.asarray(expected, dtype=np.float64), 0, 1)
    rows, columns, height, width = wanted.shape
    grid = assert_grid(figure, rows, columns, hint=hint)
    raw = np.empty_like(wanted)
    for i, j in np.ndindex(rows, columns):
        pixels = shown_pixels(grid[i][j]["images"][-1])
        if pixels.shape != (height, width):
            raise CheckFailure(
                f"{name}: {_place(i, j)} has the wrong size",
                expected=f"{height} x {width} pixels",
                actual=" x ".join(map(str, pixels.shape)) + " pixels",
                hint=hint,
            )
        raw[i, j] = pixels
    shown = best_reading(raw, wanted, atol)
    wrong = wrong_images(shown, wanted, atol)
    if not wrong.any():
        return
    i, j = (int(position) for position in np.argwhere(wrong)[0])
    finding = _diagnose(shown[i, j], wanted, (i, j), atol)
    raise_with = f"{name}: {share_text(int(wrong.sum()), wrong.size)} images are wrong; {finding}"
    require_close(shown[i, j], wanted[i, j], Tolerance(0, atol), name=raise_with, hint=hint)


def assert_grey_scale_shared(figure: object, *, hint: str | None = None) -> None:
    """Check that all images are grey, and on one scale: same limits, same map.

    Raises
    ------
    CheckFailure
        A map has colours, or two images differ in their scale.
    """
    images = _images(figure, hint)
    for place, image in images:
        if image["ramp"] is None:
            raise CheckFailure(
                f"{place} is not shown in greys",
                expected="a grey colour map, such as 'gray'",
                actual=f"colour map {quote(image['cmap'])}",
                hint=hint,
            )
    first_place, first = images[0]
    for place, image in images[1:]:
        if not _same_scale(first, image):
            raise CheckFailure(
                f"{place} has another grey scale than {first_place}: set vmin, vmax and cmap alike",
                expected=_scale_text(first),
                actual=_scale_text(image),
                hint=hint,
            )


def assert_no_smoothing(figure: object, *, hint: str | None = None) -> None:
    """Check that no image is smoothed on purpose; matplotlib's default is fine.

    Raises
    ------
    CheckFailure
        An image has an interpolation such as ``bilinear``.
    """
    for place, image in _images(figure, hint):
        if image["interpolation"] not in UNSMOOTHED:
            raise CheckFailure(
                f"{place} is smoothed, so that its pixels cannot be seen",
                expected="interpolation 'nearest'",
                actual=f"interpolation {quote(image['interpolation'])}",
                hint=hint,
            )


def assert_axes_off(figure: object, *, hint: str | None = None) -> None:
    """Check that no image has ticks, tick labels or a frame around it.

    Raises
    ------
    CheckFailure
        One has, or there are no images.
    """
    _images(figure, hint)
    for i, row in enumerate(image_grid(figure)):
        for j, axes in enumerate(row):
            drawn = [part for part in ("ticks", "frame") if axes[part]]
            if axes["axison"] and drawn:
                raise CheckFailure(
                    f"{_place(i, j)} has its axes drawn",
                    expected="no ticks and no frame",
                    actual=" and ".join(drawn),
                    hint=hint,
                )


def assert_titled(figure: object, *, hint: str | None = None) -> None:
    """Check that the figure has a title: over the whole, over an axes, or as text beside them.

    Raises
    ------
    CheckFailure
        There is none.
    """
    description = read_figure(figure)
    titles = [description["suptitle"] or "", *description["texts"]]
    titles += [axes["title"] for axes in description["axes"]]
    if not any(title.strip() for title in titles):
        raise CheckFailure(
            "the figure has no title", expected="a title", actual="no title", hint=hint
        )


def _images(figure: object, hint: str | None) -> list[tuple[str, ImageDescription]]:
    """Return the image on top of each axes, with its place; at least one."""
    grid = image_grid(figure)
    if not grid:
        raise CheckFailure(
            "the figure shows no images", expected="images", actual="no images", hint=hint
        )
    return [
        (_place(i, j), axes["images"][-1])
        for i, row in enumerate(grid)
        for j, axes in enumerate(row)
    ]


def _diagnose(shown: Pixels, wanted: Pixels, place: tuple[int, int], atol: float) -> str:
    """Tell what became of the first wrong image, as far as can be told."""
    where = _place(*place)
    own = wanted[place]
    turned = {
        "is upside down": own[::-1],
        "is mirrored": own[:, ::-1],
        "has its rows and columns swapped": own.T,
    }
    for what, image in turned.items():
        if image.shape == shown.shape and np.allclose(shown, image, rtol=0, atol=atol):
            return f"{where} {what}"
    for i, j in np.ndindex(*wanted.shape[:2]):
        if np.allclose(shown, wanted[i, j], rtol=0, atol=atol):
            return f"{where} shows what belongs in {_place(i, j)}; it"
    return where


def _same_scale(first: ImageDescription, second: ImageDescription) -> bool:
    ramps = zip(first["ramp"] or (), second["ramp"] or (), strict=True)
    if first["norm"] != second["norm"] or any(abs(a - b) > _SAME_GREY for a, b in ramps):
        return False
    low, high = first["vmin"], first["vmax"]
    other_low, other_high = second["vmin"], second["vmax"]
    if low is None or high is None or other_low is None or other_high is None:
        return (low, high) == (other_low, other_high)
    slack = _SAME_LIMIT * abs(high - low)
    return math.isclose(low, other_low, rel_tol=0, abs_tol=slack) and math.isclose(
        high, other_high, rel_tol=0, abs_tol=slack
    )


def _scale_text(image: ImageDescription) -> str:
    low, high = (
        "nothing" if limit is None else number_text(limit)
        for limit in (image["vmin"], image["vmax"])
    )
    return f"colour map {quote(image['cmap'])} from {low} to {high} ({image['norm']})"


def _place(row: int, column: int) -> str:
    return f"the image in row {row + 1}, column {column + 1}"


def _centre_x(axes: AxesDescription) -> float:
    return axes["position"][0] + axes["position"][2] / 2


def _centre_y(axes: AxesDescription) -> float:
    return axes["position"][1] + axes["position"][3] / 2
