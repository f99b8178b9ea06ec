"""Public checks of fully_connected.py."""

import io
from itertools import pairwise

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
    assert_curves,
    assert_grid,
    assert_loss_below,
    assert_tensor,
    assert_titled,
    unpack,
)

MEAN, STD = 0.1307, 0.3081
SIZES, DROPOUT = (784, 128, 64, 20), 0.1
"""Sizes of the deep network in the training run, and its dropout: 0.5 needs longer runs."""
TRAINING, UNSEEN, BATCH = 2000, 400, 64
EPOCHS, LR = 6, 3e-3
THRESHOLD = 0.5
"""Mean squared error of normalised pixels on unseen digits after 192 steps, between what right
networks reach and what wrong ones do: solution/calibration/fully_connected.json."""
WIDTHS = (84, 3, 220, 28)
SWEEP_TRAINING, SWEEP_BATCH, SWEEP_EPOCHS, SWEEP_LR = 1500, 128, 8, 3e-3
DROP = 0.25
"""The least that each width takes off the loss of the width before, as a share of what that one is
above the floor. Same record."""
WIDEST = 0.14
"""What the widest stays below, counted from the floor; same record."""


@pytest.mark.task("normalised_pixels", weight=1, gate=True)
def test_normalised_rows(student, torch_rng):
    """Images become rows of normalised pixels: black is -0.42, white 2.82."""
    images = torch.rand(3, 1, 5, 7, generator=torch_rng)
    images[0, 0, 0, 0], images[0, 0, 0, 1] = 0.0, 1.0
    rows = student.fully_connected.normalise(images)
    rows = assert_tensor(rows, name="normalise(images)", shape=(3, 35), dtype=torch.float32)
    # float32 rounding of numbers up to 2.9.
    assert_array(rows[0, :2], torch.tensor([-0.42421, 2.82149]), name="rows", rtol=0, atol=1e-4)


@pytest.mark.task("normalised_pixels", weight=1)
def test_images_of_rows(student, torch_rng):
    """Rows become images again."""
    rows = torch.randn(3, 35, generator=torch_rng)
    images = student.fully_connected.denormalise(rows, 5, 7)
    assert_tensor(images, name="denormalise(rows, 5, 7)", shape=(3, 1, 5, 7))


@pytest.mark.task("shallow", weight=1, gate=True)
def test_shallow_shapes(student, torch_rng):
    """Rows of 30 pixels become codes of 7 numbers, and rows again."""
    model = student.keep(student.fully_connected.Shallow, 7, 30)
    x = torch.randn(4, 30, generator=torch_rng)
    codes = model.encoder(x)
    assert_tensor(codes, name="model.encoder(x)", shape=(4, 7))
    assert_tensor(model.decoder(codes), name="model.decoder(z)", shape=(4, 30))
    assert_tensor(model(x), name="model(x)", shape=(4, 30))


@pytest.mark.task("shallow", weight=1, hint="28 * 28 is 784.")
def test_shallow_parameters(student):
    """With 5 hidden numbers and 784 pixels there are 8,629 parameters: two linear layers."""
    model = student.keep(student.fully_connected.Shallow, 5)
    count = sum(p.numel() for p in student.probes.parameters(model).values())
    assert_array(float(count), 8629.0, name="the number of parameters", rtol=0, atol=0)


@pytest.mark.task("deep_fc", weight=1, gate=True)
def test_deep_shapes(student, torch_rng):
    """Rows become codes of the last size, and rows again, also with other sizes."""
    for sizes in ((784, 500, 100, 20), (9, 7, 5), (11, 9, 8, 7, 6)):
        model = student.keep(student.fully_connected.Deep, sizes)
        x = torch.randn(3, sizes[0], generator=torch_rng)
        codes = model.encoder(x)
        assert_tensor(codes, name="model.encoder(x)", shape=(3, sizes[-1]))
        assert_tensor(model.decoder(codes), name="model.decoder(z)", shape=(3, sizes[0]))
        assert_tensor(model(x), name="model(x)", shape=(3, sizes[0]))


