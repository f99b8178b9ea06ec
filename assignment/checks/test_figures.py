"""Public checks of figures.py, with a tiny network of the grader's own."""

import pytest

from grader.checks import assert_axes_off, assert_grid, assert_titled, figure_picture


@pytest.mark.task("reconstructions", weight=1, gate=True)
def test_pairs_in_rows(reconstruction_drawing):
    """The figure has 10 rows of 10 pairs: 20 images in a row, each in axes of its own."""
    assert_grid(reconstruction_drawing.figure, 10, 20)


@pytest.mark.task("reconstructions", weight=1)
def test_reconstructions_are_presentable(reconstruction_drawing, artifact):
    """The figure of reconstructions has a title, and its images no axes around them."""
    artifact("reconstruction_figure.png", figure_picture(reconstruction_drawing.figure))
    assert_titled(reconstruction_drawing.figure)
    assert_axes_off(reconstruction_drawing.figure)


@pytest.mark.task("mixture_grid", weight=1, gate=True)
def test_ten_by_ten(mixture_drawing):
    """The figure has 10 rows of 10 images."""
    assert_grid(mixture_drawing.figure, 10, 10)


@pytest.mark.task("mixture_grid", weight=1)
def test_mixtures_are_presentable(mixture_drawing, artifact):
    """The figure of mixtures has a title, and its images no axes around them."""
    artifact("mixture_figure.png", figure_picture(mixture_drawing.figure))
    assert_titled(mixture_drawing.figure)
    assert_axes_off(mixture_drawing.figure)
