"""You gave batch normalisation a copy of bn_param in each call, so the running averages are lost
and test mode finds those of the beginning.

Hint: Which dict does batchnorm_forward update, and does the network still have it afterwards?
"""

from itertools import pairwise
from typing import Any

import numpy as np


class Network:
    def __init__(
        self, sizes: tuple[int, ...], batchnorm: bool = False, dropout: float = 0.0, seed: int = 0
    ) -> None:
        self.batchnorm = batchnorm
        self.dropout = dropout
        self.layers = len(sizes) - 1
        self.params: dict[str, Array] = {}
        self.bn_params: dict[int, dict[str, Any]] = {}
        self.rng = np.random.default_rng(seed)
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            w = self.rng.normal(scale=np.sqrt(2 / fan_in), size=(fan_in, fan_out))
            self.params[f"W{layer}"] = w
            self.params[f"b{layer}"] = np.zeros(fan_out)
            if batchnorm and layer < self.layers:
                self.params[f"gamma{layer}"] = np.ones(fan_out)
                self.params[f"beta{layer}"] = np.zeros(fan_out)
                self.bn_params[layer] = {
                    "eps": 1e-5,
                    "momentum": 0.9,
                    "running_mean": np.zeros(fan_out),
                    "running_var": np.zeros(fan_out),
                }

    def dropout_param(self, mode: str) -> dict[str, Any]:
        return {"mode": mode, "p": self.dropout, "seed": int(self.rng.integers(2**32))}

    def forward(self, x: Array, mode: str) -> tuple[Array, Any]:
        caches: list[Any] = []
        for layer in range(1, self.layers):
            x, affine = affine_forward(x, self.params[f"W{layer}"], self.params[f"b{layer}"])
            norm = drop = None
            if self.batchnorm:
                gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
                x, norm = batchnorm_forward(x, gamma, beta, {**self.bn_params[layer], "mode": mode})
            x, relu = relu_forward(x)
            if self.dropout > 0:
                x, drop = dropout_forward(x, self.dropout_param(mode))
            caches.append((affine, norm, relu, drop))
        last = self.layers
        scores, affine = affine_forward(x, self.params[f"W{last}"], self.params[f"b{last}"])
        return scores, (caches, affine)

    def backward(self, dscores: Array, cache: Any) -> dict[str, Array]:
        caches, affine = cache
        grads: dict[str, Array] = {}
        last = self.layers
        dx, grads[f"W{last}"], grads[f"b{last}"] = affine_backward(dscores, affine)
        for layer in range(last - 1, 0, -1):
            affine, norm, relu, drop = caches[layer - 1]
            if self.dropout > 0:
                dx = dropout_backward(dx, drop)
            dx = relu_backward(dx, relu)
            if self.batchnorm:
                dx, grads[f"gamma{layer}"], grads[f"beta{layer}"] = batchnorm_backward(dx, norm)
            dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dx, affine)
        return grads
