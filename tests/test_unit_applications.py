"""The unit applications.py: its reference, its stubs, a half-right sample and all its variants."""

import re

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

TRAINING = "test_applications_training.py"
USES = {
    "denoise": ("damage", "restore"),
    "super_resolution": ("damage", "restore"),
    "anomalies": ("restore",),
}
"""Tasks whose checks train with others' functions: these may lose points along with them."""
METRICS = {
    "denoising": "DENOISING",
    "super_resolution": "RESOLUTION",
    "wrong_order": "ANOMALIES",
    "scrambled": "SCRAMBLED",
}
"""The constant of each measured quantity."""
HALF_RIGHT = """
def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    return torch.clamp(images + std * torch.randn_like(images), 0, 1)


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    return images[:, :, ::factor, ::factor]


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).mean(dim=(1, 2, 3))
    return 10 * torch.log10(peak / errors)


def train_restorer(
    model: nn.Module,
    loader: DataLoader,
    damage: Callable[[torch.Tensor], torch.Tensor],
    epochs: int = 10,
    lr: float = 1e-3,
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, _ in loader:
            loss = nn.functional.mse_loss(model(damage(images)), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


class Denoiser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 1, 1), nn.Flatten())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x).reshape(x.shape)


class SuperResolver(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def restoration_figure(rows: Mapping[str, torch.Tensor]) -> Figure:
    figure = Figure()
    axes = figure.subplots(len(rows), len(next(iter(rows.values()))), squeeze=False)
    for line, images in zip(axes, rows.values(), strict=True):
        for ax, image in zip(line, images, strict=True):
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1)
            ax.axis("off")
    return figure


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        return ((model(images) - images) ** 2).mean(dim=(1, 2, 3))


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    won = (scores[anomalous][:, None] > scores[~anomalous]).float()
    return won.mean().item()
"""
"""One pixel of each block, the peak not squared, the last batch, no neighbours, no names, no code,
no ties."""


def hasten(unit):
    """Let the training runs be two steps long, and their thresholds ones that all pass."""
    checks = unit.solution / "checks" / "public" / TRAINING
    text, count = re.subn(
        r"(?m)^TRAINING, UNSEEN, BATCH, STD = .*$",
        "TRAINING, UNSEEN, BATCH, STD = 64, 20, 32, 0.5",
        checks.read_text(),
    )
    text, epochs = re.subn(
        r"(?m)^EPOCHS, DETECTOR_EPOCHS, LR = .*$", "EPOCHS, DETECTOR_EPOCHS, LR = 1, 1, 3e-3", text
    )
    names = "|".join(METRICS.values())
    text, thresholds = re.subn(rf"(?m)^({names}) = .*$", r"\1 = 1e9", text)
    text, above = re.subn(r"(?m)^SCRAMBLED = .*$", "SCRAMBLED = -1", text)
    assert (count, epochs, thresholds, above) == (1, 1, 4, 1)
    checks.write_text(text)


class TestApplications(UnitTests):
    name = "applications"
    points = 30
    half_right = HALF_RIGHT
    half_points = {
        "damage": 2.86,
        "psnr": 2.25,
        "restore": 3.12,
        "denoise": 1.6,
        "super_resolution": 1.6,
        "restoration_rows": 2.25,
        "anomalies": 2,
        "auroc": 1.2,
    }
    uses = USES
    hasten = staticmethod(hasten)
    told_by_training = (
        "denoise.code_of_two_numbers",
        "denoise.pixel_by_pixel",
        "denoise.relu_then_sigmoid",
        "super_resolution.weights_without_neighbours",
        "super_resolution.through_a_narrow_code",
        "super_resolution.relu_then_sigmoid",
        "anomalies.code_as_wide_as_the_image",
        "anomalies.code_not_used",
        "anomalies.too_many_channels",
    )

    @pytest.fixture(scope="class")
    @classmethod
    def half_score(cls, unit):
        return unit.grade({"half_right": unit.spliced(HALF_RIGHT)})["half_right"]
