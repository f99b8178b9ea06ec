"""Hidden checks of figures.py, with a tiny network of the grader's own."""

import numpy as np
import pytest
import torch

from grader.checks import (
    CheckFailure,
    assert_grey_scale_shared,
    assert_images,
    assert_no_smoothing,
)
from grader.worker.standins import stand_in

PIXEL = 1 / 255
"""Half of a grey step each way: what an 8-bit version of a pixel may differ by, and no more."""


@pytest.mark.task("reconstructions", weight=2, hint="Each image stands left of its reconstruction.")
def test_pairs_are_right(student, digits, artifact):
    """Each pair shows an image and what the network makes of it, in order and one grey scale."""
    model = student.probes.stand_in(28, 4, dropout=0.3)
    images, _ = digits.tensors(100)
    twin = stand_in(28, 4, student.probes.state(model), dropout=0.3).eval()
    with torch.no_grad():
        outputs = twin(images)
    pairs = torch.stack([images[:, 0], outputs[:, 0]], dim=1).reshape(10, 20, 28, 28)
    figure = student.probes.describe_figure(
        student.keep(student.figures.reconstruction_figure, model, images)
    )
    artifact("reconstruction_figure.png", figure["png"])
    assert_images(figure, pairs.numpy(), name="the image", atol=PIXEL)
    assert_grey_scale_shared(figure)
    assert_no_smoothing(figure)


@pytest.mark.task("reconstructions", weight=1)
def test_network_is_left_alone(student, digits):
    """Drawing leaves the network in training mode if it was, and records no graph."""
    model = student.probes.stand_in(28, 4)
    student.probes.set_training(model, True)
    student.keep(student.figures.reconstruction_figure, model, digits.tensors(100)[0])
    if not student.probes.is_training(model):
        raise CheckFailure("drawing left the network in evaluation mode")
    if any(event["graph"] for event in student.probes.events(model)):
        raise CheckFailure("drawing recorded a graph for gradients that nobody needs")


@pytest.mark.task("mixture_grid", weight=2, hint="grid[row, column] stands in that row and column.")
def test_mixtures_are_in_place(student, torch_rng, artifact):
    """Each image stands in its place, in one grey scale, without smoothing."""
    # Every image has a range of its own, so that a grey scale fitted to each image shows.
    levels = torch.linspace(0.3, 1, 100).reshape(10, 10, 1, 1, 1)
    grid = levels * torch.rand(10, 10, 1, 28, 28, generator=torch_rng)
    figure = student.probes.describe_figure(student.keep(student.figures.mixture_figure, grid))
    artifact("mixture_figure.png", figure["png"])
    expected = np.asarray(grid[:, :, 0])
    assert_images(figure, expected, name="the image", atol=PIXEL)
    assert_grey_scale_shared(figure)
    assert_no_smoothing(figure)
