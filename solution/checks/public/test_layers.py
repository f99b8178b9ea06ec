"""Public checks of layers.py."""

import numpy as np
import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_numbers,
    assert_array,
    assert_gradient,
    assert_ndarray,
    assert_number,
    assert_rate,
    entry,
    unpack,
)


def forward(student, name, *args):
    """Call a forward function: its output as data, and its cache, which stays where it is."""
    result = student.keep(getattr(student.layers, name), *args)
    return student.value(student.item(result, 0)), student.item(result, 1)


@pytest.mark.task(
    "batchnorm_forward",
    weight=2,
    gate=True,
    hint="Mean and variance are those of each column: one for every feature, over the batch.",
)
def test_columns_are_normalised(student, rng):
    """In training, each column of the output has mean beta and standard deviation gamma."""
    x = rng.normal(3, 2, (50, 7))
    gamma, beta = rng.uniform(0.5, 2, 7), rng.normal(size=7)
    out, _ = forward(student, "batchnorm_forward", x, gamma, beta, {"mode": "train"})
    assert_ndarray(out, name="out", shape=(50, 7), dtype=np.float64)
    # eps = 1e-5 beside a variance of 4 shrinks the standard deviation by 1.3e-6 relative.
    assert_array(out.mean(axis=0), beta, name="the mean of out", rtol=0, atol=1e-9)
    assert_array(out.std(axis=0), gamma, name="the deviation of out", rtol=1e-4, atol=0)


@pytest.mark.task(
    "batchnorm_forward", weight=1, hint="running = momentum * running + (1 - m) * new"
)
def test_running_averages(student, rng):
    """Training keeps running averages of mean and variance in bn_param."""
    x = rng.normal(3, 2, (50, 7))
    bn_param = student.put({"mode": "train", "momentum": 0.75})
    student.keep(student.layers.batchnorm_forward, x, np.ones(7), np.zeros(7), bn_param)
    found = student.value(bn_param)
    for key, new in (("running_mean", x.mean(axis=0)), ("running_var", x.var(axis=0))):
        # float64 sums of 50 numbers agree to 1e-14; the mistakes looked for change 1e-2 of it.
        average = entry(found, key, name="bn_param after a training step")
        assert_array(average, 0.25 * new, name=f"bn_param[{key!r}]", rtol=1e-9, atol=1e-12)


@pytest.mark.task("batchnorm_backward", weight=1, gate=True)
def test_batchnorm_gradient_shapes(student, rng):
    """Gradients have the shapes of x, gamma and beta; that of beta is the sum over the batch."""
    x, dout = rng.normal(size=(11, 7)), rng.normal(size=(11, 7))
    _, cache = forward(
        student, "batchnorm_forward", x, np.full(7, 1.7), np.zeros(7), {"mode": "train"}
    )
    result = student.layers.batchnorm_backward(dout, cache)
    dx, dgamma, dbeta = unpack(result, 3, name="batchnorm_backward(dout, cache)")
    assert_ndarray(dx, name="dx", shape=(11, 7))
    assert_ndarray(dgamma, name="dgamma", shape=(7,))
    assert_array(dbeta, dout.sum(axis=0), name="dbeta", rtol=1e-9, atol=1e-12)


@pytest.mark.task("batchnorm_backward", weight=1)
def test_batchnorm_gradient_of_x(student, rng):
    """The gradient of x agrees with central differences."""
    x, dout = rng.normal(2, 1.5, (6, 4)), rng.normal(size=(6, 4))
    gamma, beta = rng.uniform(0.5, 2, 4), rng.normal(size=4)

    def out(values):
        return forward(student, "batchnorm_forward", values, gamma, beta, {"mode": "train"})[0]

    _, cache = forward(student, "batchnorm_forward", x, gamma, beta, {"mode": "train"})
    result = student.layers.batchnorm_backward(dout, cache)
    dx, _, _ = unpack(result, 3, name="batchnorm_backward(dout, cache)")
    hint = "Mean and variance depend on x as well: three paths lead from x to the output."
    # Central differences with step 1e-5 in float64 are right to about 1e-9 here.
    assert_gradient(dx, out, x, dout, name="dx", rtol=1e-5, atol=1e-7, hint=hint)


@pytest.mark.task("dropout_forward", weight=1, gate=True)
def test_dropout_rate(student, rng):
    """While training, dropout zeroes a share p of the numbers and scales the others."""
    x = rng.uniform(1, 2, (200, 50))
    out, _ = forward(student, "dropout_forward", x, {"mode": "train", "p": 0.25})
    assert_ndarray(out, name="out", shape=(200, 50))
    dropped = int((out == 0).sum())
    # A fair run fails this check with probability 1e-9; dropping 0.75 instead fails it always.
    hint = "p is the probability to drop a number. Some courses call p the probability to keep."
    assert_rate(dropped, out.size, 0.25, name="the share of zeros", false_alarm=1e-9, hint=hint)
    kept = out != 0
    hint = "Inverted dropout divides what it keeps by the probability to keep."
    # One division in float64: 1e-16 relative.
    assert_array(out[kept], x[kept] / 0.75, name="what is kept", rtol=1e-9, atol=0, hint=hint)


