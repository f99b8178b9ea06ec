"""Public checks of latent.py, with a tiny network of the grader's own."""

import pytest
import torch

from grader.checks import assert_array, assert_tensor

K = 4


@pytest.mark.task("class_means", weight=1, gate=True)
def test_one_mean_a_digit(student, digits):
    """There is one mean code for each of the ten digits."""
    model = student.probes.stand_in(28, K)
    loader = student.probes.loader(*digits.tensors(230), 100)
    means = student.latent.class_means(model.encoder, loader)
    assert_tensor(means, name="class_means(encoder, loader)", shape=(10, K))


@pytest.mark.task("mixtures", weight=1, gate=True)
def test_a_grid_of_images(student, torch_rng):
    """There is one decoded image for each pair of digits."""
    model = student.probes.stand_in(28, K)
    grid = student.latent.decode_mixtures(model.decoder, torch.randn(10, K, generator=torch_rng))
    assert_tensor(grid, name="decode_mixtures(decoder, means)", shape=(10, 10, 1, 28, 28))


@pytest.mark.task("mixtures", weight=1, hint="The midpoint of a code and itself is that code.")
def test_diagonal(student, torch_rng):
    """On the diagonal stand the decoded mean codes themselves."""
    model = student.probes.stand_in(28, K)
    means = torch.randn(10, K, generator=torch_rng)
    grid = student.latent.decode_mixtures(model.decoder, means)
    diagonal = torch.stack([grid[digit][digit] for digit in range(10)])
    expected = student.probes.evaluate(model.decoder, means)
    # A batch of 100 codes may be summed in another order than one of 10: a few units of 6e-8.
    assert_array(diagonal, expected, name="the diagonal", rtol=1e-5, atol=1e-6)
