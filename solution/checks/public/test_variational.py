"""Public checks of variational.py."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_axes_off,
    assert_grid,
    assert_loss_below,
    assert_tensor,
    assert_titled,
    unpack,
)

WIDTHS, LATENT, CHANNELS = (4, 6, 9), 5, 2
SIZES = ((16, 32, 64, 64), 16, 3)
"""Widths, length of a code and channels of the training run: the network scaled down to 16 x 16."""
TRAINING, UNSEEN, BATCH = 1600, 400, 32
EPOCHS, LR = 4, 3e-3
THRESHOLD = 0.06
"""Mean squared error on unseen digits after 200 steps, between what right networks reach and what
wrong ones do; the distributions are in solution/calibration/deep.json."""
STARTS = 2
"""Right networks differ much by the start: 0.012 to 0.044 on 20 seeds, so a second one is given."""


def images(generator, count, side=8, channels=CHANNELS):
    return torch.rand(count, channels, side, side, generator=generator)


@pytest.mark.task("reparameterise", weight=1, gate=True)
def test_drawn_code(student, torch_rng):
    """Codes have the shape of mu, and are other ones in each call."""
    mu = torch.randn(3, 5, generator=torch_rng)
    logvar = torch.randn(3, 5, generator=torch_rng)
    z = student.variational.reparameterise(mu, logvar)
    assert_tensor(z, name="reparameterise(mu, logvar)", shape=(3, 5), dtype=torch.float32)
    if torch.equal(z, student.variational.reparameterise(mu, logvar)):
        raise CheckFailure(
            "two calls give the same codes",
            expected="new random numbers in each call",
            actual="the same codes twice",
            hint="torch.randn_like draws from the standard normal distribution.",
        )


@pytest.mark.task("reparameterise", weight=1, hint="log(sigma^2) = 2 log(sigma): solve for sigma.")
def test_narrow_distribution(student, torch_rng):
    """With a tiny variance, the codes are the means."""
    mu = torch.randn(4, 6, generator=torch_rng)
    z = student.variational.reparameterise(mu, torch.full((4, 6), -30.0))
    # sigma is exp(-15) = 3e-7, and a normal number exceeds 7 sigma once in 4e11 draws.
    assert_array(z, mu, name="reparameterise(mu, -30)", rtol=1e-6, atol=1e-5)


@pytest.mark.task(
    "vae_network",
    weight=1,
    gate=True,
    hint="With three widths, 8 x 8 pixels become one; two linear layers get the same features.",
)
def test_vae_shapes(student, torch_rng):
    """Forward gives a reconstruction of the input's size, mu and logvar."""
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    x = images(torch_rng, 3)
    found, mu, logvar = unpack(model(x), 3, name="ConvVAE((4, 6, 9), 5, 2)(x)")
    for name, value in (("mu", mu), ("logvar", logvar)):
        assert_tensor(value, name=name, shape=(3, 5), dtype=torch.float32)
    assert_tensor(found, name="the reconstruction", shape=(3, 2, 8, 8), low=0.0, high=1.0)


@pytest.mark.task("vae_network", weight=1)
def test_vae_parts(student, torch_rng):
    """Encode gives mu and logvar, and decoder turns codes into images."""
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    mu, logvar = unpack(model.encode(images(torch_rng, 4)), 2, name="model.encode(x)")
    assert_tensor(mu, name="mu", shape=(4, 5))
    assert_tensor(logvar, name="logvar", shape=(4, 5))
    z = 9 * torch.randn(4, 5, generator=torch_rng)
    found = model.decoder(z)
    assert_tensor(found, name="model.decoder(z)", shape=(4, 2, 8, 8), low=0.0, high=1.0)


@pytest.mark.task("vae_loss", weight=1, gate=True)
def test_three_numbers(student, torch_rng):
    """The loss comes as three numbers, the first of which is the sum of the others."""
    x, y = images(torch_rng, 3), images(torch_rng, 3)
    mu, logvar = torch.randn(2, 3, 5, generator=torch_rng)
    found = unpack(student.variational.vae_loss(y, x, mu, logvar), 3, name="vae_loss(...)")
    names = ("the loss", "the squared error", "the divergence")
    loss, error, kl = (as_number(n, name=name) for n, name in zip(found, names, strict=True))
    # One addition in float32, where the loss is about 100: 2^-24 * 100 is 6e-6.
    assert_array(loss, error + kl, name="the loss", rtol=1e-5, atol=1e-5)


@pytest.mark.task("vae_loss", weight=1, hint="Set mu = 0 and logvar = 0 in the formula.")
def test_no_divergence(student, torch_rng):
    """Of the standard normal distribution itself, the divergence is 0."""
    x = images(torch_rng, 3)
    zero = torch.zeros(3, 5)
    _, error, kl = unpack(student.variational.vae_loss(x, x, zero, zero), 3, name="vae_loss(...)")
    assert_array(as_number(error, name="the squared error"), 0.0, name="error", rtol=0, atol=0)
    kl = as_number(kl, name="the divergence")
    assert_array(kl, 0.0, name="the divergence for mu = 0, logvar = 0", rtol=0, atol=1e-7)


