"""Pictures of the unit segmentation: the U-Net, what dilated kernels see, and canvases."""

from pathlib import Path

import mnist
import segmentation
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from draw.common import SEED, TIMES, save

CLASSES = 4
EDGE = "#444"
ARROW = {"arrowstyle": "->", "color": EDGE}


def draw_unet() -> Figure:
    """Draw the levels of a U-Net with three widths: down, up, and across."""
    figure = Figure(figsize=(8.5, 3.4))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 85), ylim=(1, 35))
    ax.axis("off")
    size = f"H{TIMES}W", f"H/2{TIMES}W/2", f"H/4{TIMES}W/4"
    lows = 26, 15, 4
    for level, low in enumerate(lows):
        left, right = 18 + 9 * level, 57 - 9 * level
        names = (f"$w_{level + 1}$",) * 2
        places = (left, right) if level < 2 else (left + 1.5,)
        for place, name in zip(places, names, strict=False):
            color = "#9ecae1" if place == left or level == 2 else "#a1d99b"
            ax.add_patch(Rectangle((place, low), 7, 5, facecolor=color, edgecolor=EDGE, lw=0.8))
            ax.text(place + 3.5, low + 2.5, name, ha="center", va="center", fontsize=11)
        ax.text(15.5, low + 2.5, size[level], ha="right", va="center", fontsize=9, color="#555")
        if level < 2:
            ax.annotate("", (right - 0.3, low + 2.5), (left + 7.3, low + 2.5), arrowprops=ARROW)
            text = ax.text((left + right + 7) / 2, low + 3.0, "skip", ha="center", va="bottom")
            text.set(fontsize=9, color="#555")
            below = (left + 9, right - 9) if level == 0 else (left + 10.5, right - 10)
            ends = (
                ((below[0] + 2, lows[level + 1] + 5.3), (left + 4, low - 0.3)),
                (
                    (right + 3, low - 0.3),
                    (below[1] + 5, lows[level + 1] + 5.3),
                ),
            )
            for head, tail in ends:
                ax.annotate("", head, tail, arrowprops=ARROW)
    for x, text, align in (
        (24, "max pooling", "right"),
        (61.5, "enlarged to twice the size", "left"),
    ):
        ax.text(x, 21.6, text, ha=align, va="center", fontsize=9, color="#555")
    ax.annotate("", (73.7, 28.5), (64.3, 28.5), arrowprops=ARROW)
    ax.text(69, 29.0, f"1{TIMES}1", ha="center", va="bottom", fontsize=9, color="#555")
    ax.add_patch(Rectangle((74, 26), 9, 5, facecolor="#ffffff", edgecolor=EDGE, lw=0.8))
    ax.text(78.5, 28.5, "scores", ha="center", va="center", fontsize=9)
    return figure


def draw_fields() -> Figure:
    """Draw what one output pixel sees of 3 x 3 convolutions, plain and dilated, by gradients."""
    stacks = {"1": (1,), "1, 1": (1, 1), "1, 1, 1": (1, 1, 1), "1, 2": (1, 2), "1, 2, 4": (1, 2, 4)}
    figure = Figure(figsize=(8.2, 2.0))
    axes = figure.subplots(1, len(stacks))
    figure.subplots_adjust(left=0.01, right=0.99, top=0.84, bottom=0.02, wspace=0.08)
    torch.manual_seed(SEED)
    for ax, (name, dilations) in zip(axes, stacks.items(), strict=True):
        module = segmentation.context_module(4, dilations)
        seen = segmentation.influence(module, torch.rand(64, 4, 19, 19), 9, 9)
        field = segmentation.receptive_field([(3, 1, d) for d in dilations])
        print(f"dilations {name}: {field} by formula, {int(seen.sum())} pixels by gradients")
        shown = 0.35 * seen.float()
        shown[9, 9] = 1
        ax.imshow(shown, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        ax.set_title(f"dilations {name}: {field}{TIMES}{field}", fontsize=9)
        ax.set(xticks=[], yticks=[])
    return figure


def draw_segmentation(data: Path) -> Figure:
    """Train a small U-Net on canvases, and draw unseen ones, their truth and its prediction."""
    train, validation = mnist.load_datasets(data)
    torch.manual_seed(SEED)
    canvases = []
    for part, count in ((train, 600), (validation, 100)):
        chosen = torch.isin(part.targets, torch.tensor([0, 1, 4]))
        digits = torch.nn.functional.avg_pool2d(part.data[chosen] / 255, 2)
        classes = torch.tensor([1, 2, 0, 0, 3])[part.targets[chosen]]
        canvases.append(segmentation.random_canvases(digits, classes, count, (32, 32), 4))
    (images, targets), unseen = canvases
    model = segmentation.UNet(1, CLASSES, (16, 32, 64))
    pairs = torch.utils.data.TensorDataset(images, targets)
    loader = torch.utils.data.DataLoader(pairs, batch_size=8, shuffle=True)
    losses = segmentation.train_unet(model, loader, epochs=4, lr=5e-3)
    losses += segmentation.train_unet(model, loader, epochs=2, lr=5e-4)
    print("segmentation:", [round(loss, 3) for loss in losses])
    prediction = segmentation.segment(model, unseen[0])
    share = segmentation.mean_iou(prediction, unseen[1], CLASSES)
    nothing = segmentation.mean_iou(0 * prediction, unseen[1], CLASSES)
    print(f"segmentation: mean IoU {share:.2f}, of background alone {nothing:.2f}")
    return across(unseen[0][:8], unseen[1][:8], prediction[:8])


def across(images: torch.Tensor, targets: torch.Tensor, predictions: torch.Tensor) -> Figure:
    """The same as the figure of the exercise, turned: a canvas in each column."""
    figure = Figure(figsize=(8.2, 2.85))
    axes = figure.subplots(3, len(images), gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.1, right=0.995, top=0.99, bottom=0.01)
    rows = {"image": images[:, 0], "truth": targets / 3, "prediction": predictions / 3}
    for line, (name, shown) in zip(axes, rows.items(), strict=True):
        cmap = "gray" if name == "image" else "viridis"
        for ax, image in zip(line, shown, strict=True):
            ax.imshow(image, cmap=cmap, vmin=0, vmax=1, interpolation="nearest")
            ax.axis("off")
        line[0].text(-3, 15.5, name, ha="right", va="center", fontsize=9)
    return figure


def main(data: Path) -> None:
    """Train, draw and write all three."""
    save(draw_unet(), "unet.png")
    save(draw_fields(), "receptive_fields.png")
    save(draw_segmentation(data), "segmentation.png")
