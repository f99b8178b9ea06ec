"""Copies of the encoder's mode by module, and neighbours in NumPy."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader


@torch.inference_mode()
def face_codes(encoder: nn.Module, loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    mode = encoder.training
    pairs = [(encoder.train(False)(images), labels) for images, labels in loader]
    encoder.train(mode)
    codes, labels = zip(*pairs, strict=True)
    return torch.cat(codes).clone(), torch.cat(labels)


def separation(codes: torch.Tensor, labels: torch.Tensor) -> float:
    points, kinds = codes.double().numpy(), labels.numpy()
    hits = 0
    for i in range(len(points)):
        rest = np.delete(np.arange(len(points)), i)
        nearest = rest[np.argmin(np.sum((points[rest] - points[i]) ** 2, axis=1))]
        hits += kinds[nearest] == kinds[i]
    return float(hits / len(points))
