"""You added the gradients of whole windows; only the pixel that was written depends on the input.

Hint: The zeros of the output stay 0 whatever x is.
"""


def max_unpool_backward(dout: Array, indices: Indices) -> Array:
    samples, channels, down, across = indices.shape
    factor = dout.shape[2] // down
    whole = dout[:, :, : down * factor, : across * factor]
    return whole.reshape(samples, channels, down, factor, across, factor).sum(axis=(3, 5))
