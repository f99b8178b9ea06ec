"""The transform in one line, the label as a number."""

import torch
from torch.utils.data import Dataset


class OnlineAugmented(Dataset):
    def __init__(self, dataset: Dataset, transform: Transform) -> None:
        super().__init__()
        self.base, self.change = dataset, transform

    def __len__(self) -> int:
        return self.base.__len__()

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        pair = self.base[index]
        return self.change(pair[0]), int(pair[1])
