"""You return a random image whatever the index is.

Hint: What do two draws of the same index have to have in common?
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
        image, label = self.dataset[int(torch.randint(len(self.dataset), (1,)))]
        return self.transform(image), label
