"""Public checks of applications.py that train the student's networks and measure what they do.

Thresholds and the distributions that they stand between are in
solution/calibration/applications.json.
"""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from grader.checks import CheckFailure, assert_loss_below, assert_tensor, superiority

TRAINING, UNSEEN, BATCH, STD = 1600, 400, 32, 0.5
EPOCHS, DETECTOR_EPOCHS, LR = 6, 10, 3e-3
STARTS = 2
"""A network may get stuck on black by an unlucky start; it gets another."""
DENOISING = 0.65
"""Error of the denoised digits, as a share of the best baseline's."""
RESOLUTION = 0.52
"""Error of the enlarged digits, as a share of bilinear upsampling's."""
ANOMALIES = 0.28
"""Share of pairs of an unknown digit and a known one that are in the wrong order: 1 - AUROC."""
SCRAMBLED = 0.85
"""Least error of digits whose pixels were shuffled, as a share of their variance: what passes
through a narrow code comes back with more, and what has another way with less."""
UNKNOWN = (5, 6, 8)
"""Digits of which one is left out. An auto-encoder that has not seen them gives these back clearly
worse than others; a 1 is so simple that any network can."""


def mean_square(difference):
    return torch.mean(difference**2, dtype=torch.float64).item()


def turned(digits, quarters):
    """Digits (N, 28, 28) of bytes as (N, 1, 28, 28) in [0, 1], turned by quarters."""
    images = torch.from_numpy(digits.astype(np.float32) / 255)[:, None]
    return torch.rot90(images, quarters, dims=(2, 3))


def quarters_of(seed):
    """A turn to the left or to the right: a network that comes trained knows digits upright."""
    return 1 + 2 * (seed % 2)


def train(student, network, images, damage, epochs):
    """The student's network after the student's training."""
    model = student.keep(network)
    nothing = torch.zeros(len(images), dtype=torch.int64)
    loader = student.probes.loader(images, nothing, BATCH, shuffle=True)
    student.applications.train_restorer(model, loader, damage, epochs=epochs, lr=LR)
    return model


def restored(student, network, damage, images, damaged):
    """What a trained network makes of damaged images; nothing but its parameters is handed on.

    Another process, which has never seen an image without damage, runs the network.
    """
    model = train(student, getattr(student.applications, network), images, damage, EPOCHS)
    state = student.probes.state(model)
    with student.anew() as other:
        twin = other.keep(getattr(other.applications, network))
        other.keep(twin, damaged[:2])  # lazily built layers get their shapes here
        other.probes.load_state(twin, state)
        outputs = other.probes.evaluate(twin, damaged)
    return assert_tensor(outputs, name=f"{network}()(x)", shape=(len(damaged), 1, 28, 28))


def noise(images, seed):
    """Noise of ours, whatever the student's add_noise does."""
    generator = torch.Generator().manual_seed(seed)
    return (images + STD * torch.randn(images.shape, generator=generator)).clamp(0, 1)


def denoising(student, digits, seed):
    """Noisy, denoised and clean digits, and what the baselines make of them."""
    quarters = quarters_of(seed)
    images = turned(digits.train_images[:TRAINING], quarters)
    clean = turned(digits.images[:UNSEEN], quarters)
    noisy = noise(clean, seed)
    baselines = {
        "the noisy digits as they are": noisy,
        "the mean of all training digits": images.mean(dim=0, keepdim=True),
    }
    damage = student.applications.add_noise  # its own default is a standard deviation of 0.5
    return noisy, restored(student, "Denoiser", damage, images, noisy), clean, baselines


def resolution(student, digits, seed):
    """Small, enlarged and original digits, and what the baselines make of them."""
    quarters = quarters_of(seed)
    images = turned(digits.train_images[:TRAINING], quarters)
    original = turned(digits.images[:UNSEEN], quarters)
    small = functional.avg_pool2d(original, 2)
    baselines = {
        "nearest neighbour": functional.interpolate(small, scale_factor=2),
        "bilinear upsampling": functional.interpolate(small, scale_factor=2, mode="bilinear"),
    }
    outputs = restored(student, "SuperResolver", student.applications.shrink, images, small)
    return baselines["nearest neighbour"], outputs, original, baselines


def picture(*rows, count=12):
    """Rows of digits below each other, as PNG."""
    tiles = torch.stack([row[:count, 0] for row in rows]).nan_to_num(0).clip(0, 1)
    pixels = (tiles * 255).round().byte().transpose(1, 2).reshape(28 * len(rows), 28 * count)
    content = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(content, "png")
    return content.getvalue()


def best_of_starts(run, student, digits, seed, threshold):
    """Rows and shares of the first start that is good enough, or of the last."""
    for start in range(STARTS):
        student.seed(seed + start)
        before, outputs, clean, baselines = run(student, digits, seed + start)
        errors = {name: mean_square(image - clean) for name, image in baselines.items()}
        share = mean_square(outputs - clean) / min(errors.values())
        if share < threshold:
            break
    return (before, outputs, clean), share, errors


def advice(outputs, hint):
    """The hint, or another one where the network is stuck."""
    if outputs.max() < 0.1:
        return "All outputs are black. Does a Sigmoid follow the last layer?"
    return hint


def told(errors):
    return ", ".join(f"{name} {error:.3g}" for name, error in errors.items())


@pytest.mark.task("denoise", weight=1, gate=True)
def test_denoiser_keeps_the_size(student, torch_rng):
    """The network turns (B, 1, 28, 28) into (B, 1, 28, 28)."""
    model = student.keep(student.applications.Denoiser)
    for count in (1, 3):
        x = torch.rand(count, 1, 28, 28, generator=torch_rng)
        found = student.probes.evaluate(model, x)
        assert_tensor(found, name="Denoiser()(x)", shape=(count, 1, 28, 28), dtype=torch.float32)


