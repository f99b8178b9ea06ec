"""You computed the height and took the width to be the same.

Hint: Try an image of 28 by 30 pixels.
"""


def encoder_shapes(shape: Shape, layers: list[Layer]) -> list[Shape]:
    shapes = [shape]
    for layer in layers:
        channels, height, _ = shapes[-1]
        size = conv_size(
            height, layer["kernel"], layer["stride"], layer["padding"], layer["dilation"]
        )
        shapes.append((channels if layer["channels"] is None else layer["channels"], size, size))
    return shapes
