"""You let the gradient through where values were dropped and stopped it where they were kept.

Hint: Compare the places where your dx is 0 with those where the output is 0.
"""

from typing import Any


def dropout_backward(dout: Array, cache: Any) -> Array:
    return dout if cache is None else dout * (cache == 0) * cache.max()
