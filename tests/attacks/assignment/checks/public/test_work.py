"""Public checks of work.py."""

import numpy as np
import pytest
import torch

from grader.checks import (
    as_numbers,
    assert_array,
    assert_decreasing,
    assert_tensor,
)

# One product, or a sum of seven terms, in float64: 1e-15 relative; mistakes change the first digit.
EXACT = {"rtol": 1e-9, "atol": 1e-12}


@pytest.mark.task("scale", weight=1, hint="Every number times the factor.")
def test_scale(student, rng):
    """Every number of an array is multiplied by the factor."""
    x = rng.normal(size=(5, 3))
    assert_array(student.work.scale(x, 2.5), x * 2.5, name="scale(x, 2.5)", **EXACT)


@pytest.mark.task("mean_rows", weight=1, hint="One number for each row.")
def test_mean_rows(student, rng):
    """There is one mean for each row."""
    x = rng.normal(size=(6, 7))
    assert_array(student.work.mean_rows(x), x.mean(axis=1), name="mean_rows(x)", **EXACT)


@pytest.mark.task("softmax", weight=1, hint="exp(t) by the sum of exp(t) over the last dimension.")
def test_softmax(student, torch_rng):
    """Each row becomes positive numbers whose sum is one, in proportion to exp(t)."""
    t = torch.randn(4, 5, generator=torch_rng)
    expected = np.exp(t.double().numpy())
    expected /= expected.sum(axis=1, keepdims=True)
    found = assert_tensor(student.work.softmax(t), name="softmax(t)", shape=(4, 5), low=0, high=1)
    # A handful of float32 operations: 1e-6.
    assert_array(found.double().numpy(), expected, name="softmax(t)", rtol=1e-5, atol=1e-6)


@pytest.mark.task("net", weight=1, gate=True, hint="Four numbers in, three scores out.")
def test_net_shape(student, torch_rng):
    """Net turns (9, 4) into (9, 3)."""
    net = student.keep(student.work.Net, 8)
    scores = student.call(net, torch.randn(9, 4, generator=torch_rng))
    assert_tensor(scores, name="Net(8)(x)", shape=(9, 3), dtype=torch.float32)


@pytest.mark.timeout(8)  # the only one that computes for long: 0.2 s
@pytest.mark.task("fit", weight=1, hint="One loss for each epoch, as a plain number.")
def test_fit_losses(student, points):
    """Fit returns the loss of each epoch, and the losses fall."""
    x, y = points.draw(90)
    losses = student.work.fit(student.keep(student.work.Net, 16), x, y, 20)
    losses = as_numbers(losses, name="fit(...)", length=20)
    # An untrained network is near log(3) = 1.1; twenty steps of any usual optimizer gain 0.1.
    assert_decreasing(losses, name="fit(...)", least_drop=0.02)
