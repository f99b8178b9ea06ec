"""Hidden checks of segmentation.py's training loop, and one run of it."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import cross_entropy

from grader.checks import CheckFailure, as_numbers, assert_array, assert_tensor

KINDS = (0, 1, 4)
"""Digits of the training run; their classes are 1, 2 and 3, in an order of the seed's."""
WIDTHS = (16, 32)
TRAINING, UNSEEN, BATCH = 400, 200, 8
SCHEDULE = ((2, 1e-2), (1, 1e-3))
"""Calls of train_unet(): epochs and learning rate. At the lower rate the running averages of batch
normalisation come to rest."""
THRESHOLD = 0.6
"""Mean IoU on unseen canvases after 150 steps, between what right networks reach and what wrong
ones and thresholds on brightness do; solution/calibration/segmentation.json has them."""
STARTS = 2
"""All of thirty right starts passed; one that does not gets a second chance."""
SIDE, CLASSES = 6, 3


def small(student, generator, count=11):
    """A small network of the student's, and images and label maps of ours, in float64."""
    model = student.keep(student.segmentation.UNet, 1, CLASSES, (4, 8))
    images = torch.rand(count, 1, SIDE, SIDE, generator=generator).double()
    targets = torch.randint(CLASSES, (count, SIDE, SIDE), generator=generator)
    model(images[:2].float())  # lazily built layers get their shapes here
    return student.probes.as_dtype(model, "float64"), images, targets


@pytest.mark.task("train_unet", weight=1)
def test_reported_losses_are_true(student, torch_rng):
    """The losses reported are the mean cross-entropy over all pixels of the epoch.

    With learning rate 0 the weights stay as they are, and in training mode so do the scores.
    """
    model, images, targets = small(student, torch_rng)
    # The last batch is smaller and has classes of its own, so that its weight shows.
    targets[-3:] = 0
    loader = student.probes.loader(images, targets, 4)
    losses = student.segmentation.train_unet(model, loader, epochs=2, lr=0.0)
    losses = as_numbers(losses, name="train_unet(...)", length=2)
    student.probes.set_training(model, True)
    parts = []
    for x, y in zip(images.split(4), targets.split(4), strict=True):
        scores = assert_tensor(model(x), name="model(x)", shape=(len(x), CLASSES, SIDE, SIDE))
        parts.append((cross_entropy(scores, y).item(), len(x)))
    true = sum(loss * count for loss, count in parts) / len(images)
    others = {
        "the mean of the batches, although the last one is smaller": sum(p[0] for p in parts) / 3,
        "the loss of the last batch": parts[-1][0],
        "the sum over the batches": sum(p[0] for p in parts),
        "the sum over the images": true * len(images),
        "the sum over the pixels of an image": true * SIDE**2,
        "the sum over all pixels": true * SIDE**2 * len(images),
    }
    for loss in losses:
        for what, other in others.items():
            if abs(loss - other) < 1e-5 * other < abs(loss - true):
                raise CheckFailure(
                    f"the losses reported are {what}",
                    expected="the mean over all pixels of all images of the epoch",
                    actual=what,
                )
        # A student may gather losses in float32: 6e-8 of each.
        assert_array(loss, true, name="the loss of an epoch", rtol=1e-5, atol=0)


@pytest.mark.task("train_unet", weight=1)
def test_steps_are_those_of_adam(student, torch_rng):
    """Two batches are two steps of Adam along the gradient of each batch, in training mode.

    The network comes in evaluation mode, and is left in it.
    """
    model, images, targets = small(student, torch_rng, count=7)
    student.probes.set_training(model, False)
    state = student.probes.state(model)
    loader = student.probes.loader(images, targets, 4)
    student.segmentation.train_unet(model, loader, epochs=1, lr=0.01)
    if student.probes.is_training(model):
        raise CheckFailure(
            "after training, the network is still in training mode",
            expected="evaluation mode",
            actual="training mode",
        )
    after = student.probes.parameters(model)
    student.probes.set_training(model, True)
    student.probes.load_state(model, state)
    twins = {key: torch.nn.Parameter(state[key].clone()) for key in after}
    adam = torch.optim.Adam(twins.values(), lr=0.01)
    clear = {key: torch.ones_like(p, dtype=torch.bool) for key, p in twins.items()}
    for x, y in zip(images.split(4), targets.split(4), strict=True):
        shape = (len(x), CLASSES, SIDE, SIDE)
        scores = assert_tensor(model(x), name="model(x)", shape=shape).requires_grad_(True)
        cross_entropy(scores, y).backward()
        grads = student.probes.gradients(model, x, scores.grad)["parameters"]
        for key, p in twins.items():
            p.grad = torch.zeros_like(p) if grads[key] is None else grads[key]
            clear[key] &= p.grad.abs() > 1e-5
        adam.step()
        student.probes.load_state(model, state | {k: p.detach() for k, p in twins.items()})
    for key, p in twins.items():
        if p.dim() > 1 and clear[key].any():
            # Adam divides gradients by their size + 1e-8, a thousandth of those looked at: whether
            # a loss is a sum or a mean moves a step by 1e-3 of itself, 1e-5 here.
            assert_array(
                after[key][clear[key]],
                p.detach()[clear[key]],
                name=f"what two batches make of {key}",
                rtol=0,
                atol=1e-4,
                hint="In each step: clear the gradients, go backward from the cross-entropy, step.",
            )


