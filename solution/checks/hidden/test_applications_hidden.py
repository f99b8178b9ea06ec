"""Hidden checks of applications.py: damage, ratios, errors, figures and areas under curves.

Randomness is judged over many draws; false-alarm rates are of all tests of one check together, at
most 1e-6.
"""

import math

import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_number,
    assert_array,
    assert_grey_scale_shared,
    assert_images,
    assert_mean,
    assert_no_smoothing,
    assert_rate,
    assert_tensor,
    assert_unchanged,
    figure_picture,
    image_grid,
    read_figure,
)
from grader.worker.standins import stand_in

FALSE_ALARM = 1e-7  # of each of at most ten tests in one check
PIXEL = 1 / 255
"""What an 8-bit version of a pixel may differ by, and no more."""


def tell(found, others, *, name, wanted, rtol=1e-4):
    """Name what was computed instead, where it is known."""
    for what, other in others.items():
        if found.shape == other.shape and torch.allclose(found, other, rtol=rtol, atol=1e-7):
            raise CheckFailure(f"{name}: {what}", expected=wanted, actual=what)


@pytest.mark.task("damage", weight=2)
def test_noise_is_normal(student):
    """Noise has mean 0 and the standard deviation asked for, pixel by pixel.

    False alarms: 6 tests at 1e-7. With a standard deviation of 0.04 around 0.5, limits are 12 away.
    """
    std = 0.04
    found = student.applications.add_noise(torch.full((500, 1, 6, 7), 0.5), std)
    found = assert_tensor(found, name="add_noise(x, 0.04)", shape=(500, 1, 6, 7))
    eps = ((found.double() - 0.5) / std).flatten(1)
    # Of 21,000 float32 numbers this close to 0.5, some 60 coincide by chance.
    if torch.unique(eps).numel() < 0.9 * eps.numel():
        raise CheckFailure(
            "several pixels get the same noise",
            expected="a random number for each pixel of each image",
            actual=f"{torch.unique(eps).numel()} numbers for {eps.numel()} pixels",
            hint="torch.randn_like(images) has the shape of the images.",
        )
    spread = eps.std().item()
    if math.isclose(spread, math.sqrt(1 / std), rel_tol=0.05):
        raise CheckFailure(
            "std was taken for the variance of the noise",
            expected="noise of standard deviation std",
            actual=f"noise of standard deviation {spread * std:.4g} for std = {std}",
        )
    options = {"false_alarm": FALSE_ALARM, "hint": "std * torch.randn_like(images)"}
    assert_mean(eps, 0.0, std=1.0, name="the mean of the noise, divided by std,", **options)
    name = "the mean square of the noise, divided by std,"
    assert_mean(eps**2, 1.0, std=math.sqrt(2), name=name, **options)
    assert_mean(eps**4, 3.0, std=math.sqrt(96), name=f"the fourth power: {name}", **options)
    inside = int((eps[:, 0].abs() < 1).sum())
    share = math.erf(1 / math.sqrt(2))
    assert_rate(inside, len(eps), share, name="the share within one std", **options)
    pairs = eps[:, 0::2] * eps[:, 1::2]
    assert_mean(pairs, 0.0, std=1.0, name="the correlation of neighbouring pixels", **options)
    rows = eps[:-1:2] * eps[1::2]
    assert_mean(rows, 0.0, std=1.0, name="the correlation of two images", **options)


@pytest.mark.task("damage", weight=1)
def test_noise_is_limited(student):
    """What leaves [0, 1] becomes 0 or 1, with the default standard deviation 0.5 as well.

    False alarms: 3 tests at 1e-7.
    """
    x = torch.full((200, 1, 5, 5), 0.25, dtype=torch.float64)
    found, (after, _) = student.observe(student.applications.add_noise, x, 0.3)
    assert_unchanged(x, after, name="the images that add_noise gets")
    found = assert_tensor(
        found, name="add_noise(x, 0.3)", shape=(200, 1, 5, 5), dtype=torch.float64, low=0, high=1
    )
    default = assert_tensor(student.applications.add_noise(x), name="add_noise(x)", low=0, high=1)
    for values, limit, std in ((found, 0.0, 0.3), (found, 1.0, 0.3), (default, 0.0, 0.5)):
        # How probable it is that 0.25 + std * eps is beyond the limit.
        probability = math.erfc(abs(limit - 0.25) / std / math.sqrt(2)) / 2
        assert_rate(
            int((values == limit).sum()),
            values.numel(),
            probability,
            name=f"the share of pixels that are exactly {limit:g} with std = {std:g}",
            false_alarm=FALSE_ALARM,
            hint="clamp, and not a new scale for the whole image.",
        )


