"""Pictures of the unit variational: the network, and what it makes of digits."""

from pathlib import Path

import mnist
import torch
import variational
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from draw.common import SEED, save, show


def draw_vae_network() -> Figure:
    """Draw how features become a mean, a variance, a drawn code, and a map again."""
    figure = Figure(figsize=(8.5, 2.4))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 85), ylim=(0, 24))
    ax.axis("off")
    boxes = {
        "image": (1, 9.5, "#ffffff", "x"),
        "features": (17, 9.5, "#9ecae1", "features"),
        "mu": (35, 15.5, "#dddddd", r"$\mu$"),
        "logvar": (35, 3.5, "#dddddd", r"$\log\,\sigma^2$"),
        "z": (53, 9.5, "#dddddd", r"$z=\mu+\sigma\,\varepsilon$"),
        "output": (73, 9.5, "#ffffff", "reconstruction"),
    }
    for left, low, color, text in boxes.values():
        ax.add_patch(Rectangle((left, low), 10.5, 5, facecolor=color, edgecolor="#444", lw=0.8))
        ax.text(left + 5.25, low + 2.5, text, ha="center", va="center", fontsize=9)
    arrows = (
        ("image", "features", "convolutions"),
        ("features", "mu", "fc1"),
        ("features", "logvar", "fc2"),
        ("mu", "z", ""),
        ("logvar", "z", ""),
        ("z", "output", "fc3, transposed\nconvolutions"),
    )
    for start, end, text in arrows:
        (x, y, _, _), (to_x, to_y, _, _) = boxes[start], boxes[end]
        tail, head = (x + 10.7, y + 2.5), (to_x - 0.2, to_y + 2.5)
        ax.annotate("", head, tail, arrowprops={"arrowstyle": "->", "color": "#444"})
        lift = 3.0 if to_y == y else 1.4 if to_y > y else -1.6
        middle = (tail[0] + head[0]) / 2, (tail[1] + head[1]) / 2 + lift
        va = "bottom" if lift > 0 else "top"
        ax.text(*middle, text, ha="center", va=va, fontsize=9, color="#555")
    ax.annotate("", (58, 9.2), (58, 4.2), arrowprops={"arrowstyle": "->", "color": "#444"})
    ax.text(58, 3.6, r"$\varepsilon$ from N(0, 1)", ha="center", va="top", fontsize=9, color="#555")
    return figure


def draw_vae_pictures(data: Path) -> Figure:
    """Train the variational network on small grey digits, and draw what it makes."""
    train, validation = mnist.load_datasets(data)
    small = [torch.nn.functional.pad(part.data / 255, (2, 2, 2, 2)) for part in (train, validation)]
    small = [torch.nn.functional.avg_pool2d(images[:, None], 2) for images in small]
    torch.manual_seed(SEED)
    model = variational.ConvVAE((32, 64, 128, 128), latent=8, channels=1)
    pairs = torch.utils.data.TensorDataset(small[0], train.targets)
    loader = torch.utils.data.DataLoader(pairs, batch_size=32, shuffle=True)
    errors = variational.train_vae(model, loader, epochs=6, lr=2e-3)
    print("variational:", [round(error, 2) for error in errors])
    images = small[1][::37][:10]
    with torch.no_grad():
        output, mu, _ = model(images)
    rows = {
        "digits": images,
        "reconstructions": output,
        "samples of\nthe prior": variational.sample_images(model.decoder, 8, 10),
    }
    weights = torch.linspace(0, 1, 10)[:, None]
    for number in range(2):
        line = torch.lerp(mu[number], mu[number + 5], weights)
        rows["between\ntwo codes" + " " * number] = variational.decode_all(model.decoder, line)
    figure = Figure(figsize=(7, 3.4))
    axes = figure.subplots(len(rows), 10, gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.16, right=0.99, top=0.99, bottom=0.01)
    for line, (name, shown) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, shown, strict=True):
            show(ax, image[0])
        line[0].text(-1.5, 7.5, name.rstrip(), ha="right", va="center", fontsize=9)
    return figure


def main(data: Path) -> None:
    """Train, draw and write both."""
    save(draw_vae_network(), "vae_network.png")
    save(draw_vae_pictures(data), "vae_pictures.png")
