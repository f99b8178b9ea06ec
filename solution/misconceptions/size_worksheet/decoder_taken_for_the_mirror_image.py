"""You turned the encoder's list around; without output padding a decoder does not meet these sizes.

Hint: 7 shrinks to 3. To what does 3 grow with kernel 2 and stride 2?
"""


def decoder_shapes(
    shape: Shape, layers: list[Layer], paddings: list[tuple[int, int]] | None = None
) -> list[Shape]:
    return encoder_shapes(shape, layers)[::-1]
