"""The unit fully_connected.py: its reference, stubs, a half-right sample and all its variants."""

import re

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

CHECKS = "solution/checks/public/test_fully_connected.py"
USES = {
    "train_fc": ("normalised_pixels", "deep_fc"),
    "latent_sweep": ("normalised_pixels", "shallow", "train_fc"),
}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
def denormalise(rows: torch.Tensor, height: int = 28, width: int = 28) -> torch.Tensor:
    return (rows * STD + MEAN).clamp(0, 1).reshape(-1, 1, height, width)


class Shallow(nn.Module):
    def __init__(self, hidden: int, pixels: int = 784) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(hidden, pixels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class Deep(nn.Module):
    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        encoder: list[nn.Module] = []
        for before, after in pairwise(sizes):
            encoder += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout)]
        self.encoder = nn.Sequential(*encoder)
        decoder: list[nn.Module] = []
        for before, after in pairwise(sizes[::-1]):
            decoder += [nn.Linear(before, after), nn.ReLU()]
        self.decoder = nn.Sequential(*decoder[:-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


def loss_floor(x: torch.Tensor) -> float:
    return torch.mean((x - nearest_reachable(x))[x > 1] ** 2).item()


def train_fc(
    model: nn.Module,
    loader: DataLoader,
    epochs: int = 25,
    lr: float = 1e-3,
    weight_decay: float = 1e-5,
    watched: torch.Tensor | None = None,
    every: int = 5,
) -> tuple[list[float], list[torch.Tensor]]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    losses, snapshots = [], []
    for epoch in range(1, epochs + 1):
        for images, _ in loader:
            x = normalise(images)
            loss = nn.functional.mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        if watched is not None and epoch % every == 0:
            model.eval()
            snapshots.append(model(normalise(watched)).detach())
    return losses, snapshots


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 1e-3
) -> tuple[list[nn.Module], list[list[float]]]:
    models = [Shallow(width) for width in widths]
    return models, [train_fc(model, loader, epochs)[0] for model in models]


def snapshots_figure(
    images: torch.Tensor, snapshots: Sequence[torch.Tensor], every: int = 5
) -> Figure:
    return draw_grid("Snapshots", [images, *snapshots], ["input", *"abcdefgh"[: len(snapshots)]],
                     across=False)
"""
"""Cut off; no Tanh; no batch norm; one side of the floor; the last batch; lr not passed on."""


def hasten(unit):
    """Let the training runs be two steps long, and their thresholds such that all pass."""
    checks = unit.folder / CHECKS
    text = checks.read_text()
    for name, value in (
        ("TRAINING, UNSEEN, BATCH", "80, 20, 40"),
        ("SWEEP_TRAINING, SWEEP_BATCH, SWEEP_EPOCHS, SWEEP_LR", "80, 40, 1, 1e-3"),
        ("THRESHOLD", "1e9"),
        ("DROP", "-1e9"),
        ("WIDEST", "1e9"),
    ):
        text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        assert count == 1
    checks.write_text(text)


class TestFullyConnected(UnitTests):
    name = "fully_connected"
    points = 30
    half_right = HALF_RIGHT
    half_points = {
        "normalised_pixels": 1.5,
        "shallow": 2,
        "deep_fc": 3.75,
        "loss_floor": 1.6,
        "train_fc": 2.25,
        "latent_sweep": 3,
        "fc_figures": 3,
    }
    uses = USES
    hasten = staticmethod(hasten)
