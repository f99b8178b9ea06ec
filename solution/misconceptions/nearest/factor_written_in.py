"""Your gradient holds for factor 2 only: the factor is written in instead of taken from the
argument.

Hint: Try factor 3 with an image of 2 by 3 pixels.
"""


def nearest_backward(dout: Array, factor: int) -> Array:
    return (
        dout[:, :, ::factor, ::factor]
        + dout[:, :, 1::factor, ::factor]
        + dout[:, :, ::factor, 1::factor]
        + dout[:, :, 1::factor, 1::factor]
    )
