"""Hidden checks of work.py."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from grader.checks import (
    CheckFailure,
    assert_array,
    assert_gradient_flow,
    assert_loss_below,
    assert_ndarray,
    assert_number,
    assert_tensor,
    assert_unchanged,
)

EXACT = {"rtol": 1e-9, "atol": 1e-12}  # as in the public checks


@pytest.mark.task("scale", weight=1)
def test_scale_leaves_x_alone(student, reference, rng):
    """Arrays of any shape and type are scaled, and stay as they are themselves."""
    for shape in ((4,), (2, 3, 4), (0, 3)):
        x, factor = rng.normal(size=shape), rng.uniform(-3, 3)
        expected = reference.work.scale(x, factor)
        found, (after, _) = student.observe(student.work.scale, x, factor)
        assert_array(found, expected, name=f"scale for shape {shape}", **EXACT)
        assert_unchanged(x, after, name="x")
    small = rng.normal(size=6).astype(np.float32)
    assert_ndarray(student.work.scale(small, 0.5), name="scale(x)", shape=(6,), dtype=np.float32)


@pytest.mark.task("mean_rows", weight=1)
def test_mean_rows_of_other_shapes(student, reference, rng):
    """Long and single rows have their means, for large numbers too."""
    for rows, columns in ((1, 9), (8, 1), (3, 500)):
        x = rng.normal(1e3, 1, (rows, columns))
        expected = reference.work.mean_rows(x)
        assert_array(student.work.mean_rows(x), expected, name="mean_rows(x)", **EXACT)


@pytest.mark.task("softmax", weight=1)
def test_softmax_gradient(student, torch_rng):
    """Softmax of large numbers is finite, and its gradient is that of PyTorch's."""
    large = torch.tensor([[1000.0, 999.0, -1000.0]], dtype=torch.float64)
    expected = torch.softmax(large, dim=-1)
    # A logarithm of the sum near 1000 is rounded by 1e-13 in float64, and exp keeps that.
    assert_array(student.work.softmax(large), expected, name="softmax", rtol=1e-9, atol=1e-12)
    t = torch.randn(3, 6, generator=torch_rng, dtype=torch.float64)
    weights = torch.randn(3, 6, generator=torch_rng, dtype=torch.float64)
    theirs = student.put(t)
    student.keep(theirs.requires_grad_)
    output = student.keep(student.work.softmax, theirs)
    student.keep(output.backward, weights)
    ours = t.clone().requires_grad_()
    torch.softmax(ours, dim=-1).backward(weights)
    gradient = student.value(theirs.grad)
    assert_array(gradient, ours.grad, name="the gradient of softmax", rtol=1e-8, atol=1e-10)


@pytest.mark.task("net", weight=2)
def test_net_gradients(student, torch_rng):
    """Every parameter acts on the scores, and its gradient says how."""
    x = torch.randn(7, 4, generator=torch_rng, dtype=torch.float64)
    weights = torch.randn(7, 3, generator=torch_rng, dtype=torch.float64)
    net = student.probes.as_dtype(student.keep(student.work.Net, 5), "float64")
    state = student.probes.state(net)
    found = student.probes.gradients(net, x, weights)
    assert_gradient_flow({"the input": found["input"], **found["parameters"]}, name="Net")
    if not found["parameters"]:
        raise CheckFailure("Net has no parameters", expected="layers that can learn")
    step = {n: torch.randn(v.shape, generator=torch_rng).to(v) for n, v in state.items()}
    predicted = sum((g * step[n]).sum().item() for n, g in found["parameters"].items())
    moved = []
    for sign in (1, -1):  # central differences with step 1e-5 in float64 are right to 1e-8 here
        values = {n: v + sign * 1e-5 * step[n] for n, v in state.items()}
        student.probes.load_state(net, values)
        scores = assert_tensor(student.call(net, x), name="Net(5)(x)", shape=(7, 3))
        moved.append((scores * weights).sum().item())
    slope = (moved[0] - moved[1]) / 2e-5
    assert_number(slope, predicted, name="the change of the scores", rtol=1e-5, atol=1e-6)


@pytest.mark.timeout(8)  # as in the public checks
@pytest.mark.task("fit", weight=2)
def test_fit_learns(student, points, metric):
    """After 60 epochs unseen points are told apart, and the last loss is the network's own."""
    x, y = points.draw(120)
    unseen, classes = points.draw(200)
    net = student.keep(student.work.Net, 16)
    losses = student.work.fit(net, x, y, 60)
    scores = assert_tensor(student.probes.evaluate(net, x), name="the scores", shape=(120, 3))
    loss = cross_entropy(scores, y).item()
    metric("train_loss", loss)
    # Means of 120 float32 terms: 1e-6 relative.
    last = losses[-1] if type(losses) is list and losses else losses
    assert_number(last, loss, name="the last loss", rtol=1e-3, atol=1e-5)
    with student.snapshot() as copy:
        scores = copy.probes.evaluate(net, unseen)
    scores = assert_tensor(scores, name="the scores", shape=(200, 3))
    # Centres are 5.7 apart and points lie 0.4 around them: the reference stays below 0.05 on any
    # seed, guessing gives log(3) = 1.1.
    assert_loss_below(
        cross_entropy(scores, classes).item(),
        0.5,
        name="the loss on unseen points",
        context="guessing gives 1.1",
    )
