"""Hidden checks of training.py, with a tiny network of the grader's own."""

import json
import math

import pytest
import torch
from torch.nn.functional import mse_loss

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_history,
    assert_loss_below,
    assert_number,
)
from grader.worker.standins import stand_in

SIDE, K = 6, 4
THRESHOLD = 0.045  # derived in conftest.py, where the run is
# Losses near 0.08 are means of float32 sums; another order of summation changes them by about
# 1e-7 relative. Mistakes (mean of batch means, a sum) change them by more than 1e-3.
LOSS = {"rtol": 1e-5, "atol": 1e-7}
# Three steps of size 0.5 add three such roundings to parameters of size 0.1; mistakes looked for
# (no zero_grad, another loss) change them by more than 1e-3.
PARAMETERS = {"rtol": 1e-4, "atol": 1e-5}


class Setting:
    """A stand-in beside the student's code, and the same one here."""

    def __init__(self, student, generator, count=77, batch_size=32, **options):
        self.pixels = torch.rand(count, 1, SIDE, SIDE, generator=generator)
        # Unlike digits: the last images are much brighter, so that a smaller last batch counts.
        self.pixels[-13:] = 0.9 + 0.1 * self.pixels[-13:]
        self.labels = torch.randint(10, (count,), generator=generator)
        self.batch_size = batch_size
        self.remote = student.probes.stand_in(SIDE, K, **options)
        self.state = student.probes.state(self.remote)
        self.loader = student.probes.loader(self.pixels, self.labels, batch_size)
        self.options = options

    def twin(self):
        return stand_in(SIDE, K, {n: v.clone() for n, v in self.state.items()}, **self.options)

    def loss(self, model):
        """Mean squared error over all samples, in evaluation mode."""
        model.eval()
        with torch.no_grad():
            return mse_loss(model(self.pixels), self.pixels).item()


def expected_epoch(setting, lr, model=None, optimizer=None):
    """One epoch as the exercise describes it: the trained network, and its running loss."""
    model = model or setting.twin()
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=lr)
    model.train()
    total = 0.0
    for batch in setting.pixels.split(setting.batch_size):
        optimizer.zero_grad()
        loss = mse_loss(model(batch), batch)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return model, total / len(setting.pixels)


def assert_parameters(student, remote, model, name, hint):
    """A remote stand-in has the parameters that the twin here has."""
    for key, value in student.probes.state(remote).items():
        expected = model.state_dict()[key]
        assert_array(value, expected, name=f"{key} {name}", hint=hint, **PARAMETERS)


@pytest.mark.task("train_epoch", weight=3)
def test_steps_are_right(student, torch_rng):
    """After an epoch the parameters are those of gradient descent on the reconstruction error."""
    setting = Setting(student, torch_rng)
    student.training.train_epoch(
        setting.remote, setting.loader, student.probes.recording_sgd(setting.remote, 0.5)
    )
    model, _ = expected_epoch(setting, 0.5)
    hint = (
        "Are gradients cleared before each batch, and is the loss the mean squared error between "
        "output and input?"
    )
    assert_parameters(student, setting.remote, model, "after one epoch", hint)


@pytest.mark.task("train_epoch", weight=2, hint="Weight each batch's loss by its number of images.")
def test_loss_is_the_mean_over_samples(student, torch_rng):
    """The loss returned is the mean over all images, gathered while training, without a graph."""
    setting = Setting(student, torch_rng)
    optimizer = student.probes.recording_sgd(setting.remote, 0.5)
    result = student.keep(student.training.train_epoch, setting.remote, setting.loader, optimizer)
    loss = student.value(result)
    if isinstance(loss, torch.Tensor) and student.value(result.requires_grad):
        raise CheckFailure(
            "the loss returned keeps the graph of every batch alive",
            expected="a number that holds no graph",
            actual="a tensor that requires gradients",
            hint="Sum up loss.item().",
        )
    _, expected = expected_epoch(setting, 0.5)
    assert_number(
        as_number(loss, name="train_epoch(...)"), expected, name="train_epoch(...)", **LOSS
    )


