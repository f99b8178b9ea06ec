"""You compared with a decoder that has no output padding at all, so that what is missing after one
layer is counted again after the next.

Hint: With the padding of the first layer in place, what is missing after the second?
"""


def output_paddings(shape: Shape, layers: list[Layer]) -> list[tuple[int, int]]:
    there = encoder_shapes(shape, layers)[::-1]
    back = decoder_shapes(shape, layers)
    return [(a[1] - b[1], a[2] - b[2]) for a, b in zip(there[1:], back[1:], strict=True)]
