"""Forward collects, for each step, a function that goes back through it; backward calls them in
reverse.
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

    def forward(self, x, mode):
        steps = []
        for layer in range(1, self.layers + 1):
            x, cache = affine_forward(x, self.params[f"W{layer}"], self.params[f"b{layer}"])
            steps.append((affine_backward, cache, (f"W{layer}", f"b{layer}")))
            if layer == self.layers:
                break
            if self.batchnorm:
                param = self.bn_params[layer]
                param["mode"] = mode
                names = (f"gamma{layer}", f"beta{layer}")
                x, cache = batchnorm_forward(x, *(self.params[name] for name in names), param)
                steps.append((batchnorm_backward, cache, names))
            x, cache = relu_forward(x)
            steps.append((relu_backward, cache, ()))
            if self.dropout:
                x, cache = dropout_forward(x, self.dropout_param(mode))
                steps.append((dropout_backward, cache, ()))
        return x, steps

    def backward(self, dscores, cache):
        grads, dx = {}, dscores
        for function, own, names in reversed(cache):
            result = function(dx, own)
            dx, *rest = result if names else (result,)
            grads.update(zip(names, rest, strict=True))
        return grads
