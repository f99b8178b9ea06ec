"""You multiply by the mask in test mode too, where the forward pass has made none.

Hint: What is in your cache after a forward pass in test mode?
"""

from typing import Any


def dropout_backward(dout: Array, cache: Any) -> Array:
    return dout * cache
