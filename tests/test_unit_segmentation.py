"""The unit segmentation.py: its reference, its stubs, a half-right sample and all its variants."""

import re

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

TRAINING = "test_segmentation_training_hidden.py"
USES = {"train_unet": ("unet",)}
"""Tasks whose functions the checks of others call: these may lose points along with them."""
HALF_RIGHT = """
def linear_to_conv(linear: nn.Linear, kernel_size: int = 1) -> nn.Conv2d:
    channels = linear.in_features // kernel_size**2
    conv = nn.Conv2d(channels, linear.out_features, kernel_size).to(linear.weight)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        conv.bias.copy_(linear.bias)
    return conv


def dense_scores(linear: nn.Linear, features: torch.Tensor) -> torch.Tensor:
    k = round((linear.in_features // features.shape[1]) ** 0.5)
    return linear_to_conv(linear, k)(features)


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    return 1 + sum(dilation * (kernel - 1) for kernel, _, dilation in layers)


def make_canvas(
    digits: torch.Tensor,
    classes: torch.Tensor,
    places: torch.Tensor,
    size: tuple[int, int],
    threshold: float = 0.5,
) -> tuple[torch.Tensor, torch.Tensor]:
    image = digits.new_zeros(1, *size)
    target = torch.zeros(size, dtype=torch.int64)
    for digit, label, (row, column) in zip(digits, classes, places.tolist(), strict=True):
        window = slice(row, row + digit.shape[0]), slice(column, column + digit.shape[1])
        image[0][window] = torch.maximum(image[0][window], digit)
        target[window][digit >= threshold] = label
    return image, target


class Up(nn.Module):
    def __init__(self, before: int, channels: int, after: int, bilinear: bool) -> None:
        super().__init__()
        self.enlarge = nn.ConvTranspose2d(before, channels // 2, 2, stride=2)
        self.merge = DoubleConv(channels, after, after)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        x = self.enlarge(x)
        rows, columns = (a - b for a, b in zip(skip.shape[2:], x.shape[2:], strict=True))
        x = nn.functional.pad(x, (0, columns, 0, rows))
        return self.merge(torch.cat([skip, x], dim=1))


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    shares = []
    for label in torch.unique(target).tolist():
        predicted, true = prediction == label, target == label
        shares.append(((predicted & true).sum() / (predicted | true).sum()).item())
    return sum(shares) / len(shares)


def train_unet(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 1e-3
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        model.train()
        for images, targets in loader:
            loss = nn.functional.cross_entropy(model(images), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


def segmentation_figure(
    images: torch.Tensor, targets: torch.Tensor, predictions: torch.Tensor, classes: int
) -> Figure:
    figure = Figure()
    axes = figure.subplots(len(images), 3, squeeze=False)
    for row, (image, *maps) in enumerate(zip(images, targets, predictions, strict=True)):
        axes[row, 0].imshow(image[0], cmap="gray", vmin=0, vmax=1)
        axes[row, 1].imshow(maps[0])
        axes[row, 2].imshow(maps[1])
        for ax in axes[row]:
            ax.axis("off")
    for ax, title in zip(axes[0], ("image", "truth", "prediction"), strict=True):
        ax.set_title(title)
    return figure
"""
"""No bias, no strides, no digit may stick out, one way of enlarging, classes of the truth only, the
last batch, and colours that depend on the map."""


def hasten(unit):
    """Let the training run be two steps long, and its threshold one that all pass."""
    checks = unit.solution / "checks" / "hidden" / TRAINING
    text, count = re.subn(
        r"(?m)^TRAINING, UNSEEN, BATCH = .*$", "TRAINING, UNSEEN, BATCH = 8, 20, 8",
        checks.read_text(),
    )  # fmt: skip
    text, again = re.subn(r"(?m)^THRESHOLD = .*$", "THRESHOLD = -1.0", text)
    assert (count, again) == (1, 1)
    checks.write_text(text)


class TestSegmentation(UnitTests):
    name = "segmentation"
    points = 30
    half_right = HALF_RIGHT
    half_points = {
        "convolutionalise": 2.67,
        "receptive_field": 3.33,
        "canvases": 2.67,
        "unet": 3.89,
        "mean_iou": 2.4,
        "train_unet": 2.67,
        "segmentation_figure": 1.5,
    }
    uses = USES
    hasten = staticmethod(hasten)
