"""What the checks of several units share: real digits, and one training run."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.checks import CheckFailure, assert_tensor
from grader.worker.standins import stand_in

THRESHOLD = 0.045
"""Validation MSE of the shared training run, between what 20 seeds of the reference reach and what
the best constant image can reach; both distributions are recorded in solution/calibration."""
JUMP = 0.2
"""Largest step of a decoder between two codes, as a share of the whole way. Ten networks with five
activations took steps of 0.021 to 0.025 of it. A decoder that looks images up takes the whole way
in one, and one that unpacks pixels from the digits of a number takes steps of any size."""
SCHEDULE = ((1000, 1, 5e-4), (3600, 1, 3e-3))
"""Calls of train(): digits, epochs, learning rate."""
BATCH = 16
"""Digits a step. Half the usual 32: as many steps cost half as much, and steps are what counts."""
SIZES = (20, 20, 10)
"""q1, q2 and k. The lecture's 32, 32, 10 takes longer to the same loss."""
PAIRS, STEPS = 8, 64
"""Pairs of digits between whose codes lines are drawn, and steps on each line."""
HALF = 65504
"""The largest number of 16 bits; codes of a network that did not learn may lie beyond."""
STARTS = 2
"""A right network can get stuck on the black image by an unlucky start; it gets a second one."""


@dataclass(frozen=True)
class Digits:
    """The digits as they lie on disk: images uint8 (N, 28, 28), labels int64 (N,)."""

    train_images: np.ndarray
    train_labels: np.ndarray
    images: np.ndarray
    labels: np.ndarray

    def tensors(self, count, start=0):
        """The first images of the validation part as (count, 1, 28, 28) in [0, 1], and labels."""
        part = slice(start, start + count)
        images = torch.from_numpy(self.images[part].astype(np.float32) / 255)[:, None]
        return images, torch.from_numpy(self.labels[part])


def read_idx(path: Path) -> np.ndarray:
    """An IDX file of unsigned bytes, as http://yann.lecun.com/exdb/mnist describes the format."""
    content = path.read_bytes()
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


@pytest.fixture(scope="session")
def digits(data):
    raw = data / "MNIST" / "raw"
    return Digits(
        train_images=read_idx(raw / "train-images-idx3-ubyte"),
        train_labels=read_idx(raw / "train-labels-idx1-ubyte").astype(np.int64),
        images=read_idx(raw / "t10k-images-idx3-ubyte"),
        labels=read_idx(raw / "t10k-labels-idx1-ubyte").astype(np.int64),
    )


@pytest.fixture
def entries(student):
    """``entries(remote, keys, name=...)``: what a dict of the student's, of any class, holds.

    A collections.defaultdict is a dict too; only exact dicts cross as data, so ask it key by key.
    """

    def look_up(remote, keys, *, name):
        value = student.value(remote)
        if type(value) is not dict:
            found = {key: student.attempt(remote.get, key) for key in keys}
            value = {key: o.value for key, o in found.items() if o.ok and o.value is not None}
        missing = [key for key in keys if key not in value]
        if missing:
            raise CheckFailure(
                f"{name} has the wrong form",
                expected=f"a dict with {', '.join(keys)}",
                actual=f"nothing under {', '.join(missing)}",
            )
        return {key: value[key] for key in keys}

    return look_up


@dataclass(frozen=True)
class Trained:
    """The student's own network after the student's own training loop.

    Images were encoded by one copy of the process. Another process, which has the network's
    parameters and has never seen an image, decoded the codes.
    """

    images: torch.Tensor
    outputs: torch.Tensor
    rounded: torch.Tensor
    """Decoded from codes rounded to 16 bits, 20 bytes an image."""
    path: torch.Tensor
    """(PAIRS, STEPS + 1, 1, 28, 28): decoded on the straight lines between two codes."""
    starts: int
    losses: tuple[tuple[int, float], ...]
    """Steps taken before each call of train(), and the loss then; a picture's, no check's."""
    steps: int
    """Steps taken in all, if one is taken for each batch."""

    @property
    def loss(self):
        """Mean squared error on 800 digits that no training call was given, measured by us."""
        return mean_square(self.outputs - self.images)

    @property
    def rounded_loss(self):
        return mean_square(self.rounded - self.images)

    @property
    def jump(self):
        """Largest change from one step to the next, as a share of that from end to end."""
        steps = self.path.diff(dim=1).flatten(2).norm(dim=2).amax(dim=1)
        whole = (self.path[:, -1] - self.path[:, 0]).flatten(1).norm(dim=1)
        return (steps / whole).median().item()


def mean_square(difference):
    return torch.mean(difference**2, dtype=torch.float64).item()


def turned(images, seed):
    """Images (N, 1, 28, 28), turned by a quarter to either side, or turned and mirrored.

    Networks learn digits in any position equally well. One that comes trained knows them upright,
    and reaches 0.058 to 0.062 on these.
    """
    quarters, mirrored = ((1, False), (3, False), (1, True))[seed % 3]
    images = torch.rot90(images, quarters, dims=(2, 3))
    return images.flip(3) if mirrored else images