@pytest.mark.task("train_unet", weight=1)
def test_segment_is_evaluation(student, torch_rng):
    """Classes are the most probable ones in evaluation mode; mode and averages stay."""
    model, images, _ = small(student, torch_rng)
    student.probes.set_training(model, True)
    for part in (2 * images[:6] - 0.5).split(3):
        model(part)  # running averages other than those of a batch
    scores = student.probes.evaluate(model, images)
    state = student.probes.state(model)
    for mode in (True, False):
        student.probes.set_training(model, mode)
        found = student.keep(student.segmentation.segment, model, images)
        if student.value(found.requires_grad):
            raise CheckFailure("the label maps drag a graph along", hint="torch.no_grad()")
        found = student.value(found)
        assert_array(found, scores.argmax(dim=1), name="segment(...)", rtol=0, atol=0)
        if student.probes.is_training(model) != mode:
            raise CheckFailure(
                "the network is in another mode than before",
                expected=f"{'training' if mode else 'evaluation'} mode",
                actual=f"{'evaluation' if mode else 'training'} mode",
            )
    after = student.probes.state(model)
    if any(not torch.equal(value, after[key]) for key, value in state.items()):
        raise CheckFailure("segmenting changes the network", expected="parameters as they were")


def canvases(images, labels, count, generator, seed):
    """Canvases (count, 1, 24, 24) of four cells with a small digit or none, and label maps.

    Digits are turned to either side and classes change places with the seed, so that a network
    that comes trained does not know them.
    """
    order = [KINDS[(place + seed) % len(KINDS)] for place in range(len(KINDS))]
    classes = torch.zeros(10, dtype=torch.int64)
    classes[order] = torch.arange(1, len(KINDS) + 1)
    chosen = np.isin(labels, KINDS)
    grey = torch.from_numpy(images[chosen].astype(np.float32) / 255)[:, None, 4:24, 4:24]
    small = torch.nn.functional.pad(torch.nn.functional.avg_pool2d(grey, 2), (1, 1, 1, 1))[:, 0]
    small = torch.rot90(small, 1 + 2 * (seed % 2), (1, 2))
    drawn = torch.randint(len(small), (count, 2, 2), generator=generator)
    shown = torch.rand(count, 2, 2, 1, 1, generator=generator) < 0.75
    cells = small[drawn] * shown
    marks = classes[torch.from_numpy(labels[chosen])][drawn][..., None, None] * (cells >= 0.4)
    image, target = (x.transpose(2, 3).reshape(count, 24, 24) for x in (cells, marks))
    shifts = torch.randint(-3, 4, (count, 2), generator=generator).tolist()
    image, target = (
        torch.stack([one.roll(shift, (0, 1)) for one, shift in zip(x, shifts, strict=True)])
        for x in (image, target)
    )
    return image[:, None], target


def run_unet(student, digits, seed):
    """Train the student's U-Net with the student's loop; unseen canvases, truth and prediction.

    Predictions come from another process, which has the network's parameters and has never seen a
    canvas before.
    """
    generator = torch.Generator().manual_seed(seed)
    classes = len(KINDS) + 1
    seen = canvases(digits.train_images, digits.train_labels, TRAINING, generator, seed)
    images, target = canvases(digits.images, digits.labels, UNSEEN, generator, seed)
    model = student.keep(student.segmentation.UNet, 1, classes, WIDTHS)
    loader = student.probes.loader(*seen, BATCH, shuffle=True)
    for epochs, lr in SCHEDULE:
        student.segmentation.train_unet(model, loader, epochs=epochs, lr=lr)
    state = student.probes.state(model)
    with student.anew() as other:
        twin = other.keep(other.segmentation.UNet, 1, classes, WIDTHS)
        other.keep(twin, images[:2])  # lazily built layers get their shapes here
        other.probes.load_state(twin, state)
        scores = other.probes.evaluate(twin, images)
    shape = (UNSEEN, classes, *target.shape[1:])
    scores = assert_tensor(scores, name="the scores of unseen canvases", shape=shape)
    return images, target, scores.argmax(dim=1)


def exact_iou(prediction, target, classes):
    """Mean IoU from the table of how often each class was taken for each other."""
    table = torch.bincount((target * classes + prediction).flatten(), minlength=classes**2)
    table = table.reshape(classes, classes).double()
    both = table.diagonal()
    union = table.sum(dim=0) + table.sum(dim=1) - both
    return (both[union > 0] / union[union > 0]).mean().item()


def picture(images, target, prediction, count=10):
    """Canvases, truth and prediction in three rows, as PNG."""
    maps = [m[:count] / len(KINDS) for m in (target, prediction)]
    rows = torch.stack([images[:count, 0], *maps]).clip(0, 1)
    pixels = (rows * 255).round().byte().transpose(1, 2).reshape(3 * 24, count * 24)
    content = io.BytesIO()
    Image.fromarray(pixels.numpy()).resize((count * 72, 3 * 72), Image.Resampling.NEAREST).save(
        content, "png"
    )
    return content.getvalue()


@pytest.mark.timeout(120)  # twice 150 steps: 15 s on a slow core
@pytest.mark.task("train_unet", weight=2)
def test_unet_learns(student, digits, seed, metric, artifact):
    """A short run of a small U-Net tells digits on unseen canvases apart, pixel by pixel."""
    for start in range(STARTS):
        student.seed(seed + start)
        images, target, prediction = run_unet(student, digits, seed + start)
        share = exact_iou(prediction, target, len(KINDS) + 1)
        if share > THRESHOLD:
            break
    metric("mean_iou", share)
    artifact("segmentation.png", picture(images, target, prediction))
    if not share > THRESHOLD:
        raise CheckFailure(
            f"the mean IoU on {UNSEEN} unseen canvases is {share:.3g}, which is too low; for "
            "comparison: one class for all that is bright gives 0.37, and background alone 0.21",
            expected=f"above {THRESHOLD}",
            actual=f"{share:.3g}",
            hint="Does the loss fall from epoch to epoch, and what do the classes look like?",
        )
