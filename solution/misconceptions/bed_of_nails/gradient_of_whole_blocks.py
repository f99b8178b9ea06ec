"""You added the gradients of whole blocks, as for nearest neighbour; the zeros of a block do not
depend on the input.

Hint: If a pixel of the input rises by 1, which pixels of the output change?
"""


def nails_backward(dout: Array, factor: int) -> Array:
    samples, channels, rows, columns = dout.shape
    blocks = (samples, channels, rows // factor, factor, columns // factor, factor)
    return dout.reshape(blocks).sum(axis=(3, 5))
