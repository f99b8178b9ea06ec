"""A hidden layer calls the next one; caches are nested instead of listed."""

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

    def forward(self, x, mode):
        return self._forward(x, mode, 1)

    def _forward(self, x, mode, layer):
        out, affine = affine_forward(x, self.params[f"W{layer}"], self.params[f"b{layer}"])
        if layer == self.layers:
            return out, {"affine": affine}
        own = {"affine": affine}
        if self.batchnorm:
            self.bn_params[layer].update(mode=mode)
            gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
            out, own["norm"] = batchnorm_forward(out, gamma, beta, self.bn_params[layer])
        out, own["relu"] = relu_forward(out)
        if self.dropout != 0:
            out, own["drop"] = dropout_forward(out, self.dropout_param(mode))
        scores, own["next"] = self._forward(out, mode, layer + 1)
        return scores, own

    def backward(self, dscores, cache):
        grads = {}
        self._backward(dscores, cache, 1, grads)
        return grads

    def _backward(self, dscores, cache, layer, grads):
        dx = dscores
        if "next" in cache:
            dx = self._backward(dscores, cache["next"], layer + 1, grads)
            if "drop" in cache:
                dx = dropout_backward(dx, cache["drop"])
            dx = relu_backward(dx, cache["relu"])
            if "norm" in cache:
                dx, dgamma, dbeta = batchnorm_backward(dx, cache["norm"])
                grads |= {f"gamma{layer}": dgamma, f"beta{layer}": dbeta}
        dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dx, cache["affine"])
        return dx
