"""The unit conv_deep.py: its reference, its stubs, a half-right sample and all its variants."""

import re
import subprocess
import sys

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

USES = {"train_deep": ("deep_encoder", "deep_decoder")}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
class StridedAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c1, 3, 2, 1), nn.ReLU(), nn.Conv2d(c1, c2, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(c2, c3, 7),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(c3, c2, 7), nn.ConvTranspose2d(c2, c1, 3, 2, 1, 1), nn.ReLU(),
            nn.ConvTranspose2d(c1, 1, 3, 2, 1, 1), nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class DeepEncoder(nn.Module):
    def __init__(
        self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise((channels, *widths)):
            layers += [nn.Conv2d(before, after, 2, 2), nn.ReLU(), nn.BatchNorm2d(after)]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1], latent))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


class DeepDecoder(nn.Module):
    def __init__(
        self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Linear(latent, widths[-1]),
            nn.Unflatten(1, (widths[-1], 1, 1)),
        ]
        for before, after in pairwise((*reversed(widths), channels)):
            layers += [nn.ConvTranspose2d(before, after, 2, 2), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)


class PoolingAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.down = nn.ModuleList(
            [nn.Conv2d(1, c1, 3, padding=1), nn.Conv2d(c1, c2, 3, padding=1), nn.Conv2d(c2, c3, 7)]
        )
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(c3, c2, 7),
                nn.ConvTranspose2d(c2, c1, 3, padding=1),
                nn.ConvTranspose2d(c1, 1, 3, padding=1),
            ]
        )

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        indices = []
        for layer in self.down[:2]:
            x, where = nn.functional.max_pool2d(layer(x).relu(), 2, return_indices=True)
            indices.append(where)
        return self.down[2](x), indices

    def decode(self, code: torch.Tensor, indices: Sequence[torch.Tensor]) -> torch.Tensor:
        x = nn.functional.interpolate(self.up[0](code).relu(), scale_factor=2)
        x = nn.functional.interpolate(self.up[1](x).relu(), scale_factor=2)
        return self.up[2](x).sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(*self.encode(x))


def train_deep(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 1e-3
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, _ in loader:
            loss = nn.functional.mse_loss(model(images), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses
"""
"""Shapes right, one activation or the order of layers wrong; upsampling in place of unpooling."""


def hasten(unit):
    """Let the training run be two steps long, and its threshold one that all pass."""
    checks = unit.solution / "checks" / "public" / "test_conv_deep.py"
    text, count = re.subn(
        r"(?m)^TRAINING, UNSEEN, BATCH = .*$", "TRAINING, UNSEEN, BATCH = 64, 20, 32",
        checks.read_text(),
    )  # fmt: skip
    text, again = re.subn(r"(?m)^THRESHOLD = .*$", "THRESHOLD = 1e9", text)
    assert (count, again) == (1, 1)
    checks.write_text(text)


COUNT = """
import sys
sys.path.insert(0, sys.argv[1])
import conv_deep
model = conv_deep.DeepAutoEncoder()
for part in (model.encoder, model.decoder, model):
    print(sum(p.numel() for p in part.parameters()))
"""


class TestConvDeep(UnitTests):
    name = "conv_deep"
    points = 28
    half_right = HALF_RIGHT
    half_points = {
        "strided_autoencoder": 4.5,
        "pooling_autoencoder": 3.33,
        "deep_encoder": 3.33,
        "deep_decoder": 4.67,
        "train_deep": 2.5,
    }
    uses = USES
    hasten = staticmethod(hasten)

    def test_the_full_size_network_has_the_lectures_14_1_million_parameters(self, unit):
        done = subprocess.run(
            [sys.executable, "-c", COUNT, str(unit.solution)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert [int(line) for line in done.stdout.split()] == [7_062_880, 7_060_777, 14_123_657]
