"""You took every kernel that is no smaller than the stride to be written evenly; then no pixel is
left out, but some are written more often than others.

Hint: Count for kernel 3 and stride 2.
"""


def is_even(kernel: int, stride: int) -> bool:
    return kernel >= stride
