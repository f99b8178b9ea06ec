"""You let the gradient through where a value was kept but forgot the factor that the forward pass
applied to it.

Hint: If the output is 4/3 of the input, how much does it change when the input moves by h?
"""

from typing import Any


def dropout_backward(dout: Array, cache: Any) -> Array:
    return dout if cache is None else dout * (cache > 0)
