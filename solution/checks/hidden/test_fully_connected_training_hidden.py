"""Hidden checks of fully_connected.py: training, the sweep, and figures.

``train_fc`` gets a small network of the grader's own, so mistakes in networks cost nothing here.
"""

import pytest
import torch
from torch.nn.functional import mse_loss

from grader.checks import (
    CheckFailure,
    as_numbers,
    assert_array,
    assert_curves,
    assert_grey_scale_shared,
    assert_images,
    assert_no_smoothing,
    assert_tensor,
    figure_picture,
    image_grid,
    read_figure,
    unpack,
)
from grader.worker.standins import stand_in

MEAN, STD = 0.1307, 0.3081
SIDE, COUNT, BATCH = 5, 37, 16
LR, DECAY = 4e-3, 0.3
"""A large weight decay, so that leaving it out or taking it apart from the gradient shows."""
PIXEL = 1 / 255
"""What an 8-bit version of a pixel may differ by, and no more."""
# Twelve steps of Adam in float64. It divides by roots of squared gradients, which amplifies
# rounding of small ones to 1e-9 or so; the mistakes looked for are beyond 1e-4.
STEPS = {"rtol": 1e-6, "atol": 1e-7}


class Setting:
    """Images, and one network in two copies: beside the student's code, and here."""

    def __init__(self, student, generator, **options):
        self.images = torch.rand(COUNT, 1, SIDE, SIDE, generator=generator, dtype=torch.float64)
        self.images[-5:] **= 0.2  # brighter, so that the smaller last batch counts
        labels = torch.randint(10, (COUNT,), generator=generator)
        self.loader = student.probes.loader(self.images, labels, BATCH)
        whole = student.probes.as_dtype(
            student.probes.stand_in(SIDE, SIDE**2, **options), "float64"
        )
        self.remote = whole.encoder
        self.twin = stand_in(SIDE, SIDE**2, **options).double().encoder
        state = student.probes.state(self.remote)
        self.twin.load_state_dict({key: value.clone() for key, value in state.items()})

    def train(self, epochs, watched=None, every=5):
        """What the exercise asks for, with the copy here."""
        adam = torch.optim.Adam(self.twin.parameters(), lr=LR, weight_decay=DECAY)
        losses, snapshots = [], []
        for epoch in range(1, epochs + 1):
            self.twin.train()
            parts = []
            for batch in rows_of(self.images).split(BATCH):
                loss = mse_loss(self.twin(batch), batch)
                adam.zero_grad()
                loss.backward()
                adam.step()
                parts.append(loss.item())
            losses.append(parts)
            self.twin.eval()
            if watched is not None and epoch % every == 0:
                with torch.no_grad():
                    snapshots.append(self.twin(rows_of(watched)))
        return losses, snapshots


def rows_of(images):
    return (images.flatten(1) - MEAN) / STD


@pytest.mark.task("train_fc", weight=2)
def test_fc_steps_are_right(student, torch_rng):
    """Each batch takes one step of Adam, with the weight decay, on the MSE of normalised pixels."""
    setting = Setting(student, torch_rng, batchnorm=True)
    student.probes.set_training(setting.remote, False)
    student.fully_connected.train_fc(
        setting.remote, setting.loader, epochs=4, lr=LR, weight_decay=DECAY
    )
    setting.train(4)
    hint = "Normalised pixels in and out; one Adam with lr and weight_decay; training mode."
    after = student.probes.state(setting.remote)
    for key, value in setting.twin.state_dict().items():
        name = f"{key} after four epochs"
        assert_array(after[key].double(), value.double(), name=name, hint=hint, **STEPS)
    if student.probes.is_training(setting.remote):
        raise CheckFailure(
            "after training, the network is still in training mode",
            expected="evaluation mode",
            actual="training mode",
        )


