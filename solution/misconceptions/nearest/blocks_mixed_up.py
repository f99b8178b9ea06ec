"""You cut the gradient into pieces of neighbouring rows and columns in another order than the
forward pass made them: the pixels of a block do not lie side by side in memory.

Hint: Into which shape must dout be brought so that a block has two axes of its own?
"""


def nearest_backward(dout: Array, factor: int) -> Array:
    samples, channels, rows, columns = dout.shape
    small = (samples, channels, rows // factor, columns // factor)
    return dout.reshape(*small, factor * factor).sum(axis=4)
