"""Comparison helpers for check files: what a student's code produced against what was asked for.

Everything raises :class:`CheckFailure` where the submission is wrong, and ValueError or TypeError
where the check is.
"""

from grader.checks.arrays import assert_array, assert_ndarray, assert_tensor
from grader.checks.changes import assert_different, assert_unchanged
from grader.checks.curves import assert_curves
from grader.checks.failure import CheckFailure, shorten
from grader.checks.figure_description import (
    AxesDescription,
    FigureDescription,
    ImageDescription,
    LineDescription,
    read_figure,
)
from grader.checks.figures import (
    assert_axes_off,
    assert_grey_scale_shared,
    assert_grid,
    assert_images,
    assert_no_smoothing,
    assert_titled,
    image_grid,
)
from grader.checks.gradcheck import gradcheck_remote
from grader.checks.gradients import (
    assert_gradient,
    assert_gradient_flow,
    numerical_gradient,
)
from grader.checks.inspection import describe_opaque
from grader.checks.pictures import figure_picture
from grader.checks.pixels import shown_pixels
from grader.checks.scalars import as_number, as_numbers, assert_number
from grader.checks.statistics import assert_mean, assert_rate, rate_limits, superiority
from grader.checks.structure import entry, unpack
from grader.checks.training import assert_decreasing, assert_history, assert_loss_below

__all__ = [
    "AxesDescription",
    "CheckFailure",
    "FigureDescription",
    "ImageDescription",
    "LineDescription",
    "as_number",
    "as_numbers",
    "assert_array",
    "assert_axes_off",
    "assert_curves",
    "assert_decreasing",
    "assert_different",
    "assert_gradient",
    "assert_gradient_flow",
    "assert_grey_scale_shared",
    "assert_grid",
    "assert_history",
    "assert_images",
    "assert_loss_below",
    "assert_mean",
    "assert_ndarray",
    "assert_no_smoothing",
    "assert_number",
    "assert_rate",
    "assert_tensor",
    "assert_titled",
    "assert_unchanged",
    "describe_opaque",
    "entry",
    "figure_picture",
    "gradcheck_remote",
    "image_grid",
    "numerical_gradient",
    "rate_limits",
    "read_figure",
    "shorten",
    "shown_pixels",
    "superiority",
    "unpack",
]
