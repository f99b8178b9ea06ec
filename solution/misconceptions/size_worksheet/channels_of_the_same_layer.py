"""You gave each layer of the decoder the channels that its convolution gives; it has to give those
that the convolution got.

Hint: With how many channels must the last layer of the decoder end?
"""


def decoder_shapes(
    shape: Shape, layers: list[Layer], paddings: list[tuple[int, int]] | None = None
) -> list[Shape]:
    there = encoder_shapes(shape, layers)
    shapes = [there[-1]]
    extra = [(0, 0)] * len(layers) if paddings is None else paddings
    for layer, after, (down, across) in zip(layers[::-1], there[:0:-1], extra, strict=True):
        _, height, width = shapes[-1]
        options = (layer["kernel"], layer["stride"], layer["padding"])
        height = transposed_size(height, *options, down, layer["dilation"])
        width = transposed_size(width, *options, across, layer["dilation"])
        shapes.append((after[0], height, width))
    return shapes
