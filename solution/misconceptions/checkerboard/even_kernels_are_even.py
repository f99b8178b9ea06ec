"""You took kernels of an even size to be written evenly; what matters is whether the stride divides
the kernel.

Hint: Count for kernel 3 and stride 3, and for kernel 4 and stride 3.
"""


def is_even(kernel: int, stride: int) -> bool:
    return kernel % 2 == 0 or stride == 1
