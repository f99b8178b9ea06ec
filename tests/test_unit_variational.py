"""The unit variational.py: its reference, its stubs, a half-right sample and all its variants."""

import re

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

USES = {
    "vae_network": ("reparameterise",),
    "train_vae": ("reparameterise", "vae_network", "vae_loss"),
}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
def reparameterise(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    return mu + torch.exp(logvar) * torch.randn_like(mu)


class ConvVAE(nn.Module):
    def __init__(
        self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3
    ) -> None:
        super().__init__()
        down: list[nn.Module] = []
        for before, after in pairwise((channels, *widths)):
            down += [nn.Conv2d(before, after, 2, 2), nn.BatchNorm2d(after), nn.ReLU()]
        self.trunk = nn.Sequential(*down, nn.Flatten())
        self.fc1 = nn.Linear(widths[-1], latent)
        self.fc2 = nn.Linear(widths[-1], latent)
        up: list[nn.Module] = [nn.Linear(latent, widths[-1]), nn.Unflatten(1, (widths[-1], 1, 1))]
        for before, after in pairwise((*reversed(widths), channels)):
            up += [nn.ConvTranspose2d(before, after, 2, 2), nn.BatchNorm2d(after), nn.ReLU()]
        self.decoder = nn.Sequential(*up[:-1], nn.Sigmoid())

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.trunk(x)
        return self.fc1(features), self.fc2(features)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        mu, logvar = self.encode(x)
        z = reparameterise(mu, logvar) if self.training else mu
        return self.decoder(z), mu, logvar


def vae_loss(
    reconstruction: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    error = ((reconstruction - x) ** 2).sum()
    kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum()
    return error + kl, error, kl


def train_vae(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 1e-3
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    errors = []
    for _ in range(epochs):
        for images, _ in loader:
            output, mu, logvar = model(images)
            loss, error, _ = vae_loss(output, images, mu, logvar)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        errors.append(error.item())
    return errors


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    with torch.no_grad():
        return decoder(torch.rand(count, latent))
"""
"""The variance for its root, the mean decoded in evaluation, the paper's sum, the last batch."""


def hasten(unit):
    """Let the training run be two steps long, and its threshold one that all pass."""
    checks = unit.solution / "checks" / "public" / "test_variational.py"
    text, count = re.subn(
        r"(?m)^TRAINING, UNSEEN, BATCH = .*$", "TRAINING, UNSEEN, BATCH = 64, 20, 32",
        checks.read_text(),
    )  # fmt: skip
    text, again = re.subn(r"(?m)^THRESHOLD = .*$", "THRESHOLD = 1e9", text)
    assert (count, again) == (1, 1)
    checks.write_text(text)


class TestVariational(UnitTests):
    name = "variational"
    points = 28
    half_right = HALF_RIGHT
    half_points = {
        "reparameterise": 2,
        "vae_network": 4.38,
        "vae_loss": 3,
        "train_vae": 3.33,
        "vae_pictures": 4,
    }
    uses = USES
    hasten = staticmethod(hasten)
