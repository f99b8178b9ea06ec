"""You listed the output paddings in the order of the encoder; the decoder goes through its layers
in the reverse order.

Hint: Which layer of the decoder comes first?
"""


def output_paddings(shape: Shape, layers: list[Layer]) -> list[tuple[int, int]]:
    there = encoder_shapes(shape, layers)[::-1]
    found = []
    for layer, small, large in zip(layers[::-1], there, there[1:], strict=False):
        options = (layer["kernel"], layer["stride"], layer["padding"], 0, layer["dilation"])
        height, width = (transposed_size(size, *options) for size in small[1:])
        found.append((large[1] - height, large[2] - width))
    return found[::-1]
