"""Public checks of applications.py, but for those that train networks."""

import math

import numpy as np
import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_axes_off,
    assert_grid,
    assert_tensor,
)


def images(generator, count, height=6, width=6):
    return torch.rand(count, 1, height, width, generator=generator)


@pytest.mark.task("damage", weight=1, gate=True)
def test_noise_and_size(student, torch_rng):
    """Noise leaves the shape as it is; shrinking halves the sides."""
    x = images(torch_rng, 3, 8, 12)
    noisy = student.applications.add_noise(x, 0.8)
    assert_tensor(noisy, name="add_noise(x, 0.8)", shape=(3, 1, 8, 12), dtype=torch.float32)
    small = student.applications.shrink(x)
    assert_tensor(small, name="shrink(x)", shape=(3, 1, 4, 6), dtype=torch.float32)


@pytest.mark.task("damage", weight=1)
def test_noise_is_new_and_limited(student, torch_rng):
    """Each call draws new noise, and brightness stays in [0, 1]."""
    x = images(torch_rng, 3, 8, 12)
    noisy = student.applications.add_noise(x, 0.8)
    hint = "What is below 0 or above 1 becomes 0 or 1."
    assert_tensor(noisy, name="add_noise(x, 0.8)", low=0.0, high=1.0, hint=hint)
    if torch.equal(noisy, student.applications.add_noise(x, 0.8)):
        raise CheckFailure(
            "two calls give the same noise",
            expected="new random numbers in each call",
            actual="the same images twice",
            hint="torch.randn_like draws from a normal distribution; leave the seed alone.",
        )


@pytest.mark.task("damage", weight=1)
def test_block_becomes_its_mean(student, torch_rng):
    """Each block of 2 x 2 pixels becomes one with their mean."""
    x = images(torch_rng, 2, 4, 6)
    blocks = x.reshape(2, 1, 2, 2, 3, 2).mean(dim=(3, 5))
    # Sums of four numbers below 1 in float32: 4 * 2^-24.
    assert_array(student.applications.shrink(x), blocks, name="shrink(x)", rtol=0, atol=1e-6)


@pytest.mark.task("psnr", weight=1, gate=True)
def test_known_ratio(student, torch_rng):
    """Where each pixel is off by 0.1, the ratio is 20 dB: one number for each image."""
    x = 0.8 * images(torch_rng, 4)
    found = student.applications.psnr(x + 0.1, x)
    found = assert_tensor(found, name="psnr(x + 0.1, x)", shape=(4,))
    # 0.1 is off by up to 2^-24 in x + 0.1: 20 log10(1 + 6e-7) is 5e-6 dB.
    assert_array(
        found.double(),
        torch.full((4,), 20.0).double(),
        name="psnr(x + 0.1, x)",
        rtol=0,
        atol=1e-3,
        hint="The mean squared error is 0.01 here. What is log10 of 1 / 0.01?",
    )


@pytest.mark.task("restore", weight=1, gate=True)
def test_training_moves_and_reports(student, torch_rng):
    """Training moves every weight and reports one loss for each epoch."""
    model = student.probes.stand_in(6, 4)
    damage = student.probes.stand_in(6, 3)
    before = student.probes.parameters(model)
    loader = student.probes.loader(images(torch_rng, 37), torch.zeros(37, dtype=torch.int64), 16)
    losses = student.applications.train_restorer(model, loader, damage, epochs=3, lr=1e-2)
    as_numbers(losses, name="train_restorer(...)", length=3, hint="Collect loss.item().")
    after = student.probes.parameters(model)
    if any(torch.equal(before[key], after[key]) for key in before):
        raise CheckFailure(
            "a parameter has not changed",
            expected="parameters that move in each step",
            actual="the parameters of before",
            hint="Each batch needs loss.backward() and optimizer.step().",
        )


@pytest.mark.task("restore", weight=1)
def test_network_gets_damaged_images(student, torch_rng):
    """Each batch of each epoch is damaged anew, and what comes out goes through the network."""
    model = student.probes.stand_in(6, 4)
    damage = student.probes.stand_in(6, 3)
    loader = student.probes.loader(images(torch_rng, 37), torch.zeros(37, dtype=torch.int64), 16)
    student.applications.train_restorer(model, loader, damage, epochs=2, lr=1e-2)
    calls = [e["samples"] for e in student.probes.events(damage) if e["event"] == "forward"]
    if sum(calls) < 2 * 37:
        raise CheckFailure(
            "images are not damaged anew in each epoch",
            expected="damage called with each batch of both epochs: 74 images",
            actual=f"called with {sum(calls)} images",
            hint="Call damage(images) inside the loop over batches.",
        )


def rows_of(generator, size=5):
    """Images of three rows, some of them beyond [0, 1]."""
    rows = 1.6 * torch.rand(3, 4, 1, size, size, generator=generator) - 0.3
    return dict(zip(("noisy", "denoised", "clean"), rows, strict=True))


@pytest.mark.task("restoration_rows", weight=1, gate=True)
def test_rows_are_presentable(student, torch_rng):
    """The figure has a row for each name and a column for each image, without frame and ticks."""
    figure = student.keep(student.applications.restoration_figure, rows_of(torch_rng))
    description = student.probes.describe_figure(figure)
    assert_grid(description, 3, 4)
    assert_axes_off(description)


@pytest.mark.task("anomalies", weight=1, gate=True)
def test_error_of_each_image(student, torch_rng):
    """There is one error for each image, and an image that comes back as it is has none."""
    model = student.probes.stand_in(6, 4)
    errors = student.applications.reconstruction_errors(model, images(torch_rng, 7))
    assert_tensor(
        errors,
        name="reconstruction_errors(model, x)",
        shape=(7,),
        low=0.0,
        hint="Mean over the pixels of an image, not over images.",
    )
    output = student.keep(student.applications.Detector)
    x = torch.rand(3, 1, 28, 28, generator=torch_rng)
    assert_tensor(student.probes.evaluate(output, x), name="Detector()(x)", shape=(3, 1, 28, 28))


@pytest.mark.task("auroc", weight=1, gate=True)
def test_separated_scores(student, rng):
    """Where all anomalous samples have larger scores it is 1, the other way round 0."""
    count = 12
    scores = torch.from_numpy(np.sort(rng.random(count)))
    anomalous = torch.arange(count) >= 7
    order = torch.from_numpy(rng.permutation(count))
    for factor, expected in ((1, 1.0), (-1, 0.0)):
        found = student.applications.auroc(factor * scores[order], anomalous[order])
        found = as_number(found, name="auroc(...)")
        # A ratio of whole numbers, or a sum of twelve in float32.
        if not math.isclose(found, expected, abs_tol=1e-5):
            raise CheckFailure(
                "auroc of scores that separate both kinds is wrong",
                expected=f"{expected} where all anomalous scores are "
                f"{'larger' if factor == 1 else 'smaller'}",
                actual=f"{found:.6g}",
            )


@pytest.mark.task("auroc", weight=1)
def test_one_against_three(student, torch_rng):
    """One anomalous sample that beats two of three normal ones gives 2/3."""
    scores = torch.tensor([0.3, 0.9, 0.5, 0.6]) + torch.rand(1, generator=torch_rng)
    anomalous = torch.tensor([False, False, False, True])
    found = as_number(student.applications.auroc(scores, anomalous), name="auroc(...)")
    assert_array(found, 2 / 3, name="auroc of one against three", rtol=0, atol=1e-6)
