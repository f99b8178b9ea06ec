"""The unit upsampling.py: its reference, its stubs, a half-right sample and all its variants."""

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

HALF_RIGHT = """
def nearest_backward(dout: Array, factor: int) -> Array:
    return dout[:, :, ::factor, ::factor].copy()


def nails_backward(dout: Array, factor: int) -> Array:
    raise ValueError("I do not know how to go back")


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    position = np.linspace(0, size - 1, factor * size)
    return np.maximum(1 - np.abs(position[:, None] - np.arange(size)), 0)


def max_pool_forward(x: Array, size: int) -> tuple[Array, Indices]:
    samples, channels, rows, columns = x.shape
    windows = x.reshape(samples, channels, rows // size, size, columns // size, size)
    windows = windows.swapaxes(3, 4).reshape(*windows.shape[:3], columns // size, size * size)
    best = windows.argmax(axis=4)
    row = np.arange(rows // size)[:, None] * size + best // size
    return windows.max(axis=4), row * columns + np.arange(columns // size) * size + best % size


def max_unpool_backward(dout: Array, indices: Indices) -> Array:
    return dout
"""
"""Forward functions that work for what the lectures show, most gradients missing or wrong."""

USES = {"bilinear": ("interpolation",)}
"""Tasks whose functions others call: these lose points along with them."""


class TestUpsampling(UnitTests):
    name = "upsampling"
    points = 25
    half_right = HALF_RIGHT
    half_points = {
        "nearest": 2.29,
        "bed_of_nails": 1.5,
        "interpolation": 2.86,
        "bilinear": 2.67,
        "pool_indices": 1.5,
        "reversed_pooling": 2.0,
    }
    uses = USES
