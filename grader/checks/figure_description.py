"""What a worker's probe tells about a matplotlib Figure.

:func:`grader.worker.probes_figures.describe_figure` makes such a description beside the student's
code. It crosses to the judge as plain data, so its form is checked before anything is read.
"""

from typing import TypedDict

import msgspec
import numpy as np
from numpy.typing import NDArray

from grader.checks.failure import CheckFailure, hide_failure, shorten

__tracebackhide__ = hide_failure


class ImageDescription(TypedDict):
    """One image, as drawn by imshow.

    Integer colours are divided by 255. Masked pixels are NaN.
    """

    data: np.ndarray
    """(H, W) values or (H, W, 3 or 4) colours in [0, 1]; float64."""
    cmap: str
    """Name of the colour map; "rgb" for colours."""
    ramp: list[float] | None
    """Brightness at 0, 1/2 and 1 of a colour map of greys; None if it has colours."""
    norm: str
    """How values become positions in the colour map: the class of the norm."""
    vmin: float | None
    vmax: float | None
    """Values at the ends of the colour map as drawn; None where there is nothing to draw."""
    interpolation: str
    """As set by the student or by their rcParams; "auto" stands for "antialiased" too."""
    origin: str
    upside_down: bool
    """Whether the first row of the data is shown below the last."""
    mirrored: bool
    """Whether the first column of the data is shown right of the last."""


class LineDescription(TypedDict):
    """One line of a plot: float64 arrays of one length, and what label or legend calls it."""

    x: np.ndarray
    y: np.ndarray
    label: str


class AxesDescription(TypedDict):
    """One Axes with what is visible in it. Images are in drawing order: the last is on top."""

    title: str
    xlabel: str
    ylabel: str
    xscale: str
    yscale: str
    axison: bool
    frame: bool
    """Whether any side of the frame is drawn."""
    ticks: bool
    """Whether any tick or tick label is drawn."""
    position: list[float]
    """Left, bottom, width, height as shares of the figure."""
    images: list[ImageDescription]
    lines: list[LineDescription]
    legend: list[str] | None


class FigureDescription(TypedDict):
    """A whole figure. Where `problem` is text, there was no figure or it could not be drawn."""

    problem: str | None
    suptitle: str | None
    texts: list[str]
    size_inches: list[float]
    axes: list[AxesDescription]
    png: bytes


def read_figure(figure: object) -> FigureDescription:
    """Return the description, its form now known to be right.

    Raises
    ------
    CheckFailure
        The probe found no figure, or one that cannot be drawn.
    ValueError
        This is no description at all: the check handed in something else, or it was tampered with.
    """
    try:
        description = msgspec.convert(figure, FigureDescription, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise ValueError(f"not the description of a figure: {error}") from None
    _require_arrays(description)
    if description["problem"] is not None:
        problem = shorten(description["problem"])
        raise CheckFailure(
            f"the figure cannot be judged: {problem}",
            expected="a matplotlib Figure",
            actual=problem,
        )
    return description


def _require_arrays(description: FigureDescription) -> None:
    arrays: list[tuple[NDArray[np.float64], tuple[int, ...]]] = []
    for axes in description["axes"]:
        if len(axes["position"]) != 4:
            raise ValueError("not the description of a figure: a position needs four numbers")
        arrays += [(image["data"], (2, 3)) for image in axes["images"]]
        arrays += [(line[key], (1,)) for line in axes["lines"] for key in ("x", "y")]
    for array, dimensions in arrays:
        if type(array) is not np.ndarray or array.dtype != np.float64:
            raise ValueError("not the description of a figure: data must be float64 arrays")
        if array.ndim not in dimensions:
            raise ValueError(f"not the description of a figure: data of shape {array.shape}")