@pytest.mark.task(
    "deep_fc", weight=1, hint="Dropout is off in evaluation mode if it is a layer of the network."
)
def test_deep_modes(student, torch_rng):
    """In evaluation mode two calls give the same, in training mode they do not."""
    model = student.keep(student.fully_connected.Deep, (30, 20, 10), 0.4)
    x = torch.randn(6, 30, generator=torch_rng)
    student.probes.set_training(model, False)
    assert_array(model(x), model(x), name="the second output in evaluation mode", rtol=0, atol=0)
    student.probes.set_training(model, True)
    if torch.equal(model(x), model(x)):
        raise CheckFailure(
            "in training mode nothing is dropped",
            expected="other outputs in each call",
            actual="the same outputs twice",
            hint="Each block ends in nn.Dropout(dropout).",
        )


@pytest.mark.task("loss_floor", weight=1, gate=True, hint="Which numbers does Tanh not reach?")
def test_nearest_of_a_few_numbers(student):
    """Nearest to 0.5, 3, -1.5 and 1 are 0.5, 1, -1 and 1."""
    nearest = student.fully_connected.nearest_reachable(torch.tensor([[0.5, 3.0], [-1.5, 1.0]]))
    expected = torch.tensor([[0.5, 1.0], [-1.0, 1.0]])
    assert_array(nearest, expected, name="nearest_reachable(x)", rtol=0, atol=1e-6)


@pytest.mark.task("loss_floor", weight=1)
def test_floor_of_a_few_numbers(student):
    """Of 0.5, 3, -1.5 and 1, the second is off by 2 and the third by 0.5: (4 + 0.25) / 4."""
    x = torch.tensor([[0.5, 3.0], [-1.5, 1.0]])
    floor = as_number(student.fully_connected.loss_floor(x), name="loss_floor(x)")
    assert_array(floor, 1.0625, name="loss_floor(x)", rtol=1e-5, atol=0)


def tiny(student, generator, count=37, batch=16, **options):
    """A network of the grader's that maps rows of 16 pixels to rows, images, and their loader."""
    remote = student.probes.stand_in(4, 16, **options).encoder
    images = torch.rand(count, 1, 4, 4, generator=generator)
    labels = torch.randint(10, (count,), generator=generator)
    return remote, images, student.probes.loader(images, labels, batch)


@pytest.mark.timeout(60)  # the first optimizer of a process loads a good part of torch
@pytest.mark.task("train_fc", weight=1, gate=True)
def test_fc_training_moves_everything(student, torch_rng):
    """Training moves every weight of the network, and reports each epoch."""
    remote, _, loader = tiny(student, torch_rng)
    before = student.probes.parameters(remote)
    result = student.fully_connected.train_fc(remote, loader, epochs=3, lr=1e-2)
    losses, snapshots = unpack(result, 2, name="train_fc(...)")
    as_numbers(losses, name="the losses", length=3)
    if list(snapshots):
        raise CheckFailure("there are snapshots, although no images were given to look at")
    after = student.probes.parameters(remote)
    still = [key for key, p in before.items() if torch.equal(p, after[key])]
    if still:
        raise CheckFailure(
            "training does not reach every parameter",
            expected="parameters that have all changed",
            actual=f"unchanged: {', '.join(still)}",
            hint="backward(), then step(), in each batch.",
        )


@pytest.mark.task("train_fc", weight=1)
def test_number_of_snapshots(student, torch_rng):
    """In seven epochs with a look every three there are two snapshots, of all watched images."""
    remote, images, loader = tiny(student, torch_rng)
    result = student.fully_connected.train_fc(remote, loader, epochs=7, watched=images[:5], every=3)
    _, snapshots = unpack(result, 2, name="train_fc(...)")
    for rows in unpack(snapshots, 2, name="the snapshots"):
        assert_tensor(rows, name="a snapshot", shape=(5, 16))


def shuffled_pixels(digits, count, unseen, generator):
    """Digits with their pixels in a random order, the same for all, and how to undo it.

    To a fully-connected network every order is as good. One that comes trained knows another.
    """
    order = torch.randperm(784, generator=generator)
    parts = []
    for images, number in ((digits.train_images, count), (digits.images, unseen)):
        rows = torch.from_numpy(images[:number].astype(np.float32) / 255).flatten(1)
        parts.append(rows[:, order].reshape(-1, 1, 28, 28))
    return *parts, torch.from_numpy(digits.train_labels[:count]), torch.argsort(order)


