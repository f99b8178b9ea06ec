"""Make the pictures of the exercise sheet from the real digits and the reference modules.

For course staff; students get the pictures only. It takes about a minute on one core:

    python solution/make_pictures.py

Seeds are fixed, and torch runs on one thread, so the same machine makes the same pictures again.
The numbers that the exercise sheet states are printed while they are measured.
"""

import argparse
import io
from pathlib import Path

import autoencoder
import conv_deep
import figures
import latent
import layers
import mnist
import numpy as np
import torch
import training
import transposed
import upsampling
import variational
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

PICTURES = Path(__file__).resolve().parent / "pictures"
TIMES = " \N{MULTIPLICATION SIGN} "
COLORS = 64  # of a palette; keeps every file small
SEED = 5
GREY = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}


def save(figure: Figure, name: str, dpi: int = 100) -> None:
    """Write a figure as a small PNG with a palette and without metadata."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white")
    image = Image.open(buffer).convert("RGB")
    image = image.quantize(COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = PICTURES / name
    image.save(path, optimize=True)
    print(f"{name}: {image.width} x {image.height}, {path.stat().st_size / 1000:.0f} kB")


def show(ax: Axes, image: np.ndarray | torch.Tensor) -> None:
    """Draw one (28, 28) image without axes."""
    ax.imshow(image, **GREY)
    ax.axis("off")


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


def draw_losses(
    history: layers.History, stuck: layers.History, mean: float, black: float
) -> Figure:
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


def draw_batchnorm(images: np.ndarray) -> Figure:
    """Draw histograms of three features of a batch before and after batch normalisation."""
    network = layers.Network((784, 64, 10), seed=SEED)
    before, _ = layers.affine_forward(images, network.params["W1"], network.params["b1"])
    spread = np.argsort(before.mean(axis=0))
    before = before[:, spread[[2, 40, 61]]]
    gamma, beta = np.ones(3), np.zeros(3)
    after, _ = layers.batchnorm_forward(before, gamma, beta, {"mode": "train"})
    bins = np.linspace(-4, 4, 41)
    figure = Figure(figsize=(7.5, 3), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, values, title in zip(axes, (before, after), ("before", "after"), strict=True):
        for feature in range(3):
            mean, std = values[:, feature].mean(), values[:, feature].std()
            label = f"mean {mean:.2f}, std {std:.2f}".replace("-0.00", "0.00")
            ax.hist(values[:, feature], bins=bins, histtype="stepfilled", alpha=0.5, label=label)
        ax.set(title=f"{title} batch normalisation", xlabel="value of the feature")
        ax.legend(fontsize=8, loc="upper left")
        ax.set_ylim(0, 340)
    axes[0].set_ylabel("samples")
    return figure


def compare(train: layers.Split, validation: layers.Split) -> dict[str, layers.History]:
    """Train the four small networks of the last task."""
    kinds = {
        "neither": {},
        "batch norm": {"batchnorm": True},
        "dropout 0.25": {"dropout": 0.25},
        "both": {"batchnorm": True, "dropout": 0.25},
    }
    histories = {}
    for name, options in kinds.items():
        network = layers.Network((784, 64, 32, 10), seed=SEED, **options)
        histories[name] = layers.fit(network, train, validation, epochs=10, seed=SEED)
        losses = histories[name]
        print(f"{name}: {losses['train_loss'][-1]:.3f}, {losses['validation_loss'][-1]:.3f}")
    return histories


def draw_upsampling(digit: np.ndarray) -> Figure:
    """Draw a digit, its maxima of 2 by 2 pixels, and what each way of upsampling makes of these."""
    image = digit[None, None].astype(np.float64)
    small, places = upsampling.max_pool_forward(image, 2)
    panels = {
        "28 x 28": image,
        "max pooling: 14 x 14": small,
        "nearest neighbour": upsampling.nearest_forward(small, 2),
        "bed of nails": upsampling.nails_forward(small, 2),
        "reversed max pooling": upsampling.max_unpool_forward(small, places, (28, 28)),
        "bilinear,\ncorners aligned": upsampling.bilinear_forward(small, 2, True),
        "bilinear,\ncorners not aligned": upsampling.bilinear_forward(small, 2, False),
    }
    figure = Figure(figsize=(9.5, 1.8))
    axes = figure.subplots(1, len(panels), gridspec_kw={"wspace": 0.08})
    figure.subplots_adjust(left=0.005, right=0.995, top=0.8, bottom=0.01)
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        show(ax, panel[0, 0])
        ax.set(xlim=(-0.5, 27.5), ylim=(27.5, -0.5))  # all panels to one scale
        ax.set_title(title.replace(" x ", TIMES), fontsize=9)
    return figure


def draw_corners() -> Figure:
    """Draw where six pixels lie over three, in both conventions of bilinear interpolation."""
    figure = Figure(figsize=(7, 2.6))
    axes = figure.subplots(1, 2, gridspec_kw={"wspace": 0.08})
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.02)
    for ax, aligned in zip(axes, (True, False), strict=True):
        at = upsampling.interpolation_matrix(3, 2, aligned) @ np.arange(3.0)
        width = 2 / 5 if aligned else 1 / 2
        middles = at if aligned else (np.arange(6) + 0.5) / 2 - 0.5
        for left in range(3):
            ax.add_patch(Rectangle((left - 0.5, 0), 1, 0.5, facecolor="#9ecae1", edgecolor="white"))
            ax.text(left, 0.08, f"{left}", ha="center", va="bottom", fontsize=10)
            ax.plot(left, 0.42, "k.", ms=5)
        for pixel, middle in enumerate(middles):
            corner = (middle - width / 2, 0.95)
            ax.add_patch(Rectangle(corner, width, 0.5, facecolor="#fdae6b", edgecolor="white"))
            ax.text(middle, 1.15, f"{pixel}", ha="center", va="bottom", fontsize=10)
            ax.plot(middle, 1.03, "k.", ms=5)
            ax.plot((middle, at[pixel]), (1.03, 0.42), color="#777", lw=0.8)
        name = "True" if aligned else "False"
        ax.set_title(f"align_corners = {name}", fontsize=11)
        ax.set(xlim=(-0.8, 2.8), ylim=(-0.1, 1.6))
        ax.axis("off")
    return figure


def draw_deep_network() -> Figure:
    """Draw sizes and channels of lecture 004's network, sizes on a logarithmic scale."""
    widths = [3, *conv_deep.WIDTHS]
    sides = [128 >> step for step in range(8)]
    figure = Figure(figsize=(9.5, 2.9))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.7, 16.7), ylim=(-5.4, 5.6))
    ax.axis("off")
    maps = [*zip(widths, sides, strict=True)]
    places = [*enumerate(maps), *((16 - step, pair) for step, pair in enumerate(maps))]
    for x, (width, side) in places:
        half = 0.3 + 0.42 * np.log2(side)
        color = "#ffffff" if width == 3 else "#9ecae1" if x < 8 else "#fdd0a2"
        box = (x - 0.28, -half), 0.56, 2 * half
        ax.add_patch(Rectangle(*box, facecolor=color, edgecolor="#444", lw=0.8))
        ax.text(x, half + 0.15, f"{side}", ha="center", va="bottom", fontsize=9)
        ax.text(x, -half - 0.15, f"{width}", ha="center", va="top", fontsize=9)
    ax.add_patch(Rectangle((7.72, -0.6), 0.56, 1.2, facecolor="#dddddd", edgecolor="#444", lw=0.8))
    ax.text(8, -0.75, "64", ha="center", va="top", fontsize=9)
    for x, text in ((3.5, "2\N{MULTIPLICATION SIGN}2, stride 2"), (12.5, "transposed")):
        ax.text(x, 4.6, f"seven steps, {text}", ha="center", va="bottom", fontsize=10)
    ax.text(8, 1.3, "code", ha="center", va="bottom", fontsize=10)
    ax.text(-0.6, -5.3, "above: height and width", ha="left", fontsize=9, color="#555")
    ax.text(16.6, -5.3, "below: channels", ha="right", fontsize=9, color="#555")
    return figure


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


