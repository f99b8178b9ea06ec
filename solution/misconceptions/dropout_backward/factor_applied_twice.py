"""You applied the factor 1 / (1 - p) twice on the way back: the mask holds it already.

Hint: What are the values of the mask in your cache, other than 0?
"""

from typing import Any


def dropout_backward(dout: Array, cache: Any) -> Array:
    return dout if cache is None else dout * cache * cache.max()