@pytest.mark.task("train_fc", weight=1)
def test_fc_losses_are_true(student, torch_rng):
    """The losses reported are those of the epochs, averaged over all images."""
    setting = Setting(student, torch_rng)
    found, _ = unpack(
        student.fully_connected.train_fc(
            setting.remote, setting.loader, epochs=3, lr=LR, weight_decay=DECAY
        ),
        2,
        name="train_fc(...)",
    )
    found = as_numbers(found, name="the losses", length=3)
    parts, _ = setting.train(3)
    sizes = [BATCH, BATCH, COUNT - 2 * BATCH]
    means = [sum(n * v for n, v in zip(sizes, p, strict=True)) / COUNT for p in parts]
    others = {
        "those of the last batch": [p[-1] for p in parts],
        "the mean of the batches' means": [sum(p) / len(p) for p in parts],
        "sums over batches": [sum(p) for p in parts],
        "roots of the mean square": [value**0.5 for value in means],
        "sums over the pixels of an image": [SIDE**2 * value for value in means],
        "sums over everything": [COUNT * SIDE**2 * value for value in means],
    }
    for what, values in others.items():
        if all(abs(a - b) < 1e-5 * abs(b) for a, b in zip(found, values, strict=True)):
            raise CheckFailure(
                f"the losses reported are {what}",
                expected="the mean over all images of the epoch",
                actual=what,
                hint="A batch counts by its number of images.",
            )
    for number, (loss, mean) in enumerate(zip(found, means, strict=True), start=1):
        assert_array(loss, mean, name=f"the loss of epoch {number}", rtol=1e-5, atol=1e-7)


@pytest.mark.task("train_fc", weight=2)
def test_snapshots_are_true(student, torch_rng):
    """Snapshots are outputs in evaluation mode after the right epochs; training goes on after."""
    setting = Setting(student, torch_rng, batchnorm=True)
    watched = torch.rand(6, 1, SIDE, SIDE, generator=torch_rng, dtype=torch.float64)
    result = student.keep(
        student.fully_connected.train_fc,
        setting.remote,
        setting.loader,
        epochs=5,
        lr=LR,
        weight_decay=DECAY,
        watched=watched,
        every=2,
    )
    _, expected = setting.train(5, watched, every=2)
    remote = student.item(result, 1)
    found = unpack(student.value(remote), 2, name="the snapshots")
    for number, (rows, right) in enumerate(zip(found, expected, strict=True)):
        if student.value(student.item(remote, number).requires_grad):
            raise CheckFailure("a snapshot drags a graph for gradients along", hint="no_grad()")
        name = f"the snapshot after epoch {2 * number + 2}"
        assert_tensor(rows, name=name, shape=(6, SIDE**2))
        hint = "Epochs count from 1; evaluation mode for the look, training mode afterwards."
        assert_array(rows.double(), right, name=name, hint=hint, **STEPS)
    after = student.probes.state(setting.remote)
    for key, value in setting.twin.state_dict().items():
        name = f"{key} at the end of a training with snapshots"
        hint = "A look at the network leaves its training as it was."
        assert_array(after[key].double(), value.double(), name=name, hint=hint, **STEPS)


@pytest.mark.task("latent_sweep", weight=1)
def test_curves_belong_to_networks(student, torch_rng):
    """Each curve is that of the network in its place.

    With learning rate 0 a network stays as it is, and so does its loss.
    """
    widths = (7, 2, 11)
    images = torch.rand(30, 1, 28, 28, generator=torch_rng)
    loader = student.probes.loader(images, torch.zeros(30, dtype=torch.int64), 30)
    result = student.keep(student.fully_connected.latent_sweep, widths, loader, epochs=4, lr=0.0)
    models = student.item(result, 0)
    curves = unpack(student.value(student.item(result, 1)), 3, name="the curves")
    rows = rows_of(images)
    for place, (width, curve) in enumerate(zip(widths, curves, strict=True)):
        outputs = student.item(models, place)(rows)
        outputs = assert_tensor(outputs, name=f"the output of network {place + 1}", shape=(30, 784))
        loss = mse_loss(outputs, rows).item()
        losses = as_numbers(curve, name=f"the curve of width {width}", length=4)
        name = f"the loss of width {width} with learning rate 0"
        hint = "Curves come in the order of the widths; epochs and lr go on to train_fc."
        # Sums of 23,520 float32 numbers; losses of two new networks differ by a percent.
        assert_array(
            torch.tensor(losses), torch.full((4,), loss), name=name, rtol=1e-4, atol=0, hint=hint
        )


