"""You convolved dout once more with the same kernel, not turned around; that is the gradient only
if the kernel looks the same upside down.

Hint: Compare with central differences for a kernel of random numbers.
"""


def conv_backward(
    dout: Array, kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    turned = conv_matrix(kernel[::-1, ::-1], shape, stride, padding)
    return (turned.T @ dout.ravel()).reshape(shape)
