"""You counted the numbers of the input; flatten comes after the last layer of the encoder.

Hint: Which entry of your list of shapes does flatten get?
"""


def nodes_after_flatten(shape: Shape, layers: list[Layer]) -> int:
    channels, height, width = shape
    return channels * height * width
