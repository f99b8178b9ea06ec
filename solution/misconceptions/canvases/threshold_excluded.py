"""You left out pixels that are exactly as bright as the threshold.

Hint: "At least" is which sign?
"""

import torch


def make_canvas(
    digits: torch.Tensor,
    classes: torch.Tensor,
    places: torch.Tensor,
    size: tuple[int, int],
    threshold: float = 0.5,
) -> tuple[torch.Tensor, torch.Tensor]:
    height, width = digits.shape[1:]
    image = digits.new_zeros(size[0] + 2 * height, size[1] + 2 * width)  # a margin on all sides
    target = torch.zeros(image.shape, dtype=torch.int64)
    for digit, label, (row, column) in zip(digits, classes, places.tolist(), strict=True):
        top = min(max(row, -height), size[0]) + height
        left = min(max(column, -width), size[1]) + width
        window = slice(top, top + height), slice(left, left + width)
        image[window] = torch.maximum(image[window], digit)
        target[window][digit > threshold] = label
    inside = slice(height, height + size[0]), slice(width, width + size[1])
    return image[inside][None].clone(), target[inside].clone()
