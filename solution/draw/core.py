"""Pictures of the core: digits, the auto-encoder, its losses and what it makes of digits."""

from pathlib import Path

import autoencoder
import figures
import latent
import mnist
import torch
import training
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from draw.common import GREY, SEED, TIMES, save, show

History = dict[str, list[float]]


def draw_digits(images: torch.Tensor, labels: torch.Tensor) -> Figure:
    """Draw the first three images of each digit, one digit a column."""
    figure = Figure(figsize=(7, 2.5))
    axes = figure.subplots(3, 10, gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.02)
    for digit in range(10):
        axes[0, digit].set_title(f"{digit}", fontsize=11)
        for row, image in enumerate(images[labels == digit][:3]):
            show(axes[row, digit], image[0])
    return figure


def draw_architecture(image: torch.Tensor, output: torch.Tensor) -> Figure:
    """Draw the feature maps of the auto-encoder to scale, between a real input and its output."""
    figure = Figure(figsize=(9.5, 2.72))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 208), ylim=(-12, 47.5))
    ax.set_aspect("equal")
    ax.axis("off")
    middle, blue, orange = 15, "#9ecae1", "#fdd0a2"
    places = [  # left edge, side, how many sheets, color, name
        (4, 28, 0, "", "1 x 28 x 28"),
        (48, 14, 5, blue, "q1 x 14 x 14"),
        (79, 7, 5, blue, "q2 x 7 x 7"),
        (122, 7, 5, orange, "q2 x 7 x 7"),
        (145, 14, 5, orange, "q1 x 14 x 14"),
        (176, 28, 0, "", "1 x 28 x 28"),
    ]
    for left, side, sheets, color, name in places:
        low = middle - side / 2
        if not sheets:
            picture = image if left < 100 else output
            ax.imshow(picture, extent=(left, left + side, low, low + side), **GREY)
            ax.set(xlim=(0, 208), ylim=(-12, 47.5))
        for sheet in range(sheets):
            shift = 1.1 * (sheets - 1 - sheet)
            corner = (left + shift, low + shift)
            ax.add_patch(Rectangle(corner, side, side, facecolor=color, edgecolor="#444", lw=0.8))
        ax.text(
            left + side / 2, low - 2, name.replace(" x ", TIMES), ha="center", va="top", fontsize=10
        )
    for cell in range(10):
        corner = (102, middle - 10 + 2 * cell)
        ax.add_patch(Rectangle(corner, 3, 2, facecolor="#dddddd", edgecolor="#444", lw=0.8))
    ax.text(103.5, middle - 12, "k", ha="center", va="top", fontsize=10)

    for start, end in ((34, 46), (68, 77), (91.5, 100.5), (106.5, 120.5), (134, 143.5), (165, 174)):
        ax.annotate(
            "", (end, middle), (start, middle), arrowprops={"arrowstyle": "->", "color": "#444"}
        )
    steps = (
        (40, "conv"),
        (72.5, "conv"),
        (95, "linear"),
        (112.5, "linear"),
        (139, "transposed\nconv"),
        (169.5, "transposed\nconv"),
    )
    for x, text in steps:
        ax.text(x, 31.5, text, ha="center", va="bottom", fontsize=10, linespacing=1.05)
        ax.plot((x, x), (middle + 1.5, 30.5), color="#bbb", lw=0.7, ls=":", zorder=0)
    for start, end, text in ((34, 101, "Encoder"), (106, 174, "Decoder")):
        ax.plot((start, start, end, end), (40, 41.5, 41.5, 40), color="#444", lw=1)
        ax.text((start + end) / 2, 42.5, text, ha="center", va="bottom", fontsize=12)
    caption = TIMES.join(("channels", "height", "width"))
    ax.text(103.5, -11, caption, ha="center", va="bottom", fontsize=10, color="#555")
    ax.text(18, 31.5, "input", ha="center", va="bottom", fontsize=10)
    ax.text(190, 31.5, "output", ha="center", va="bottom", fontsize=10)
    return figure


