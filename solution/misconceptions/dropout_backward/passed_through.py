"""You passed the gradient through unchanged; a value that was dropped had no influence on the loss.

Hint: What should the gradient be where the output is 0 whatever the input was?
"""

from typing import Any


def dropout_backward(dout: Array, cache: Any) -> Array:
    return dout
