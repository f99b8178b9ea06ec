"""You asked whether the kernel divides the stride; it is the other way round.

Hint: Count for kernel 4 and stride 2.
"""


def is_even(kernel: int, stride: int) -> bool:
    return stride % kernel == 0