@pytest.mark.task("damage", weight=1)
def test_shrink_by_other_factors(student, torch_rng):
    """Blocks of 3 x 3 in images of two channels, of any type; the images stay as they are."""
    x = torch.rand(3, 2, 6, 12, generator=torch_rng).double()
    found, (after, _) = student.observe(student.applications.shrink, x, 3)
    assert_unchanged(x, after, name="the images that shrink gets")
    blocks = x.reshape(3, 2, 2, 3, 4, 3)
    others = {
        "one pixel of each block": blocks[:, :, :, 0, :, 0],
        "the middle of each block": blocks[:, :, :, 1, :, 1],
        "the largest of each block": blocks.amax(dim=(3, 5)),
        "the sum of each block": blocks.sum(dim=(3, 5)),
        "blocks of 2 x 2, whatever the factor is": torch.nn.functional.avg_pool2d(x, 2),
    }
    found = assert_tensor(found, name="shrink(x, 3)")
    tell(found, others, name="shrink(x, 3)", wanted="the mean of each block of 3 x 3")
    # Nine numbers in float64.
    assert_array(found, blocks.mean(dim=(3, 5)), name="shrink(x, 3)", rtol=1e-12, atol=1e-12)


def colour_images(generator):
    """Outputs and targets of four images with two channels, each with an error of its own."""
    y = torch.rand(4, 2, 5, 7, generator=generator)
    scale = torch.tensor([0.02, 0.1, 0.4, 1.5])[:, None, None, None]
    return y + scale * torch.randn(4, 2, 5, 7, generator=generator), y


# log10 of a mean of 70 numbers in float32: 70 * 2^-24 * 10 / ln(10) is 2e-5 dB at most.
DECIBELS = {"rtol": 1e-5, "atol": 1e-4}


@pytest.mark.task("psnr", weight=1)
def test_ratio_of_each_image(student, torch_rng):
    """Each image has a ratio of its own, over all its pixels and channels."""
    x, y = colour_images(torch_rng)
    error = ((x - y) ** 2).flatten(1).mean(dim=1)
    found = assert_tensor(student.applications.psnr(x, y), name="psnr(x, y)")
    others = {
        "the natural logarithm in place of that to base 10": -10 * torch.log(error),
        "the sign is turned": 10 * torch.log10(error),
        "20 in place of 10": -20 * torch.log10(error),
        "the factor 10 is missing": -torch.log10(error),
        "the ratio of the sum of squared errors": -10 * torch.log10(error * x[0].numel()),
        "mean absolute differences in place of squares": -10
        * torch.log10((x - y).abs().flatten(1).mean(dim=1)),
        "the largest value of each target in place of peak": 10
        * torch.log10(y.flatten(1).amax(dim=1) ** 2 / error),
        "one ratio for all images": -10 * torch.log10(error.mean()),
    }
    tell(found, others, name="psnr(x, y)", wanted="10 log10(peak^2 / MSE) of each image")
    assert_array(found, -10 * torch.log10(error), name="psnr(x, y)", **DECIBELS)


@pytest.mark.task("psnr", weight=1)
def test_other_peak(student, torch_rng):
    """With a peak of 255 the same images of bytes have the same ratio."""
    x, y = colour_images(torch_rng)
    error = ((x - y) ** 2).flatten(1).mean(dim=1)
    found = assert_tensor(student.applications.psnr(255 * x, 255 * y, 255.0), name="psnr(., 255)")
    others = {
        "peak is not squared": 10 * torch.log10(1 / (255 * error)),
        "peak has no effect": 10 * torch.log10(1 / (255**2 * error)),
    }
    wanted = "10 log10(peak^2 / MSE)"
    tell(found, others, name="psnr(255 x, 255 y, 255)", wanted=wanted)
    name = "psnr(255 x, 255 y, 255)"
    assert_array(found, -10 * torch.log10(error), name=name, **DECIBELS)


@pytest.mark.task("psnr", weight=1)
def test_no_error_at_all(student, torch_rng):
    """An image without error has an infinite ratio, and the others keep theirs."""
    x, y = colour_images(torch_rng)
    x[2] = y[2]
    expected = -10 * torch.log10(((x - y) ** 2).flatten(1).mean(dim=1))
    assert_array(student.applications.psnr(x, y), expected, name="psnr(x, y)", **DECIBELS)


