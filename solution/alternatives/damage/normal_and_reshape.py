"""Noise from torch.normal, limits by minimum and maximum, means by reshaping."""

import torch


def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    noise = torch.normal(0.0, std, images.shape, dtype=images.dtype, device=images.device)
    noisy = images.clone()
    noisy += noise
    noisy[noisy < 0] = 0
    noisy[noisy > 1] = 1
    return noisy


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    b, c, h, w = images.shape
    blocks = images.reshape(b, c, h // factor, factor, w // factor, factor)
    return blocks.mean(5).mean(3)
