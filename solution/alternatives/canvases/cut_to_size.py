"""Both windows are cut to what they have in common; no margin is needed."""

import torch


def make_canvas(
    digits: torch.Tensor,
    classes: torch.Tensor,
    places: torch.Tensor,
    size: tuple[int, int],
    threshold: float = 0.5,
) -> tuple[torch.Tensor, torch.Tensor]:
    rows, columns = size
    image = torch.zeros(1, rows, columns, dtype=digits.dtype)
    target = torch.zeros(rows, columns).long()
    for number in range(len(digits)):
        top, left = (int(place) for place in places[number])
        part = digits[number, max(-top, 0) : max(rows - top, 0), max(-left, 0) :]
        part = part[:, : max(columns - max(left, 0), 0)]
        if part.numel() == 0:
            continue
        below, right = max(top, 0) + part.shape[0], max(left, 0) + part.shape[1]
        old = image[0, max(top, 0) : below, max(left, 0) : right]
        image[0, max(top, 0) : below, max(left, 0) : right] = torch.where(part > old, part, old)
        labels = target[max(top, 0) : below, max(left, 0) : right]
        labels[part >= threshold] = classes[number]
    return image, target