@pytest.mark.task("train_epoch", weight=1, hint="Call model.train() at the start of the epoch.")
def test_trains_in_training_mode(student, torch_rng):
    """Training runs in training mode, also when the network comes in evaluation mode."""
    setting = Setting(student, torch_rng, batchnorm=True)
    student.probes.set_training(setting.remote, False)
    optimizer = student.probes.recording_sgd(setting.remote, 0.5)
    student.training.train_epoch(setting.remote, setting.loader, optimizer)
    passes = [e for e in student.probes.events(setting.remote) if e["event"] == "forward"]
    after = student.probes.state(setting.remote)
    # Batch normalisation counts the batches that it sees in training mode, whichever way they come.
    counted = [int(value) for name, value in after.items() if name.endswith("batches_tracked")]
    if not all(event["training"] for event in passes if event["graph"]) or 0 in counted:
        raise CheckFailure(
            "the network was trained in evaluation mode",
            expected="forward passes in training mode",
            actual="forward passes in evaluation mode",
        )


@pytest.mark.task("validate", weight=2, hint="Weight each batch's loss by its number of images.")
def test_validation_loss(student, torch_rng):
    """The validation loss is the mean over all images, the smaller last batch included."""
    setting = Setting(student, torch_rng)
    loss = as_number(
        student.training.validate(setting.remote, setting.loader), name="validate(...)"
    )
    assert_number(loss, setting.loss(setting.twin()), name="validate(...)", **LOSS)


@pytest.mark.task("validate", weight=1, hint="Call model.eval() before the loop.")
def test_validation_mode(student, torch_rng):
    """Validation runs in evaluation mode: dropout is off, running statistics stand still."""
    setting = Setting(student, torch_rng, dropout=0.3, batchnorm=True)
    expected = setting.loss(setting.twin())
    loss = as_number(
        student.training.validate(setting.remote, setting.loader), name="validate(...)"
    )
    assert_parameters(student, setting.remote, setting.twin(), "after validation", None)
    assert_number(loss, expected, name="validate(...) of a network with dropout", **LOSS)


@pytest.mark.task("validate", weight=1, hint="Wrap the loop in torch.no_grad().")
def test_validation_builds_no_graph(student, torch_rng):
    """Validation builds no graph and leaves the gradients of training alone."""
    setting = Setting(student, torch_rng)
    # Gradients as training leaves them, without the student's training, which may be wrong.
    total = student.keep(student.keep(setting.remote, setting.pixels).sum)
    total.backward()
    before = student.probes.stored_gradients(setting.remote)
    seen = len(student.probes.events(setting.remote))
    student.training.validate(setting.remote, setting.loader)
    passes = student.probes.events(setting.remote)[seen:]
    after = student.probes.stored_gradients(setting.remote)
    for name, gradient in before.items():
        if (gradient is None) != (after[name] is None) or (
            gradient is not None and not torch.equal(gradient, after[name])
        ):
            raise CheckFailure(f"validation changed the gradient of {name}")
    if any(event["event"] == "forward" and event["graph"] for event in passes):
        raise CheckFailure("validation recorded a graph for gradients that nobody needs")


@pytest.mark.task("validate", weight=1, hint="Remember model.training before model.eval().")
def test_training_mode_comes_back(student, torch_rng):
    """After validation the network is in the mode, training or evaluation, that it was in."""
    setting = Setting(student, torch_rng)
    modes = {True: "training mode", False: "evaluation mode"}
    for before in (True, False):
        student.probes.set_training(setting.remote, before)
        student.training.validate(setting.remote, setting.loader)
        after = student.probes.is_training(setting.remote)
        if after is not before:
            raise CheckFailure(
                f"validation left the network in {modes[after]}",
                expected=f"{modes[before]}, as before",
                actual=modes[after],
            )


