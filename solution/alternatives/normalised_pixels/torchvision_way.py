"""Pixels are normalised first and flattened afterwards, with tensors for mean and deviation."""

import torch


def normalise(images: torch.Tensor) -> torch.Tensor:
    mean, std = images.new_tensor(MEAN), images.new_tensor(STD)
    return ((images - mean) / std).view(images.shape[0], -1)


def denormalise(rows: torch.Tensor, height: int = 28, width: int = 28) -> torch.Tensor:
    return rows.mul(STD).add(MEAN).view(len(rows), 1, height, width)
