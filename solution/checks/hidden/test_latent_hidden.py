"""Hidden checks of latent.py, with a tiny network of the grader's own.

The stand-ins are nonlinear, so the mean of codes is not the code of the mean image, and the image
of a midpoint is not the midpoint of two images.
"""

import pytest
import torch

from grader.checks import CheckFailure, assert_array
from grader.worker.standins import stand_in

K = 4
# Means of about 20 float32 codes in (-1, 1), and images of sums of 4 terms: other orders of
# summation differ by a few units of 6e-8; the mistakes looked for differ by more than 1e-3.
SAME = {"rtol": 1e-5, "atol": 2e-6}


MODES = {True: "training mode", False: "evaluation mode"}


def assert_left_alone(student, network, function, *args):
    """A call evaluates a network without a graph, and leaves it in the mode it was in."""
    for before in (True, False):
        student.probes.set_training(network, before)
        result = student.keep(function, *args)
        after = student.probes.is_training(network)
        if after is not before:
            raise CheckFailure(
                f"the network is left in {MODES[after]}",
                expected=f"{MODES[before]}, as before",
                actual=MODES[after],
                hint="Remember network.training before network.eval().",
            )
        if student.value(result.requires_grad):
            raise CheckFailure(
                "the result drags a graph for gradients along that nobody needs",
                expected="no graph: torch.no_grad()",
                actual="a result that requires gradients",
            )


def unbalanced(digits):
    """230 digits, sorted so that batches of 64 hold very different numbers of each class.

    The classes come in the order 7, 0, 3, 6, 9, 2, 5, 8, 1, 4, which is not that of their rows.
    """
    pixels, labels = digits.tensors(230)
    order = torch.argsort((7 * labels + 1) % 10, stable=True)
    return pixels[order], labels[order]


def true_means(student, model, pixels, labels):
    twin = stand_in(28, K, student.probes.state(model)).eval()
    with torch.no_grad():
        codes = twin.encoder(pixels)
    return torch.stack([codes[labels == digit].mean(0) for digit in range(10)])


@pytest.mark.task("class_means", weight=3)
def test_means_over_samples(student, digits):
    """Each row is the mean of the codes of all images of that digit."""
    pixels, labels = unbalanced(digits)
    model = student.probes.stand_in(28, K)
    means = student.latent.class_means(model.encoder, student.probes.loader(pixels, labels, 64))
    expected = true_means(student, model, pixels, labels)
    hint = (
        "Average codes, not images; over all images of a digit at once, not batch by batch; row o "
        "belongs to digit o."
    )
    name = "class_means(encoder, loader)"
    assert_array(means, expected, name=name, hint=hint, dtype=False, **SAME)


@pytest.mark.task("class_means", weight=1, hint="Use encoder.eval() and torch.no_grad().")
def test_means_of_a_network_with_dropout(student, digits):
    """Codes are taken in evaluation mode and without a graph; then the mode is as it was."""
    pixels, labels = unbalanced(digits)
    model = student.probes.stand_in(28, K, dropout=0.3)
    student.probes.set_training(model, True)
    loader = student.probes.loader(pixels, labels, 64)
    means = student.latent.class_means(model.encoder, loader)
    expected = true_means(student, model, pixels, labels)
    name = "class_means of an encoder with dropout"
    assert_array(means, expected, name=name, dtype=False, **SAME)
    assert_left_alone(student, model.encoder, student.latent.class_means, model.encoder, loader)


@pytest.mark.task("mixtures", weight=2, hint="Mix the codes, then decode; not the other way round.")
def test_midpoints_are_decoded(student, torch_rng):
    """Image (a, b) is what the decoder makes of the midpoint of the mean codes a and b."""
    model = student.probes.stand_in(28, K)
    means = torch.randn(10, K, generator=torch_rng)
    grid = student.latent.decode_mixtures(model.decoder, means)
    twin = stand_in(28, K, student.probes.state(model)).eval()
    with torch.no_grad():
        expected = twin.decoder(((means[:, None] + means[None]) / 2).reshape(100, K))
    name = "decode_mixtures(decoder, means)"
    assert_array(grid, expected.reshape(10, 10, 1, 28, 28), name=name, **SAME)


@pytest.mark.task("mixtures", weight=1)
def test_grid_is_symmetric(student, torch_rng):
    """The mixture of a and b is the mixture of b and a, and means stay as they were."""
    model = student.probes.stand_in(28, K)
    means = torch.randn(10, K, generator=torch_rng)
    grid, (_, after) = student.observe(student.latent.decode_mixtures, model.decoder, means)
    assert_array(grid.transpose(0, 1), grid, name="the grid, mirrored", **SAME)
    assert_array(after, means, name="the means after the call", rtol=0, atol=0)
    if torch.allclose(grid[0, 1], grid[2, 7]):
        raise CheckFailure("different pairs of digits give the same image")


@pytest.mark.task("mixtures", weight=1)
def test_decoder_is_left_alone(student, torch_rng):
    """Images are decoded in evaluation mode and without a graph; then the mode is as it was."""
    model = student.probes.stand_in(28, K)
    means = torch.randn(10, K, generator=torch_rng)
    function = student.latent.decode_mixtures
    assert_left_alone(student, model.decoder, function, model.decoder, means)
    # A whole stand-in makes an image of any 784 numbers: a decoder with dropout in it.
    model = student.probes.stand_in(28, K, dropout=0.3)
    means = torch.randn(10, 784, generator=torch_rng)
    student.probes.set_training(model, True)
    grid = function(model, means)
    twin = stand_in(28, K, student.probes.state(model), dropout=0.3).eval()
    with torch.no_grad():
        expected = twin(((means[:, None] + means[None]) / 2).flatten(0, 1)).unflatten(0, (10, 10))
    # Sums of 784 float32 terms differ by about 1e-6 in another order; dropout changes 1e-2.
    name, hint = "decode_mixtures of a decoder with dropout", "Call decoder.eval() before decoding."
    assert_array(grid, expected, name=name, rtol=1e-4, atol=1e-5, hint=hint)
