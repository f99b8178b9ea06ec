"""You averaged the gradient over each block; the loss depends on every pixel of the block, so the
gradients add up.

Hint: If all four pixels of a block rise by 1, by how much does the sum of the output rise?
"""


def nearest_backward(dout: Array, factor: int) -> Array:
    samples, channels, rows, columns = dout.shape
    blocks = (samples, channels, rows // factor, factor, columns // factor, factor)
    return dout.reshape(blocks).mean(axis=(3, 5))