def draw_checkerboards(digit: np.ndarray) -> Figure:
    """Draw how often pixels are written, and a digit enlarged by kernels of equal weights."""
    small = digit.reshape(14, 2, 14, 2).mean(axis=(1, 3)).astype(np.float64)
    kernels = (2, 3, 4, 5)
    figure = Figure(figsize=(8.2, 4.4))
    axes = figure.subplots(2, len(kernels), gridspec_kw={"wspace": 0.06, "hspace": 0.06})
    figure.subplots_adjust(left=0.01, right=0.99, top=0.92, bottom=0.01)
    most = max(transposed.write_counts((5, 5), kernel, 2).max() for kernel in kernels)
    for kernel, (above, below) in zip(kernels, axes.T, strict=True):
        counts = transposed.write_counts((5, 5), kernel, 2)
        above.imshow(counts, cmap="gray", vmin=0, vmax=most, interpolation="nearest")
        for (row, column), count in np.ndenumerate(counts):
            color = "black" if count > most / 2 else "white"
            style = {"ha": "center", "va": "center", "fontsize": 7, "color": color}
            above.text(column, row, f"{count}", **style)
        above.set_title(f"kernel {kernel}, stride 2", fontsize=11)
        above.axis("off")
        weights = np.full((kernel, kernel), 4 / kernel**2)  # the mean brightness stays as it is
        show(below, transposed.transposed_conv(small, weights, 2))
    return figure


def train_reference(data: Path, epochs: int, lr: float) -> tuple[torch.nn.Module, layers.History]:
    """Train the reference auto-encoder with fixed seeds."""
    torch.manual_seed(SEED)
    model = autoencoder.AutoEncoder()
    history = training.train(
        model, *mnist.make_loaders(*mnist.load_datasets(data)), epochs=epochs, lr=lr
    )
    print(f"lr {lr}:", {key: [round(loss, 4) for loss in history[key]] for key in history})
    return model, history


def main() -> None:
    """Measure, draw and write everything."""
    parser = argparse.ArgumentParser(description="Make the pictures of the exercise sheet.")
    parser.add_argument("--data", type=Path, default=mnist.DATA, help="folder of MNIST/raw")
    data = parser.parse_args().data
    torch.set_num_threads(1)
    PICTURES.mkdir(exist_ok=True)

    train, validation = mnist.load_datasets(data)
    _, loader = mnist.make_loaders(train, validation)
    images = torch.cat([batch for batch, _ in loader])
    train_images = torch.stack([image for image, _ in train])
    mean = float(((images - train_images.mean(dim=0)) ** 2).mean())
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

    save(draw_upsampling(images[first, 0].numpy()), "upsampling.png")
    save(draw_corners(), "corners.png")
    save(draw_checkerboards(images[first, 0].numpy()), "checkerboards.png")

    pixels = train_images.flatten(start_dim=1).numpy()[:1000]
    save(draw_batchnorm(pixels), "batchnorm.png")
    histories = compare(
        (pixels, train.targets.numpy()[:1000]),
        (images.flatten(start_dim=1).numpy(), validation.targets.numpy()),
    )
    save(layers.comparison_figure(histories), "comparison.png", dpi=80)

    save(draw_deep_network(), "deep_network.png")
    save(draw_vae_network(), "vae_network.png")
    save(draw_vae_pictures(data), "vae_pictures.png")


if __name__ == "__main__":
    main()
