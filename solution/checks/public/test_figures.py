"""Public checks of figures.py, with a tiny network of the grader's own."""

import pytest
import torch

from grader.checks import assert_axes_off, assert_grid, assert_titled


def draw_reconstructions(student, digits):
    """The student's figure of 100 digits and a stand-in's reconstructions, as plain data."""
    model = student.probes.stand_in(28, 4)
    images, _ = digits.tensors(100)
    figure = student.keep(student.figures.reconstruction_figure, model, images)
    return student.probes.describe_figure(figure)


def draw_mixtures(student, generator):
    """The student's figure of a random grid, as plain data."""
    grid = torch.rand(10, 10, 1, 28, 28, generator=generator)
    figure = student.keep(student.figures.mixture_figure, grid)
    return student.probes.describe_figure(figure)


@pytest.mark.task("reconstructions", weight=1, gate=True)
def test_pairs_in_rows(student, digits):
    """The figure has 10 rows of 10 pairs: 20 images in a row, each in axes of its own."""
    assert_grid(draw_reconstructions(student, digits), 10, 20)


@pytest.mark.task("reconstructions", weight=1)
def test_reconstructions_are_presentable(student, digits):
    """The figure of reconstructions has a title, and its images no axes around them."""
    figure = draw_reconstructions(student, digits)
    assert_titled(figure)
    assert_axes_off(figure)


@pytest.mark.task("mixture_grid", weight=1, gate=True)
def test_ten_by_ten(student, torch_rng):
    """The figure has 10 rows of 10 images."""
    assert_grid(draw_mixtures(student, torch_rng), 10, 10)


@pytest.mark.task("mixture_grid", weight=1)
def test_mixtures_are_presentable(student, torch_rng):
    """The figure of mixtures has a title, and its images no axes around them."""
    figure = draw_mixtures(student, torch_rng)
    assert_titled(figure)
    assert_axes_off(figure)