@pytest.mark.task("dropout_forward", weight=1)
def test_dropout_at_test_time(student, rng):
    """At test time dropout does nothing."""
    x = rng.normal(size=(8, 5))
    out, _ = forward(student, "dropout_forward", x, {"mode": "test", "p": 0.25})
    assert_array(out, x, name="out", rtol=0, atol=0)


@pytest.mark.task("dropout_backward", weight=1, gate=True)
def test_dropout_gradient(student, rng):
    """The gradient passes where the forward pass kept a number, scaled the same way."""
    x, dout = rng.uniform(1, 2, (20, 9)), rng.normal(size=(20, 9))
    out, cache = forward(student, "dropout_forward", x, {"mode": "train", "p": 0.25})
    assert_ndarray(out, name="out of dropout_forward", shape=(20, 9))
    dx = student.layers.dropout_backward(dout, cache)
    assert_array(dx, dout * (out / x), name="dx", rtol=1e-9, atol=1e-12)


SIZES = (9, 6, 5, 4)


def network(student, rng, **options):
    """A small network of the student's, and its parameters: none of them left at 0 or 1."""
    net = student.keep(student.layers.Network, SIZES, seed=3, **options)
    params = student.value(net.params)
    params = {name: value + rng.normal(0, 0.5, value.shape) for name, value in params.items()}
    student.probes.update(net.params, params)
    return net, params


def plain_network(params, x):
    """What a plain network computes: affine, ReLU, ..., affine; for arrays or tensors."""
    for number in range(1, len(SIZES)):
        x = x @ params[f"W{number}"] + params[f"b{number}"]
        x = x * (x > 0) if number < len(SIZES) - 1 else x
    return x


@pytest.mark.task("network", weight=1, gate=True)
def test_plain_forward(student, rng):
    """Without batch norm and dropout the network is affine, ReLU, affine, ReLU, affine."""
    net, params = network(student, rng)
    x = rng.normal(size=(7, 9))
    result = student.keep(net.forward, x, "train")
    scores = student.value(student.item(result, 0))
    # The same float64 products in another order: 1e-14.
    assert_array(scores, plain_network(params, x), name="the scores", rtol=1e-9, atol=1e-12)


@pytest.mark.task("network", weight=1)
def test_plain_backward(student, rng):
    """Without batch norm and dropout, every gradient agrees with that of PyTorch."""
    net, params = network(student, rng)
    x, dscores = rng.normal(size=(7, 9)), rng.normal(size=(7, 4))
    cache = student.item(student.keep(net.forward, x, "train"), 1)
    grads = student.value(student.keep(net.backward, dscores, cache))
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    plain_network(leaves, torch.tensor(x)).backward(torch.tensor(dscores))
    for name, leaf in leaves.items():
        gradient = entry(grads, name, name="the dict of gradients")
        # The same float64 products in another order: 1e-14.
        expected = leaf.grad.numpy()
        assert_array(gradient, expected, name=f"the gradient of {name}", rtol=1e-7, atol=1e-10)


def small_task(rng, count=90, offset=0.0):
    """Points of four classes around four centres, images of 9 numbers."""
    labels = rng.integers(4, size=count)
    centres = np.eye(4, 9) * 2
    return centres[labels] + 0.3 * rng.normal(size=(count, 9)) + offset, labels


@pytest.mark.task("comparison", weight=1, gate=True)
def test_fit_history(student, rng):
    """Fit returns a training and a validation loss for each epoch, and the losses fall."""
    net, _ = network(student, rng)
    history = student.layers.fit(net, small_task(rng), small_task(rng), epochs=5)
    if type(history) is not dict or set(history) != {"train_loss", "validation_loss"}:
        raise CheckFailure(
            "the history has the wrong form",
            expected="a dict with train_loss and validation_loss",
            actual=repr(history)[:200],
        )
    for key in ("train_loss", "validation_loss"):
        losses = as_numbers(history[key], name=f"history[{key!r}]", length=5)
        if not losses[-1] < losses[0]:
            raise CheckFailure(
                f"the {key.replace('_', ' ')} did not fall in five epochs",
                expected="less at the end than after the first epoch",
                actual=", ".join(f"{loss:.3g}" for loss in losses),
            )


@pytest.mark.task("comparison", weight=1)
def test_validation_is_measured_at_the_end(student, rng):
    """The last validation loss is that of the trained network, in test mode."""
    net, _ = network(student, rng)
    images, labels = small_task(rng, 37)
    history = student.layers.fit(net, small_task(rng), (images, labels), epochs=2)
    scores = student.value(student.item(student.keep(net.forward, images, "test"), 0))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    expected = -log_p[np.arange(37), labels].mean()
    assert_number(
        as_numbers(
            entry(history, "validation_loss", name="the history"), name="validation_loss", length=2
        )[-1],
        float(expected),
        name="the last validation loss",
        rtol=1e-6,
        atol=1e-9,
        hint="Validate all samples with mode 'test' after the epoch, not before or during it.",
    )