def rows_of(images):
    """Normalised pixels, the judge's own."""
    return (images.flatten(1) - MEAN) / STD


def run_deep_fc(student, digits, seed):
    """Train the student's network with the student's loop; unseen rows and what it makes of them.

    Codes come from one copy of the process. Another, which has the parameters and has never seen a
    digit, decodes them.
    """
    generator = torch.Generator().manual_seed(seed)
    training, unseen, labels, back = shuffled_pixels(digits, TRAINING, UNSEEN, generator)
    loader = student.probes.loader(training, labels, BATCH, shuffle=True)
    model = student.keep(student.fully_connected.Deep, SIZES, DROPOUT)
    student.fully_connected.train_fc(model, loader, epochs=EPOCHS, lr=LR)
    state = student.probes.state(model)
    rows = rows_of(unseen)
    with student.snapshot() as copy:
        codes = copy.probes.evaluate(model.encoder, rows)
    codes = assert_tensor(codes, name="the codes", shape=(UNSEEN, SIZES[-1]))
    with student.anew() as other:
        twin = other.keep(other.fully_connected.Deep, SIZES, DROPOUT)
        other.keep(twin, rows[:2])  # lazily built layers get their shapes here
        other.probes.load_state(twin, state)
        outputs = other.probes.evaluate(twin.decoder, codes)
    outputs = assert_tensor(outputs, name="the decoded rows", shape=tuple(rows.shape))
    return rows, outputs, back


def picture(rows, back, count=12):
    """Rows of images, each (N, 784) with shuffled pixels, one below the other as PNG."""
    grey = torch.stack([part[:count, back] for part in rows]) * STD + MEAN
    pixels = (grey.nan_to_num(0).clip(0, 1) * 255).round().byte().reshape(-1, count, 28, 28)
    content = io.BytesIO()
    pixels = pixels.permute(0, 2, 1, 3).reshape(-1, 28 * count)
    Image.fromarray(pixels.numpy()).save(content, "png")
    return content.getvalue()


@pytest.mark.timeout(60)  # 192 steps: 10 s on a slow machine where the reference takes 1
@pytest.mark.task("train_fc", weight=1, depends=["deep_fc"])
def test_deep_learns(student, digits, seed, metric, artifact):
    """A short run of a small deep network brings the loss on unseen digits below the mean image.

    Digits are encoded in one process and decoded in another, to which only codes and parameters go.
    """
    rows, outputs, back = run_deep_fc(student, digits, seed)
    loss = torch.mean((outputs - rows) ** 2, dtype=torch.float64).item()
    metric("deep_fc_mse", loss)
    artifact("deep_fc_reconstructions.png", picture([rows, outputs], back))
    assert_loss_below(
        loss,
        THRESHOLD,
        name="the loss on 400 unseen digits",
        context="predicting the mean image for every digit gives 0.72",
        hint="Does each batch take one step on the error between output and normalised pixels?",
    )


@pytest.mark.task("latent_sweep", weight=1, gate=True)
def test_one_network_for_each_width(student, torch_rng):
    """For three widths there are three networks of these widths, and three curves."""
    images = torch.rand(20, 1, 28, 28, generator=torch_rng)
    loader = student.probes.loader(images, torch.zeros(20, dtype=torch.int64), 8)
    result = student.keep(student.fully_connected.latent_sweep, (6, 2, 9), loader, epochs=2)
    models = student.item(result, 0)
    for curve in unpack(student.value(student.item(result, 1)), 3, name="the curves"):
        as_numbers(curve, name="a curve", length=2)
    for place, width in enumerate((6, 2, 9)):
        codes = student.item(models, place).encoder(rows_of(images))
        assert_tensor(codes, name=f"the codes of network {place + 1}", shape=(20, width))


def evaluate(state, width, rows):
    """What a shallow network makes of rows, computed by the judge from its parameters."""
    shapes = {tuple(p.shape): p.double() for p in state.values()}
    wanted = {(width, 784), (width,), (784, width), (784,)}
    if set(shapes) != wanted or len(state) != 4:
        raise CheckFailure(
            f"the network for width {width} is no Shallow({width})",
            expected=", ".join(map(str, sorted(wanted))),
            actual=", ".join(str(tuple(p.shape)) for p in state.values()),
            hint="Networks come in the order of the widths.",
        )
    codes = torch.relu(rows @ shapes[width, 784].T + shapes[width,])
    return torch.tanh(codes @ shapes[784, width].T + shapes[784,])