def draw_output_padding() -> Figure:
    """Draw, to scale, the sizes through the decoder with and without output padding."""
    figure = Figure(figsize=(7, 4))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_aspect("equal")
    ax.axis("off")
    rows = (
        (0, "output\npadding 0", (7, 13, 25), "#fdae6b"),
        (-37, "output\npadding 1", (7, 14, 28), "#9ecae1"),
    )
    centers = (6, 42, 86)
    for middle, name, sides, color in rows:
        ax.text(-7, middle, name, ha="right", va="center", fontsize=11)
        for center, side in zip(centers, sides, strict=True):
            left, low = center - side / 2, middle - side / 2
            ax.add_patch(Rectangle((left, low), side, side, facecolor=color))
            for line in range(side + 1):
                ax.plot((left + line,) * 2, (low, low + side), color="white", lw=0.6)
                ax.plot((left, left + side), (low + line,) * 2, color="white", lw=0.6)
            text = f"{side}{TIMES}{side}"
            ax.text(center, low - 1, text, ha="center", va="top", fontsize=11)
        for step in range(2):
            start = centers[step] + sides[step] / 2 + 2
            end = centers[step + 1] - sides[step + 1] / 2 - 2
            arrow = {"arrowstyle": "->", "color": "#444"}
            ax.annotate("", (end, middle), (start, middle), arrowprops=arrow)
    for step in range(2):
        x = (centers[step] + centers[step + 1]) / 2 + (-2, -4)[step]
        ax.text(x, 15, "transposed conv", ha="center", va="bottom", fontsize=10, color="#555")
    ax.set(xlim=(-26, 106), ylim=(-57, 19))
    return figure


def draw_losses(history: History, stuck: History, mean: float, black: float) -> Figure:
    """Draw a run that works and one that is stuck, beside what constant images can reach."""
    figure = Figure(figsize=(6.5, 3.4), layout="constrained")
    ax = figure.subplots()
    epochs = range(1, len(history["train_loss"]) + 1)
    ax.plot(epochs, history["train_loss"], marker=".", label="training, learning rate 0.001")
    ax.plot(epochs, history["validation_loss"], marker=".", label="validation, learning rate 0.001")
    ax.plot(
        range(1, len(stuck["validation_loss"]) + 1),
        stuck["validation_loss"],
        marker="x",
        color="#d62728",
        label="validation, learning rate 0.02",
    )
    for level, name in ((mean, "always the mean image"), (black, "always black")):
        ax.axhline(level, color="#777", lw=1, ls="--")
        ax.text(10.2, level + 0.001, name, ha="right", va="bottom", color="#555", fontsize=9)
    ax.set(xlabel="epoch", ylabel="MSE", xlim=(0.7, 10.3), ylim=(0, 0.125))
    ax.set_xticks(range(1, 11))
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.9), fontsize=9)
    return figure


def train_reference(data: Path, epochs: int, lr: float) -> tuple[torch.nn.Module, History]:
    """Train the reference auto-encoder with fixed seeds."""
    torch.manual_seed(SEED)
    model = autoencoder.AutoEncoder()
    history = training.train(
        model, *mnist.make_loaders(*mnist.load_datasets(data)), epochs=epochs, lr=lr
    )
    print(f"lr {lr}:", {key: [round(loss, 4) for loss in history[key]] for key in history})
    return model, history


def main(data: Path) -> None:
    """Measure, draw and write them. Ten epochs of training take most of the time."""
    train, validation = mnist.load_datasets(data)
    _, loader = mnist.make_loaders(train, validation)
    images = torch.cat([batch for batch, _ in loader])
    mean = float(((images - torch.stack([image for image, _ in train]).mean(dim=0)) ** 2).mean())
    black = float((images**2).mean())
    print(f"MSE on validation: mean image {mean:.4f}, black {black:.4f}")

    model, history = train_reference(data, epochs=10, lr=1e-3)
    _, stuck = train_reference(data, epochs=4, lr=2e-2)
    with torch.no_grad():
        outputs = model(images[:100])
    save(draw_digits(images, validation.targets), "digits.png")
    first = int(torch.nonzero(validation.targets[:100] == 3)[0, 0])
    save(draw_architecture(images[first, 0], outputs[first, 0]), "architecture.png")
    save(draw_output_padding(), "output_padding.png")
    save(draw_losses(history, stuck, mean, black), "losses.png")
    save(figures.reconstruction_figure(model, images[:100]), "reconstructions.png", dpi=70)
    grid = latent.decode_mixtures(model.decoder, latent.class_means(model.encoder, loader))
    save(figures.mixture_figure(grid), "mixtures.png", dpi=75)
