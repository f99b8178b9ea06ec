"""A light assignment of two tasks, and a class that submits it."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

MANIFEST = """
id = "light"
title = "A light assignment"
[limits]
check_s = 20
[[units]]
module = "light.py"
title = "Light"
tasks = [
  { id = "batchnorm_forward", title = "Batch normalisation, forward", points = 6 },
  { id = "encoder", title = "Encoder: image to code", points = 4 },
]
"""

SOLUTION = '''
import numpy as np
import torch
from torch import nn


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """Normalise the columns of x (N, D)."""
    # BEGIN SOLUTION batchnorm_forward
    mean, variance = x.mean(axis=0), x.var(axis=0)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta
    # END SOLUTION


class Encoder(nn.Module):
    """Images (B, 1, 28, 28) to codes (B, K)."""

    def __init__(self, q1, q2, k):
        super().__init__()
        # BEGIN SOLUTION encoder
        self.layers = nn.Sequential(
            nn.Conv2d(1, q1, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(q1, q2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(49 * q2, k),
        )
        # END SOLUTION

    def forward(self, x):
        return self.layers(x)
'''

CHECKS = '''
import numpy as np
import pytest
import torch
from grader.checks import assert_array, assert_tensor


@pytest.mark.task("batchnorm_forward", weight=1)
def test_values(student, rng):
    """Columns are normalised, scaled and shifted."""
    x, gamma, beta = rng.normal(3, 2, (40, 7)), rng.normal(size=7), rng.normal(size=7)
    expected = gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) + beta
    out = student.light.batchnorm_forward(x, gamma, beta)
    assert_array(out, expected, name="batchnorm_forward(x)", rtol=1e-9, atol=1e-9)


@pytest.mark.task("encoder", weight=1)
def test_shape(student, torch_rng):
    """Every image becomes a code of k numbers."""
    encoder = student.keep(student.light.Encoder, 6, 9, 5)
    code = encoder(torch.rand(3, 1, 28, 28, generator=torch_rng))
    assert_tensor(code, name="Encoder(6, 9, 5)(x)", shape=(3, 5))
'''

STYLES = {
    "right": lambda text: text,
    "biased": lambda text: text.replace("x.var(axis=0)", "x.var(axis=0, ddof=1)"),
    "no_pool": lambda text: text.replace(", nn.MaxPool2d(2)", "", 1),
    "axis": lambda text: text.replace("mean(axis=0)", "mean(axis=1)"),
}
"""What students write: one right, three wrong."""


def write_solution(folder: Path) -> None:
    """Write the assignment's solution and checks."""
    (folder / "checks" / "public").mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST)
    (folder / "light.py").write_text(SOLUTION)
    (folder / "checks" / "public" / "test_light.py").write_text(CHECKS)


def write_class(folder: Path, count: int) -> list[Path]:
    """Write submissions, each a little different; their folders."""
    made = []
    for number in range(count):
        style = [*STYLES.values()][number % len(STYLES)]
        place = folder / f"student{number:04}"
        place.mkdir(parents=True)
        (place / "light.py").write_text(f"# student {number}\n" + style(SOLUTION))
        made.append(place)
    return made
