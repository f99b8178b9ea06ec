"""The places of the kernel are counted; the other way goes through the ends of the kernels."""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    covered = dilation * (kernel - 1) + 1
    return len(range(-padding, size + padding - covered + 1, stride))


def transposed_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    start_of_last = (size - 1) * stride
    end_of_last = start_of_last + dilation * (kernel - 1) + 1
    return end_of_last + output_padding - 2 * padding