@pytest.mark.task("train", weight=2)
def test_history_is_true(student, torch_rng, entries):
    """The losses in the history are those of training and validation, epoch by epoch."""
    setting = Setting(student, torch_rng)
    unseen = Setting(student, torch_rng, count=50, batch_size=20)
    result = student.keep(
        student.training.train, setting.remote, setting.loader, unseen.loader, epochs=3, lr=4e-3
    )
    history = entries(result, ("train_loss", "validation_loss"), name="the history")
    model = setting.twin()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    train_loss, validation_loss = [], []
    for _ in range(3):
        train_loss.append(expected_epoch(setting, 0, model, optimizer)[1])
        validation_loss.append(unseen.loss(model))
    hint = "Is each loss taken in its epoch: training while it runs, validation after it?"
    # Adam divides by the root of the squared gradient, which amplifies rounding of small gradients;
    # fused or foreach versions of Adam agree to about 1e-5 after nine steps.
    tolerance = {"rtol": 1e-3, "atol": 1e-6, "hint": hint}
    found = as_numbers(history["train_loss"], name="train_loss", length=3)
    assert_history(found, train_loss, name="train_loss", **tolerance)
    found = as_numbers(history["validation_loss"], name="validation_loss", length=3)
    assert_history(found, validation_loss, name="validation_loss", **tolerance)


def first_step(student, generator, **options):
    """How far the parameters move in one step of train()."""
    setting = Setting(student, generator, count=32)
    student.training.train(setting.remote, setting.loader, setting.loader, epochs=1, **options)
    after = student.probes.state(setting.remote)
    return max((after[n] - v).abs().max().item() for n, v in setting.state.items())


@pytest.mark.task("train", weight=1)
def test_adam_with_the_learning_rate(student, torch_rng):
    """Adam makes the steps, with the learning rate given, 0.001 where none is."""
    # Adam's first step moves a parameter by lr * g / (|g| + 1e-8), so by lr; float32 parameters of
    # size 0.4 round that by 3e-8. Plain gradient descent would move them by lr * g, below lr / 10.
    for options, lr in (({"lr": 4e-4}, 4e-4), ({}, 1e-3)):
        moved = first_step(student, torch_rng, **options)
        if not 0.95 * lr < moved < 1.05 * lr:
            raise CheckFailure(
                f"the first step with learning rate {lr:g} has the wrong size",
                expected=f"parameters that move by {lr:g}, as Adam's first step does",
                actual=f"parameters that move by up to {moved:.3g}",
                hint="Give lr to torch.optim.Adam, and make the optimizer once, before the epochs.",
            )


@pytest.mark.task("train", weight=1, hint="The validation loader serves validate() only.")
def test_validation_data_is_not_trained_on(student, torch_rng):
    """What the network becomes does not depend on the validation data."""
    setting = Setting(student, torch_rng)
    results = []
    for _ in range(2):
        remote = student.probes.stand_in(SIDE, K, setting.state)
        unseen = Setting(student, torch_rng, count=50, batch_size=20)
        student.training.train(remote, setting.loader, unseen.loader, epochs=2, lr=4e-3)
        results.append(student.probes.state(remote))
    for name, value in results[0].items():
        assert_array(results[1][name], value, name=f"{name} after training", **PARAMETERS)


def curve(trained):
    """The loss over the training run, in the form that ``grader report`` draws."""
    losses = (*trained.losses, (trained.steps, trained.loss))
    points = [(steps, loss) for steps, loss in losses if math.isfinite(loss)]
    content = {
        "title": "Loss on unseen digits",
        "x": "training steps",
        "y": "mean squared error",
        "series": [
            {"name": "your network", "x": [x for x, _ in points], "y": [y for _, y in points]}
        ],
        "levels": [
            {"name": "a black image", "y": 0.113},
            {"name": "the mean image", "y": 0.068},
            {"name": "what is asked for", "y": THRESHOLD},
        ],
    }
    return json.dumps(content).encode()


@pytest.mark.timeout(120)  # the training run, where this check comes first
@pytest.mark.task("train", weight=1, depends=["autoencoder"])
def test_bottleneck(trained, metric, artifact):
    """What the decoder draws comes from the ten numbers of the code, and from nothing else.

    The codes are rounded to 16 bits, which leaves 20 bytes an image.
    """
    artifact("training.curve.json", curve(trained))
    metric("bottleneck_mse", trained.rounded_loss)
    assert_loss_below(
        trained.rounded_loss,
        THRESHOLD,
        name="the loss of images decoded from rounded codes",
        context="predicting the mean image for every digit gives 0.068",
        hint="Does something reach the decoder around the code?",
    )
