"""You transform the images once, when the data set is made; online means at each draw.

Hint: When does your code call the transform?
"""

import torch
from torch.utils.data import Dataset


class OnlineAugmented(Dataset):
    def __init__(self, dataset: Dataset, transform: Transform) -> None:
        self.pairs = [(transform(dataset[i][0]), dataset[i][1]) for i in range(len(dataset))]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.pairs[index]