@pytest.mark.task("train_vae", weight=1, gate=True)
def test_vae_training_moves_everything(student, torch_rng):
    """Training moves every weight, those of both heads included, and reports each epoch."""
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    model(images(torch_rng, 2))  # lazily built layers get their shapes here
    before = student.probes.parameters(model)
    labels = torch.randint(10, (37,), generator=torch_rng)
    loader = student.probes.loader(images(torch_rng, 37), labels, 16)
    errors = student.variational.train_vae(model, loader, epochs=3, lr=1e-2)
    as_numbers(errors, name="train_vae(...)", length=3)
    after = student.probes.parameters(model)
    still = [key for key, p in before.items() if p.dim() > 1 and torch.equal(p, after[key])]
    if still:
        raise CheckFailure(
            "training does not reach every weight",
            expected="weights that have all changed",
            actual=f"unchanged: {', '.join(still)}",
            hint="Does the loss depend on mu and logvar, and does the optimizer make its steps?",
        )


def coloured(digits, generator, quarters):
    """Digits (N, 28, 28) as (N, 3, 16, 16) in [0, 1], turned, in one random colour on another."""
    grey = torch.from_numpy(digits.astype(np.float32) / 255)[:, None]
    grey = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(grey, (2, 2, 2, 2)), 2)
    grey = torch.rot90(grey, quarters, (2, 3))
    ink, paper = torch.rand(2, len(grey), 3, 1, 1, generator=generator)
    return ink * grey + paper * (1 - grey)


def run_vae(student, digits, seed):
    """Train the student's network with the student's loop; unseen images and what it makes of them.

    Means of codes come from one copy of the process. Another, which has the parameters and has
    never seen an image, decodes them.
    """
    generator = torch.Generator().manual_seed(seed)
    quarters = 1 + 2 * (seed % 2)  # to either side: a network that comes trained knows them upright
    training = coloured(digits.train_images[:TRAINING], generator, quarters)
    labels = torch.from_numpy(digits.train_labels[:TRAINING])
    unseen = coloured(digits.images[:UNSEEN], generator, quarters)
    loader = student.probes.loader(training, labels, BATCH, shuffle=True)
    model = student.keep(student.variational.ConvVAE, *SIZES)
    student.variational.train_vae(model, loader, epochs=EPOCHS, lr=LR)
    state = student.probes.state(model)
    student.probes.set_training(model, False)
    with student.snapshot() as copy:
        mu, _ = unpack(copy.call(model.encode, unseen), 2, name="model.encode(x)")
    mu = assert_tensor(mu, name="mu", shape=(UNSEEN, SIZES[1]))
    with student.anew() as other:
        twin = other.keep(other.variational.ConvVAE, *SIZES)
        other.keep(twin, unseen[:2])  # lazily built layers get their shapes here
        other.probes.load_state(twin, state)
        outputs = other.probes.evaluate(twin.decoder, mu)
    return unseen, assert_tensor(outputs, name="the decoded images", shape=tuple(unseen.shape))


def picture(unseen, outputs, count=12):
    """Digits above and what the student's network makes of them below, as PNG."""
    rows = torch.stack([unseen[:count], outputs[:count]]).nan_to_num(0).clip(0, 1)
    pixels = (rows * 255).round().byte().permute(0, 3, 1, 4, 2).reshape(32, 16 * count, 3)
    content = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(content, "png")
    return content.getvalue()


@pytest.mark.timeout(120)  # twice 200 steps: 20 s where the reference takes 4
@pytest.mark.task("train_vae", weight=2)
def test_vae_learns(student, digits, seed, metric, artifact):
    """A short run of a small network brings the loss on unseen digits below the mean image.

    Digits are encoded in one process and decoded in another, to which only codes and parameters go.
    """
    for start in range(STARTS):
        student.seed(seed + start)
        unseen, outputs = run_vae(student, digits, seed + start)
        loss = torch.mean((outputs - unseen) ** 2, dtype=torch.float64).item()
        if loss < THRESHOLD:
            break
    metric("vae_mse", loss)
    artifact("vae_reconstructions.png", picture(unseen, outputs))
    assert_loss_below(
        loss,
        THRESHOLD,
        name="the loss on 400 unseen digits",
        context="predicting the mean image for every digit gives 0.078",
        hint="Which part of your loss is larger, and by how much?",
    )


@pytest.mark.task("vae_pictures", weight=1, gate=True)
def test_samples(student, torch_rng):
    """As many images come as are asked for, other ones in each call."""
    decoder = student.probes.stand_in(6, 4).decoder
    first = student.variational.sample_images(decoder, 4, 7)
    assert_tensor(first, name="sample_images(decoder, 4, 7)", shape=(7, 1, 6, 6))
    if torch.equal(first, student.variational.sample_images(decoder, 4, 7)):
        raise CheckFailure(
            "two calls give the same images", expected="new codes in each call", actual="the same"
        )


@pytest.mark.task("vae_pictures", weight=1)
def test_interpolation_is_presentable(student, torch_rng):
    """The figure has a row for each pair of codes and a column for each step, and a title."""
    decoder = student.probes.stand_in(6, 4).decoder
    starts, ends = torch.randn(2, 3, 4, generator=torch_rng)
    figure = student.keep(student.variational.interpolation_figure, decoder, starts, ends, 7)
    description = student.probes.describe_figure(figure)
    assert_grid(description, 3, 7)
    assert_titled(description)
    assert_axes_off(description)
