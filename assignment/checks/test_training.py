"""Public checks of training.py, with a tiny network of the grader's own."""

import io

import pytest
import torch
from PIL import Image

from grader.checks import CheckFailure, as_number, as_numbers, assert_loss_below

SIDE, K = 6, 4
THRESHOLD = 0.045  # derived in conftest.py, where the run is
JUMP = 0.2  # likewise


def setting(student, generator, count=77, batch_size=32):
    """A tiny auto-encoder and a loader of random images, the last batch smaller."""
    model = student.probes.stand_in(SIDE, K)
    pixels = torch.rand(count, 1, SIDE, SIDE, generator=generator)
    labels = torch.randint(10, (count,), generator=generator)
    return model, student.probes.loader(pixels, labels, batch_size)


@pytest.mark.task("train_epoch", weight=1, gate=True)
def test_epoch_returns_a_number(student, torch_rng):
    """train_epoch trains and returns the mean loss of the epoch as a number."""
    model, loader = setting(student, torch_rng)
    before = student.probes.state(model)
    optimizer = student.probes.recording_sgd(model, 0.5)
    loss = student.training.train_epoch(model, loader, optimizer)
    as_number(loss, name="train_epoch(...)", hint="Sum up loss.item() and return the mean.")
    after = student.probes.state(model)
    if all(torch.equal(before[name], after[name]) for name in before):
        raise CheckFailure(
            "no parameter has changed",
            expected="parameters that move in each step",
            actual="the parameters of before",
            hint="Each batch needs loss.backward() and optimizer.step().",
        )


@pytest.mark.task("train_epoch", weight=1, hint="One step for each batch, not for each epoch.")
def test_one_step_a_batch(student, torch_rng):
    """The optimizer makes exactly one step for each batch."""
    model, loader = setting(student, torch_rng)
    optimizer = student.probes.recording_sgd(model, 0.5)
    student.training.train_epoch(model, loader, optimizer)
    steps = [e for e in student.probes.events(model) if e["event"] == "step"]
    if len(steps) != 3:
        raise CheckFailure(
            "77 images in batches of 32 need three steps",
            expected="3 optimizer steps",
            actual=f"{len(steps)} optimizer steps",
        )


@pytest.mark.task("validate", weight=1, gate=True)
def test_validate_returns_a_number(student, torch_rng):
    """Validate returns the mean squared error as a number."""
    model, loader = setting(student, torch_rng, count=64)
    loss = as_number(student.training.validate(model, loader), name="validate(...)")
    if not 0 < loss < 1:
        raise CheckFailure(
            "a mean squared error of pixels between 0 and 1 lies between 0 and 1",
            expected="a number between 0 and 1",
            actual=f"{loss:.6g}",
            hint="Use the mean over all pixels, which torch.nn.MSELoss() gives.",
        )


@pytest.mark.task("validate", weight=1, hint="Nothing may be learnt from validation data.")
def test_validation_changes_nothing(student, torch_rng):
    """Validation leaves the parameters as they are."""
    model, loader = setting(student, torch_rng)
    before = student.probes.state(model)
    student.training.validate(model, loader)
    after = student.probes.state(model)
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    if changed:
        raise CheckFailure(
            "validation changed the network",
            expected="the same parameters before and after",
            actual=f"changed: {', '.join(changed)}",
        )


@pytest.mark.task("train", weight=1, gate=True)
def test_history(student, torch_rng, entries):
    """Train returns one training loss and one validation loss for each epoch."""
    model, loader = setting(student, torch_rng)
    _, unseen = setting(student, torch_rng, count=50, batch_size=20)
    result = student.keep(student.training.train, model, loader, unseen, epochs=3, lr=1e-3)
    history = entries(result, ("train_loss", "validation_loss"), name="the history")
    for key, losses in history.items():
        as_numbers(losses, name=f"history[{key!r}]", length=3)


def picture(trained, count=16):
    """Digits above and what the student's own network makes of them below, as PNG."""
    rows = torch.stack([trained.images[:count], trained.outputs[:count]])
    grey = (rows.nan_to_num(0).clip(0, 1) * 255).round().byte().reshape(2, count, 28, 28)
    content = io.BytesIO()
    Image.fromarray(grey.permute(0, 2, 1, 3).reshape(56, -1).numpy()).save(content, "png")
    return content.getvalue()


@pytest.mark.timeout(120)  # twice 288 steps: 9 s where the reference takes 4.5
@pytest.mark.task("train", weight=3, depends=["autoencoder"])
def test_learns_digits(trained, metric, artifact):
    """A short training run brings the loss on unseen digits clearly below the mean image.

    Digits are encoded in one process and decoded in another, to which only codes and parameters go.
    """
    artifact("own_reconstructions.png", picture(trained))
    metric("validation_mse", trained.loss)
    metric("starts", trained.starts)
    assert_loss_below(
        trained.loss,
        THRESHOLD,
        name="the loss on 800 unseen digits",
        context="predicting the mean image for every digit gives 0.068, a black image 0.113",
        hint="Stuck near 0.068 or 0.113? Then look at the learning rate, at zero_grad, and at what "
        "the loss compares.",
    )
    metric("largest_jump", trained.jump)
    if not trained.jump < JUMP:
        raise CheckFailure(
            "between the codes of two digits, the decoded image does not change gradually",
            expected=f"64 steps, each below {JUMP:g} of the whole change",
            actual=f"a step of {trained.jump:.3g} of the whole change",
            hint="Does the decoder compute its images from the code, or look them up?",
        )