@pytest.mark.task("denoise", weight=1)
def test_denoiser_takes_images_one_by_one(student, torch_rng):
    """In evaluation mode, an image's output does not depend on the others of its batch."""
    assert_one_by_one(student, "Denoiser", 28, torch_rng)


@pytest.mark.task("super_resolution", weight=1)
def test_enlarged_one_by_one(student, torch_rng):
    """In evaluation mode, an image's output does not depend on the others of its batch."""
    assert_one_by_one(student, "SuperResolver", 14, torch_rng)


def assert_one_by_one(student, network, side, generator):
    model = student.keep(getattr(student.applications, network))
    x = torch.rand(9, 1, side, side, generator=generator)
    student.probes.set_training(model, True)
    for part in x.split(3):
        model(part)  # running averages, where there are any
    together = assert_tensor(student.probes.evaluate(model, x), name=f"{network}()(x)")
    alone = torch.cat([student.probes.evaluate(model, x[i : i + 1]) for i in (5, 0, 8)])
    # Other batch sizes may sum in another order: some 1e-6 of the largest value in float32.
    assert_array(
        alone,
        together[[5, 0, 8]],
        name=f"the output of {network}() for an image by itself, against that in its batch,",
        rtol=1e-3,
        atol=1e-4,
        hint="Which of your layers take means over the batch in evaluation mode, or keep state?",
    )


NAMES = ("before", "after", "small", "bilinear", "network", "original", "input", "truth")


def named_rows(generator):
    """Images by names that no one can know, some of them beyond [0, 1]."""
    order = torch.randperm(len(NAMES), generator=generator)[:4].tolist()
    rows = 1.6 * torch.rand(4, 3, 1, 5, 7, generator=generator) - 0.3
    return dict(zip([NAMES[i] for i in order], rows, strict=True))


@pytest.mark.task("restoration_rows", weight=2)
def test_rows_show_the_images(student, torch_rng, artifact):
    """Each row shows its images in their order, in one grey scale from 0 to 1."""
    rows = named_rows(torch_rng)
    figure = student.keep(student.applications.restoration_figure, rows)
    description = student.probes.describe_figure(figure)
    artifact("restoration_figure.png", figure_picture(description))
    expected = torch.stack(list(rows.values()))[:, :, 0].numpy()
    hint = "One row for each entry; vmin=0 and vmax=1, whatever the values are."
    assert_images(description, expected, name="the figure", atol=PIXEL, hint=hint)
    assert_grey_scale_shared(description)
    assert_no_smoothing(description)


@pytest.mark.task("restoration_rows", weight=1)
def test_rows_bear_their_names(student, torch_rng):
    """Each row bears its name where it can be seen, and no other row's."""
    rows = named_rows(torch_rng)
    figure = student.keep(student.applications.restoration_figure, rows)
    description = read_figure(student.probes.describe_figure(figure))
    texts = [text for text in description["texts"] if text != description["suptitle"]]
    lines = image_grid(description)
    if len(lines) != len(rows):
        raise CheckFailure(
            "names cannot be told: there is not a row for each",
            expected=f"{len(rows)} rows",
            actual=f"{len(lines)} rows",
        )
    for line, name in zip(lines, rows, strict=True):
        labels = [axes["title"] for axes in line]
        labels += [axes["ylabel"] for axes in line if axes["axison"]]
        others = [other for other in rows if other != name]
        alone = [text for text in texts if not any(other in text.lower() for other in others)]
        shown = " ".join(labels).lower()
        wrong = [other for other in others if other in shown]
        if wrong or name not in f"{shown} {' '.join(alone).lower()}":
            hidden = any(name in axes["ylabel"].lower() for axes in line)
            raise CheckFailure(
                "a row of the figure does not bear its name",
                expected=f"{name!r} beside or above the row of these images",
                actual=f"{', '.join(map(repr, wrong))}" if wrong else "no such name",
                hint="After axis('off') a y label is not drawn." if hidden and not wrong else None,
            )