@pytest.mark.timeout(150)  # twice 300 steps: a minute each, where the reference takes 4 s
@pytest.mark.task("denoise", weight=3, depends=["damage", "restore"])
def test_denoiser_beats_the_baselines(student, digits, seed, metric, artifact):
    """On unseen digits the error is well below that of the noisy digits and of the mean digit."""
    rows, share, errors = best_of_starts(denoising, student, digits, seed, DENOISING)
    metric("denoising", share)
    artifact("denoised.png", picture(*rows))
    assert_loss_below(
        share,
        DENOISING,
        name="the error on 400 unseen digits, as a share of the best baseline's,",
        context=f"mean squared errors of the baselines are: {told(errors)}",
        hint=advice(rows[1], "Does the loss that train_restorer reports fall to 0.03 or below?"),
    )


@pytest.mark.task("super_resolution", weight=1, gate=True)
def test_size_is_doubled(student, torch_rng):
    """The network turns (B, 1, 14, 14) into (B, 1, 28, 28)."""
    model = student.keep(student.applications.SuperResolver)
    for count in (1, 3):
        x = torch.rand(count, 1, 14, 14, generator=torch_rng)
        found = student.probes.evaluate(model, x)
        assert_tensor(
            found, name="SuperResolver()(x)", shape=(count, 1, 28, 28), dtype=torch.float32
        )


@pytest.mark.timeout(150)  # twice 300 steps: a minute each, where the reference takes 5 s
@pytest.mark.task("super_resolution", weight=3, depends=["damage", "restore"])
def test_larger_digits_beat_the_baselines(student, digits, seed, metric, artifact):
    """On unseen digits the error is well below that of nearest neighbour and bilinear."""
    rows, share, errors = best_of_starts(resolution, student, digits, seed, RESOLUTION)
    metric("super_resolution", share)
    artifact("enlarged.png", picture(*rows))
    assert_loss_below(
        share,
        RESOLUTION,
        name="the error on 400 unseen digits, as a share of the best baseline's,",
        context=f"mean squared errors of the baselines are: {told(errors)}",
        hint=advice(rows[1], "Does each pixel of the output depend on several pixels around it?"),
    )


def trained_detector(student, digits, seed):
    """The student's detector, and what the check needs to know of its training.

    Labels stay here. All digits are turned, and the student's code is not told which is left out.
    """
    quarters, unknown = quarters_of(seed), UNKNOWN[seed % len(UNKNOWN)]
    known = digits.train_images[digits.train_labels != unknown][:TRAINING]
    images = turned(known, quarters)
    damage = student.applications.unchanged
    model = train(student, student.applications.Detector, images, damage, DETECTOR_EPOCHS)
    return (
        model,
        turned(digits.images, quarters),
        torch.from_numpy(digits.labels == unknown),
        images,
    )


def scrambled_share(student, model, unseen, seed):
    """Error of digits with their pixels in random order, as a share of their variance.

    Whoever gives these back as well as digits has not learnt what digits look like: images have
    another way than through a narrow code.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.argsort(torch.rand(200, 784, generator=generator), dim=1)
    images = unseen[:200].flatten(1).gather(1, order).reshape(200, 1, 28, 28)
    outputs = student.probes.evaluate(model, images)
    outputs = assert_tensor(outputs, name="Detector()(x)", shape=(200, 1, 28, 28))
    grey = images.mean(dim=(2, 3), keepdim=True)
    return mean_square(outputs - images) / mean_square(grey - images)


def errors_of(student, model, unseen):
    """What the student's function says of unseen digits."""
    errors = student.applications.reconstruction_errors(model, unseen)
    name = "reconstruction_errors(model, x)"
    return assert_tensor(errors, name=name, shape=(len(unseen),)).double()


@pytest.mark.timeout(150)  # twice 500 steps: a minute each, where the reference takes 2 s
@pytest.mark.task("anomalies", weight=2, depends=["restore"])
def test_unknown_digit_has_large_errors(student, digits, seed, metric, artifact):
    """A digit that was left out of the training has larger errors than the others."""
    for start in range(STARTS):
        student.seed(seed + start)
        model, unseen, anomalous, images = trained_detector(student, digits, seed + start)
        errors = errors_of(student, model, unseen)
        wrong = 1 - superiority(errors[anomalous].numpy(), errors[~anomalous].numpy())
        if wrong < ANOMALIES:
            break
    metric("auroc", 1 - wrong)
    scrambled = scrambled_share(student, model, unseen, seed)
    metric("scrambled", scrambled)
    order = torch.argsort(errors)
    artifact("anomalies.png", picture(unseen[order[:12]], unseen[order.flip(0)[:12]]))
    far = ((unseen - images.mean(dim=0)) ** 2).mean(dim=(1, 2, 3))
    distance = superiority(far[anomalous].numpy(), far[~anomalous].numpy())
    if not wrong < ANOMALIES:
        raise CheckFailure(
            f"the area under the curve is {1 - wrong:.3f} on 1,000 unseen digits; for comparison: "
            f"the distance from the mean image has {distance:.3f}",
            expected=f"above {1 - ANOMALIES:.2f}",
            actual=f"{1 - wrong:.3f}",
            hint="How many numbers does the code have, and do errors come for each image?",
        )
    if not scrambled > SCRAMBLED:
        raise CheckFailure(
            "digits whose pixels were shuffled come back well, although they are no digits",
            expected=f"a mean squared error above {SCRAMBLED} times their variance",
            actual=f"{scrambled:.3g} times",
            hint="Is there a way for an image past the code, or is the code too wide?",
        )