def run_sweep(student, digits, seed):
    """Sweep over widths; unseen rows, and what each network makes of them, from narrow to wide."""
    generator = torch.Generator().manual_seed(seed)
    training, unseen, labels, back = shuffled_pixels(digits, SWEEP_TRAINING, UNSEEN, generator)
    loader = student.probes.loader(training, labels, SWEEP_BATCH, shuffle=True)
    sweep = student.fully_connected.latent_sweep
    models = student.item(student.keep(sweep, WIDTHS, loader, SWEEP_EPOCHS, SWEEP_LR), 0)
    rows = rows_of(unseen).double()
    found = {
        width: evaluate(student.probes.state(student.item(models, place)), width, rows)
        for place, width in enumerate(WIDTHS)
    }
    return rows, dict(sorted(found.items())), back


def above_floor(rows, outputs):
    """The floor of the loss, and by how much each network's loss is above it, by width."""
    floor = torch.mean((rows.abs() - 1).clamp(min=0) ** 2).item()
    return floor, {
        width: torch.mean((found - rows) ** 2).item() - floor for width, found in outputs.items()
    }


def least_drop(losses):
    """The least that a width takes off the loss of the width before, as a share."""
    return min(1 - wide / narrow for narrow, wide in pairwise(losses.values()))


@pytest.mark.timeout(60)  # four times 96 steps: 15 s on a slow machine where the reference takes 2
@pytest.mark.task("latent_sweep", weight=2)
def test_loss_falls_with_the_width(student, digits, seed, metric, artifact):
    """The wider the hidden layer, the smaller the loss on unseen digits.

    The losses are computed by the grader from the parameters of your networks.
    """
    rows, outputs, back = run_sweep(student, digits, seed)
    floor, losses = above_floor(rows, outputs)
    for width, loss in losses.items():
        metric(f"sweep_mse_{width}", floor + loss)
    artifact("sweep_reconstructions.png", picture([rows, *outputs.values()], back))
    text = ", ".join(f"{floor + loss:.3g} with {width}" for width, loss in losses.items())
    if not least_drop(losses) > DROP:
        raise CheckFailure(
            "the loss on 400 unseen digits does not fall with the width",
            expected=f"each {DROP:.0%} closer to the floor of {floor:.3g} than the one before",
            actual=text,
            hint="Each network is a new one, and all are trained alike.",
        )
    assert_loss_below(
        floor + losses[max(WIDTHS)],
        floor + WIDEST,
        name=f"the loss of the network with {max(WIDTHS)} hidden numbers",
        context=f"predicting the mean image for every digit gives 0.72, the floor is {floor:.3g}",
        hint="Do epochs and lr go on to train_fc?",
    )


@pytest.mark.task("fc_figures", weight=1, gate=True)
def test_figures_have_their_form(student, torch_rng):
    """Curves for each width; a column for each width; a row for each snapshot."""
    curves = {"13": [0.9, 0.5, 0.4], "7": [0.8, 0.7, 0.65]}
    draw = student.fully_connected.sweep_curves_figure
    figure = student.probes.describe_figure(
        student.keep(draw, [int(width) for width in curves], list(curves.values()))
    )
    assert_curves(figure, curves, atol=1e-9)
    assert_titled(figure)
    images = torch.rand(3, 4, 1, 5, 6, generator=torch_rng)
    draw = student.fully_connected.sweep_images_figure
    figure = student.keep(draw, (13, 7), images[0], [images[1], images[2]])
    figure = student.probes.describe_figure(figure)
    assert_grid(figure, 4, 3)
    assert_titled(figure)
    assert_axes_off(figure)
    draw = student.fully_connected.snapshots_figure
    figure = student.keep(draw, images[0], [images[1], images[2]], 4)
    figure = student.probes.describe_figure(figure)
    assert_grid(figure, 3, 4)
    assert_axes_off(figure)
