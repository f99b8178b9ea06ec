"""The unit faces.py: its reference, its stubs, a half-right sample and all its variants."""

import re
from pathlib import Path

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[1]
CHECKS = ROOT / "solution" / "checks"
THRESHOLDS = {
    "sweep": (CHECKS / "public" / "test_faces.py", "THRESHOLD"),
    "seen": (CHECKS / "hidden" / "test_faces_training_hidden.py", "HEART_THRESHOLD"),
    "gap": (CHECKS / "hidden" / "test_faces_training_hidden.py", "GAP_THRESHOLD"),
}
HALF_RIGHT = """
def load_faces(root: str | Path = PHOTOS, size: int = 128) -> ImageFolder:
    steps = [transforms.Resize((size, size)), transforms.ToTensor()]
    return ImageFolder(root, transforms.Compose(steps))


def train_latents(
    loader: DataLoader,
    latents: Sequence[int] = (20, 30, 50),
    widths: Sequence[int] = WIDTHS,
    epochs: int = 200,
    lr: float = 1e-3,
) -> tuple[dict[int, FaceAutoEncoder], dict[int, list[float]]]:
    networks, losses = {}, {}
    for latent in latents:
        network = networks[latent] = FaceAutoEncoder(widths, latent)
        optimizer = torch.optim.Adam(network.parameters(), lr=lr)
        losses[latent] = []
        for _ in range(epochs):
            for images, _ in loader:
                optimizer.zero_grad()
                loss = ((network(images) - images) ** 2).mean()
                loss.backward()
                optimizer.step()
            losses[latent].append(loss.item())
    return networks, losses


def face_codes(encoder: nn.Module, loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    codes = torch.cat([encoder(images) for images, _ in loader])
    return codes.detach(), torch.cat([labels for _, labels in loader])


def project_pca(codes: torch.Tensor) -> np.ndarray:
    from sklearn.decomposition import PCA

    return PCA(2).fit_transform(codes.numpy())


def project_tsne(codes: torch.Tensor, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    from sklearn.manifold import TSNE

    return TSNE(perplexity=perplexity, random_state=seed).fit_transform(codes.numpy())


def recovered_figure(networks: Mapping[str, nn.Module], images: torch.Tensor) -> Figure:
    figure = Figure()
    figure.suptitle("faces")
    axes = figure.subplots(1 + len(networks), len(images))
    rows = [images] + [network(images).detach() for network in networks.values()]
    for line, row in zip(axes, rows, strict=True):
        for ax, image in zip(line, row, strict=True):
            ax.imshow(image.permute(1, 2, 0))
            ax.axis("off")
    return figure


def memorise(
    model: nn.Module, seen: torch.Tensor, unseen: torch.Tensor, epochs: int = 400, lr: float = 1e-3
) -> tuple[list[float], list[float]]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    first, second = [], []
    for _ in range(epochs):
        loss = ((model(seen) - seen) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        first.append(loss.item())
        second.append(((model(unseen) - unseen) ** 2).mean().item())
    model.eval()
    return first, second
"""
"""Squeezed pictures, losses of the last batch, training mode all along, perplexity not bounded, one
figure left out."""


def hasten(unit):
    """Let the training runs be a few steps long, and their thresholds ones that all pass."""
    lines = {
        "TRAINING, UNSEEN, BATCH = ": "32, 20, 16",
        "THRESHOLD = ": "1e9",
        "HEART_THRESHOLD = ": "1e9",
        "GAP_THRESHOLD = ": "0",
        "EPOCHS, LR = ": "2, 5e-3",
        "SEEN, EPOCHS, LR = ": "4, 3, 1e-2",
    }
    for path in {path.relative_to(ROOT / "solution") for path, _ in THRESHOLDS.values()}:
        text = (unit.solution / path).read_text()
        for start, value in lines.items():
            text = re.sub(rf"(?m)^{re.escape(start)}.*$", start + value, text)
        (unit.solution / path).write_text(text)


class TestFaces(UnitTests):
    name = "faces"
    points = 30
    half_right = HALF_RIGHT
    half_points = {
        "load_faces": 2.4,
        "train_latents": 4,
        "face_codes": 3.33,
        "projections": 3.57,
        "face_pictures": 3.33,
        "memorise": 0.83,
    }
    hasten = staticmethod(hasten)