def run_training(student, digits, seed):
    """Train the student's network with the student's loop: 288 steps of 16 digits.

    With Adam at 0.001 from the first step on, about half of all ReLU networks saturate their
    sigmoid within a few steps and stay black. A short run at a lower rate prevents it.
    """
    images = torch.from_numpy(digits.train_images[:4000].astype(np.float32) / 255)[:, None]
    images = turned(images, seed)
    labels = torch.from_numpy(digits.train_labels[:4000])
    unseen, unseen_labels = digits.tensors(1000)
    unseen = turned(unseen, seed)
    validation = student.probes.loader(unseen[:200], unseen_labels[:200], 100)
    model = student.keep(student.autoencoder.AutoEncoder, *SIZES)
    steps, losses = 0, []
    for count, epochs, lr in SCHEDULE:
        with student.snapshot() as copy:
            early = copy.probes.evaluate(model, unseen[200:400])
        early = assert_tensor(early, name="the network's output", shape=unseen[200:400].shape)
        losses.append((steps, mean_square(early - unseen[200:400])))
        steps += epochs * -(-count // BATCH)
        loader = student.probes.loader(images[:count], labels[:count], BATCH, shuffle=True)
        student.training.train(model, loader, validation, epochs=epochs, lr=lr)
    state = student.probes.state(model)
    with student.snapshot() as copy:
        codes = copy.probes.evaluate(model.encoder, unseen[200:])
    codes = assert_tensor(codes, name="the codes of 800 digits", shape=(800, SIZES[-1]))
    weights = torch.linspace(0, 1, STEPS + 1)[:, None]
    path = torch.lerp(codes[:PAIRS, None], codes[PAIRS : 2 * PAIRS, None], weights)
    with student.anew() as other:
        twin = other.keep(other.autoencoder.AutoEncoder, *SIZES)
        # Lazily built layers get their shapes here. The output depends on chance: it stays there.
        other.keep(twin, torch.zeros(2, 1, 28, 28))
        other.probes.load_state(twin, state)
        decoded = other.probes.evaluate(
            twin.decoder,
            torch.cat([codes, codes.clamp(-HALF, HALF).half().float(), path.flatten(0, 1)]),
        )
    shape = (2 * 800 + PAIRS * (STEPS + 1), 1, 28, 28)
    decoded = assert_tensor(decoded, name="the images of codes", shape=shape)
    outputs, rounded, path = decoded.split([800, 800, PAIRS * (STEPS + 1)])
    path = path.unflatten(0, (PAIRS, STEPS + 1))
    return Trained(unseen[200:], outputs, rounded, path, 1, tuple(losses), steps)


@pytest.fixture(scope="session")
def trained(session_student, digits, session_seed):
    # A network made anew draws numbers, in this process or in another: hence fresh seeds after it.
    try:
        for start in range(1, STARTS + 1):
            session_student.seed(session_seed + start)
            result = replace(run_training(session_student, digits, session_seed), starts=start)
            if result.loss < THRESHOLD:
                break
        return result
    finally:
        session_student.seed(session_seed)


@dataclass(frozen=True)
class Drawing:
    """A figure of the student's as plain data, and what it should show."""

    figure: dict
    images: np.ndarray
    still_training: bool = True
    graph: bool = False


@pytest.fixture(scope="session")
def reconstruction_drawing(session_student, digits):
    """The student's figure of 100 digits and what a stand-in network makes of them."""
    student = session_student
    model = student.probes.stand_in(28, 4, dropout=0.3)
    images, _ = digits.tensors(100)
    with torch.no_grad():
        twin = stand_in(28, 4, student.probes.state(model), dropout=0.3).eval()
        pairs = torch.stack([images[:, 0], twin(images)[:, 0]], dim=1)
    student.probes.set_training(model, True)
    figure = student.keep(student.figures.reconstruction_figure, model, images)
    return Drawing(
        student.probes.describe_figure(figure),
        pairs.reshape(10, 20, 28, 28).numpy(),
        student.probes.is_training(model),
        any(event["graph"] for event in student.probes.events(model)),
    )


@pytest.fixture(scope="session")
def mixture_drawing(session_student, session_seed):
    """The student's figure of a random grid.

    Every image has a range of its own, so that a grey scale fitted to each image shows.
    """
    generator = torch.Generator().manual_seed(session_seed)
    levels = torch.linspace(0.3, 1, 100).reshape(10, 10, 1, 1, 1)
    grid = levels * torch.rand(10, 10, 1, 28, 28, generator=generator)
    figure = session_student.keep(session_student.figures.mixture_figure, grid)
    return Drawing(session_student.probes.describe_figure(figure), grid[:, :, 0].numpy())
