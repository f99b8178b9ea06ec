"""The product with the transposed matrix of the convolution."""


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    shape = tuple(
        transposed_size(n, k, stride, padding, output_padding)
        for n, k in zip(x.shape, kernel.shape, strict=True)
    )
    return (conv_matrix(kernel, shape, stride, padding).T @ x.ravel()).reshape(shape)