def figure_of(student, artifact, name, *args):
    figure = student.keep(getattr(student.fully_connected, name), *args)
    description = student.probes.describe_figure(figure)
    artifact(f"{name}.png", figure_picture(description))
    return description


@pytest.mark.task("fc_figures", weight=1)
def test_sweep_curves(student, rng, artifact):
    """One axes shows each width's losses by its name, over epochs that count from 1."""
    curves = {
        str(width): [float(v) for v in rng.uniform(0.3, 1.2, 6)] for width in (784, 5, 29, 136)
    }
    args = [int(width) for width in curves], list(curves.values())
    figure = figure_of(student, artifact, "sweep_curves_figure", *args)
    # Curves are drawn in float64, or at worst float32.
    assert_curves(figure, curves, atol=1e-6)
    drawn = [axes for axes in read_figure(figure)["axes"] if axes["lines"]]
    if len(drawn) != 1:
        raise CheckFailure(
            "the curves are not in one axes", expected="one axes", actual=f"{len(drawn)} of them"
        )
    for line in drawn[0]["lines"]:
        if line["y"].shape == (6,) and line["x"].tolist() != [1, 2, 3, 4, 5, 6]:
            raise CheckFailure(
                "epochs do not count from 1",
                expected="1, 2, 3, 4, 5, 6 along the x axis",
                actual=", ".join(f"{x:g}" for x in line["x"]),
                hint="plot counts from 0 if it is given y alone.",
            )
    if not drawn[0]["legend"]:
        raise CheckFailure("there is no legend", expected="a legend with the widths")


def assert_shown(figure, expected, name, hint):
    assert_images(figure, expected.numpy(), name=name, atol=PIXEL, hint=hint)
    assert_grey_scale_shared(figure)
    assert_no_smoothing(figure)


def of_several_ranges(generator, groups, count):
    """Images of which each has a range of its own, some beyond [0, 1], as Tanh gives them."""
    x = torch.rand(groups, count, 1, 6, 5, generator=generator)
    x *= 0.3 + torch.rand(groups, count, 1, 1, 1, generator=generator)
    x[1:] -= 0.15
    return x


@pytest.mark.task("fc_figures", weight=1)
def test_side_by_side(student, torch_rng, artifact):
    """Each row is an image and its reconstructions in the order of widths, on one grey scale."""
    x = of_several_ranges(torch_rng, 4, 3)
    args = (9, 2, 30), x[0], list(x[1:])
    figure = figure_of(student, artifact, "sweep_images_figure", *args)
    hint = "The first column is the input; vmin is 0 and vmax 1."
    assert_shown(figure, x[:, :, 0].transpose(0, 1), "the reconstructions side by side", hint)


@pytest.mark.task("fc_figures", weight=1)
def test_snapshots(student, torch_rng, artifact):
    """The first row is the input, each other one a snapshot, whose epoch stands there."""
    x = of_several_ranges(torch_rng, 4, 5)
    figure = figure_of(student, artifact, "snapshots_figure", x[0], list(x[1:]), 7)
    hint = "Inputs first, then one row for each snapshot; vmin is 0 and vmax 1."
    assert_shown(figure, x[:, :, 0], "the snapshots", hint)
    texts = " ".join(read_figure(figure)["texts"])
    for number, row in enumerate(image_grid(figure)[1:], start=1):
        own = " ".join(axes["title"] + " " + axes["ylabel"] for axes in row)
        if str(7 * number) not in own + " " + texts:
            raise CheckFailure(
                f"nothing says which epoch row {number + 1} shows",
                expected=f"{7 * number} in a title of the row",
                actual=own.strip() or "no text",
                hint="The first snapshot is of epoch `every`, the second of 2 * `every`.",
            )
