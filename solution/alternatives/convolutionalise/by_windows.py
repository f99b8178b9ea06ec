"""The state is loaded in one go, and windows go through the linear layer itself."""

import torch
from torch import nn


def linear_to_conv(linear: nn.Linear, kernel_size: int = 1) -> nn.Conv2d:
    outputs, inputs = linear.weight.shape
    conv = nn.Conv2d(
        inputs // kernel_size**2,
        outputs,
        (kernel_size, kernel_size),
        bias=linear.bias is not None,
        dtype=linear.weight.dtype,
        device=linear.weight.device,
    )
    state = {name: p.detach().clone() for name, p in linear.named_parameters()}
    state["weight"] = state["weight"].unflatten(1, (-1, kernel_size, kernel_size))
    conv.load_state_dict(state)
    return conv


def dense_scores(linear: nn.Linear, features: torch.Tensor) -> torch.Tensor:
    k = 1
    while features.shape[1] * k * k < linear.in_features:
        k += 1
    windows = features.unfold(2, k, 1).unfold(3, k, 1)  # (B, C, rows, columns, k, k)
    rows = windows.permute(0, 2, 3, 1, 4, 5).flatten(3)
    return linear(rows).permute(0, 3, 1, 2)
