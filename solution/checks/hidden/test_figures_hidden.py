"""Hidden checks of figures.py, with a tiny network of the grader's own."""

import pytest

from grader.checks import (
    CheckFailure,
    assert_grey_scale_shared,
    assert_images,
    assert_no_smoothing,
)

PIXEL = 1 / 255
"""What an 8-bit version of a pixel may differ by, and no more."""


@pytest.mark.task("reconstructions", weight=2, hint="Each image stands left of its reconstruction.")
def test_pairs_are_right(reconstruction_drawing):
    """Each pair shows an image and what the network makes of it, in order and one grey scale."""
    drawing = reconstruction_drawing
    assert_images(drawing.figure, drawing.images, name="the image", atol=PIXEL)
    assert_grey_scale_shared(drawing.figure)
    assert_no_smoothing(drawing.figure)


@pytest.mark.task("reconstructions", weight=1)
def test_network_is_left_alone(reconstruction_drawing):
    """Drawing leaves the network in training mode if it was, and records no graph."""
    if not reconstruction_drawing.still_training:
        raise CheckFailure(
            "drawing left the network in evaluation mode",
            expected="training mode, as before",
            actual="evaluation mode",
        )
    if reconstruction_drawing.graph:
        raise CheckFailure("drawing recorded a graph for gradients that nobody needs")


@pytest.mark.task("mixture_grid", weight=2, hint="grid[row, column] stands in that row and column.")
def test_mixtures_are_in_place(mixture_drawing):
    """Each image stands in its place, in one grey scale, without smoothing."""
    assert_images(mixture_drawing.figure, mixture_drawing.images, name="the image", atol=PIXEL)
    assert_grey_scale_shared(mixture_drawing.figure)
    assert_no_smoothing(mixture_drawing.figure)
