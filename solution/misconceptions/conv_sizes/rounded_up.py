"""You rounded up where the kernel does not fit once more; pixels left over are left out.

Hint: On how many places does a kernel of 2 fit into five pixels, two apart?
"""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return -(-(size + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1
