"""What the checks of several units share: real digits, and one training run."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

EPOCHS = 4
"""Epochs of the shared training run: 500 steps of 32 on the embedded digits."""


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


@dataclass(frozen=True)
class Trained:
    """The student's own network after the student's own training loop."""

    model: object
    history: object
    outputs: torch.Tensor
    images: torch.Tensor

    @property
    def loss(self):
        """Mean squared error on the 1,000 validation digits, measured by us."""
        return torch.mean((self.outputs - self.images) ** 2, dtype=torch.float64).item()


@pytest.fixture(scope="session")
def trained(session_student, digits):
    student = session_student
    images = torch.from_numpy(digits.train_images[:4000].astype(np.float32) / 255)[:, None]
    labels = torch.from_numpy(digits.train_labels[:4000])
    unseen, unseen_labels = digits.tensors(1000)
    model = student.keep(student.autoencoder.AutoEncoder, 32, 32, 10)
    history = student.training.train(
        model,
        student.probes.loader(images, labels, 32, shuffle=True),
        student.probes.loader(unseen, unseen_labels, 100),
        epochs=EPOCHS,
        lr=1e-3,
    )
    return Trained(model, history, student.probes.evaluate(model, unseen), unseen)