@pytest.mark.task("anomalies", weight=2)
def test_errors_are_means_over_pixels(student, torch_rng):
    """The error of an image is its mean squared error, in evaluation mode."""
    model = student.probes.stand_in(6, 4, dropout=0.4)
    twin = stand_in(6, 4, student.probes.state(model), dropout=0.4).eval()
    x = (
        torch.rand(33, 1, 6, 6, generator=torch_rng)
        * torch.linspace(0.2, 1, 33)[:, None, None, None]
    )
    student.probes.set_training(model, True)
    found = student.keep(student.applications.reconstruction_errors, model, x)
    if student.value(found.requires_grad):
        raise CheckFailure("the errors drag a graph for gradients along", hint="torch.no_grad()")
    found = assert_tensor(student.value(found), name="reconstruction_errors(model, x)")
    with torch.no_grad():
        gaps = (twin(x) - x).flatten(1)
    error = (gaps**2).mean(dim=1)
    others = {
        "sums over pixels": (gaps**2).sum(dim=1),
        "roots of the mean squared errors": error.sqrt(),
        "means of absolute differences": gaps.abs().mean(dim=1),
        "norms of the differences": gaps.norm(dim=1),
        "the sign is turned": -error,
    }
    wanted = "the mean of the squared differences over the pixels of each image"
    tell(found, others, name="reconstruction_errors(model, x)", wanted=wanted)
    assert_array(
        found,
        error,
        name="reconstruction_errors(model, x)",
        rtol=1e-4,
        atol=1e-7,
        hint="model.eval() before: the network that is given here has dropout.",
    )


@pytest.mark.task("anomalies", weight=1)
def test_mode_comes_back(student, torch_rng):
    """The network is in the mode that it was in before, and has not changed."""
    x = torch.rand(8, 1, 6, 6, generator=torch_rng)
    model = student.probes.stand_in(6, 4, batchnorm=True)
    before = student.probes.state(model)
    for mode in (True, False):
        student.probes.set_training(model, mode)
        student.applications.reconstruction_errors(model, x)
        if student.probes.is_training(model) is not mode:
            raise CheckFailure(
                "after reconstruction_errors, the network is in another mode than before",
                expected="training mode" if mode else "evaluation mode",
                actual="evaluation mode" if mode else "training mode",
                hint="model.training tells the mode; keep it before you change it.",
            )
    assert_unchanged(before, student.probes.state(model), name="the network's parameters")


def exact(scores, anomalous, tie=0.5):
    """Share of pairs in the right order; a pair of equal scores counts `tie`."""
    gaps = scores[anomalous][:, None] - scores[~anomalous][None, :]
    return ((gaps > 0).double() + tie * (gaps == 0).double()).mean().item()


@pytest.mark.task("auroc", weight=2)
def test_equal_scores_count_one_half(student, torch_rng):
    """Scores with many ties, and far fewer anomalous samples than normal ones."""
    scores = torch.randint(6, (80,), generator=torch_rng).float() / 3 - 1
    anomalous = torch.randperm(80, generator=torch_rng) < 17
    found = as_number(student.applications.auroc(scores, anomalous), name="auroc(...)")
    right = exact(scores, anomalous)
    others = {
        "pairs with equal scores count nothing": exact(scores, anomalous, 0.0),
        "pairs with equal scores count as won": exact(scores, anomalous, 1.0),
        "normal samples are taken for the anomalous ones": 1 - right,
    }
    for what, other in others.items():
        if math.isclose(found, other, abs_tol=1e-6) and not math.isclose(right, other):
            raise CheckFailure(what, expected="equal scores count one half", actual=what)
    # A ratio of whole numbers up to 2,000, or sums of as many numbers in float32.
    assert_array(found, right, name="auroc of scores with ties", rtol=0, atol=1e-5)


@pytest.mark.task("auroc", weight=1)
def test_only_order_matters(student, torch_rng):
    """Scores of any size and sign: what does not change their order does not change the result."""
    anomalous = torch.randperm(150, generator=torch_rng) < 40
    scores = torch.randn(150, generator=torch_rng).double() + 0.8 * anomalous
    right = exact(scores, anomalous)
    for name, values in (
        ("random scores", scores),
        ("these scores, 0.001 times as large, plus 5", scores / 1000 + 5),
        ("these scores, 1,000 times as large", scores * 1000),
        ("exp of these scores", scores.exp()),
    ):
        found = as_number(student.applications.auroc(values, anomalous), name="auroc(...)")
        assert_array(found, right, name=f"auroc of {name}", rtol=0, atol=1e-5)
    ones = as_number(student.applications.auroc(0 * scores, anomalous), name="auroc(...)")
    assert_array(ones, 0.5, name="auroc of scores that are all equal", rtol=0, atol=1e-6)
