"""You apply the transform to its own result.

Hint: How often is the transform called for one draw?
"""

import torch
from torch.utils.data import Dataset


class OnlineAugmented(Dataset):
    def __init__(self, dataset: Dataset, transform: Transform) -> None:
        self.dataset = dataset
        self.transform = transform

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        image, label = self.dataset[index]
        return self.transform(self.transform(image)), label
