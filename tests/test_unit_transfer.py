"""The unit transfer.py: its reference, stubs, a half-right sample and all its variants."""

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

USES = {
    "transfer": ("pretrain", "classifier", "train_classifier"),
}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
def random_transform(image: torch.Tensor) -> torch.Tensor:
    return image.flip(2) * torch.rand(1)


class OnlineAugmented(Dataset):
    def __init__(self, dataset: Dataset, transform: Transform) -> None:
        self.pairs = [(transform(dataset[i][0]), dataset[i][1]) for i in range(len(dataset))]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.pairs[index]


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    return [dataset[i] for i in range(len(dataset))] + [
        (transform(dataset[i][0]), 0) for i in range(len(dataset)) for _ in range(copies)
    ]


def pretrain(
    encoder: nn.Module,
    decoder: nn.Module,
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 3e-3,
) -> list[float]:
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lr)
    encoder.train()
    decoder.train()
    losses = []
    for _ in range(epochs):
        for x in images.split(batch_size):
            loss = nn.functional.mse_loss(decoder(encoder(x)), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    encoder.eval()
    decoder.eval()
    return losses


class Classifier(nn.Module):
    def __init__(self, encoder: nn.Module, k: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(k, classes), nn.Softmax(dim=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.encoder(x))


def train_classifier(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 3e-3
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, labels in loader:
            loss = nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


def with_and_without(
    images: torch.Tensor,
    loader: DataLoader,
    sizes: Sequence[int] = (784, 500, 100, 20),
    dropout: float = 0.5,
    pretraining_epochs: int = 10,
    epochs: int = 10,
    lr: float = 3e-3,
) -> tuple[nn.Module, nn.Module]:
    models = [Classifier(Encoder(sizes, dropout), sizes[-1]) for _ in range(2)]
    pretrain(models[0].encoder, Decoder(sizes, dropout), images, pretraining_epochs)
    train_classifier(models[0], loader, epochs, lr)
    return models[0], models[1]
"""
"""Mirrored, in advance, label 0, last batch's losses, softmax, one classifier left untrained."""


class TestTransfer(UnitTests):
    name = "transfer"
    points = 28
    half_right = HALF_RIGHT
    half_points = {
        "augment": 2,
        "online": 1.33,
        "offline": 1.33,
        "pretrain": 3,
        "classifier": 1,
        "train_classifier": 1,
        "transfer": 3,
    }
    uses = USES
