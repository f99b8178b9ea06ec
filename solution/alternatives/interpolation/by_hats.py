"""The weight of a pixel is a hat around it: 1 minus the distance, and nothing from 1 on."""

import numpy as np


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    i = np.arange(factor * size)
    if align_corners:
        position = i * (size - 1) / max(factor * size - 1, 1)
    else:
        position = np.clip((i + 0.5) / factor - 0.5, 0, size - 1)
    return np.maximum(1 - np.abs(position[:, None] - np.arange(size)), 0)
