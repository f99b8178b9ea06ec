"""Semantic segmentation: a class for every pixel (lecture 003).

Three of the lecture's ideas: linear layers as convolutions, which gives a coarse map of classes;
dilated convolutions, which look far without shrinking the map; and the U-Net, which shrinks it and
enlarges it again. The U-Net is trained on canvases of several digits.

B stands for the number of images in a batch, C for channels, H and W for rows and columns. A *label
map* is an int64 tensor (B, H, W) that holds the class of each pixel; class 0 is the background.
"""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import DataLoader

WIDTHS = (64, 128, 256, 512, 1024)
"""Channels of the lecture's U-Net, from the top to the bottom."""
DILATIONS = (1, 1, 2, 4, 8, 16, 1)
"""Dilations of the context module of Yu and Koltun (2016), the paper that the lecture shows."""


def linear_to_conv(linear: nn.Linear, kernel_size: int = 1) -> nn.Conv2d:
    """Write a linear layer as a convolution (task ``convolutionalise``, 4 points; lecture 003).

    The linear layer takes feature maps (B, C, kernel_size, kernel_size) that ``nn.Flatten`` has
    made one row of: channel by channel, and in each row by row. The convolution takes the maps as
    they are. With kernel size 1, these are maps of one pixel, the features themselves.

    Parameters
    ----------
    linear
        A layer with ``in_features`` = C * kernel_size * kernel_size; with or without a bias.
    kernel_size
        Rows and columns of the maps.

    Returns
    -------
    torch.nn.Conv2d
        Stride 1, no padding; a bias if the linear layer has one; weights of the same dtype and on
        the same device. For maps (B, C, kernel_size, kernel_size) it gives (B, out_features, 1, 1),
        the numbers that the linear layer gives. The linear layer stays as it is.
    """
    # TODO convolutionalise: make the convolution; then give it the weights in its own shape.
    # BEGIN SOLUTION convolutionalise
    channels = linear.in_features // kernel_size**2
    conv = nn.Conv2d(channels, linear.out_features, kernel_size, bias=linear.bias is not None)
    conv = conv.to(linear.weight)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        if linear.bias is not None:
            conv.bias.copy_(linear.bias)
    return conv
    # END SOLUTION


def dense_scores(linear: nn.Linear, features: torch.Tensor) -> torch.Tensor:
    """Apply a classifier's linear layer everywhere (task ``convolutionalise``; lecture 003).

    The layer was trained on maps of k x k pixels. A larger image gives larger maps; each window of
    k x k pixels in them gets scores of its own.

    Parameters
    ----------
    linear
        A layer with ``in_features`` = C * k * k; k follows from C.
    features
        Maps (B, C, H, W), H and W at least k.

    Returns
    -------
    torch.Tensor
        (B, out_features, H - k + 1, W - k + 1): at [:, :, i, j] what the layer makes of the window
        whose first pixel is [i, j].
    """
    # TODO convolutionalise: find k; linear_to_conv does the rest.
    # BEGIN SOLUTION convolutionalise
    pixels = linear.in_features // features.shape[1]
    return linear_to_conv(linear, round(pixels**0.5))(features)
    # END SOLUTION


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """Pixels in a row that one output sees (task ``receptive_field``, 5 points; lecture 003).

    Parameters
    ----------
    layers
        Kernel size, stride and dilation of each convolution, from the input to the output. With
        dilation d, neighbouring weights of a kernel are d pixels of the layer's input apart.

    Returns
    -------
    int
        1 if there are no layers.
    """
    # TODO receptive_field: go through the layers; how far apart are neighbouring pixels by now?
    # BEGIN SOLUTION receptive_field
    size, distance = 1, 1
    for kernel, stride, dilation in layers:
        size += dilation * (kernel - 1) * distance
        distance *= stride
    return size
    # END SOLUTION


def influence(network: nn.Module, images: torch.Tensor, row: int, column: int) -> torch.Tensor:
    """Find by gradients what one output pixel depends on (task ``receptive_field``; lecture 003).

    Parameters
    ----------
    network
        Turns (B, C, H, W) into maps (B, D, H', W'). It is run in evaluation mode; afterwards it is
        in the mode that it was in before.
    images
        Inputs at which the gradients are taken, (B, C, H, W). Several are of use, since a ReLU
        that is closed for one image may be open for another.
    row, column
        Which pixel of the output, the same in all its channels.

    Returns
    -------
    torch.Tensor
        (H, W), bool: True where a gradient of the output pixel with respect to that input pixel is
        not 0, for any image and any channel of the input.
    """
    # TODO receptive_field: let the images require gradients; sum up one output pixel; go backward.
    # BEGIN SOLUTION receptive_field
    was_training = network.training
    network.eval()
    images = images.detach().clone().requires_grad_(True)
    total = network(images)[:, :, row, column].sum()
    (gradient,) = torch.autograd.grad(total, images)
    network.train(was_training)
    return (gradient != 0).any(dim=0).any(dim=0)
    # END SOLUTION


def context_module(channels: int, dilations: Sequence[int] = DILATIONS) -> nn.Module:
    """Dilated convolutions one after another (task ``receptive_field``; lecture 003).

    For each dilation: a convolution, 3 x 3, stride 1, from `channels` to `channels` with a bias,
    zero padding as wide as the dilation, so that the size stays; then ReLU. With the default
    dilations an output pixel sees 67 x 67 pixels.

    Parameters
    ----------
    channels
        Channels of the maps that come and go.
    dilations
        Dilation of each convolution, from the input to the output.

    Returns
    -------
    torch.nn.Module
        Turns (B, channels, H, W) into (B, channels, H, W).
    """
    # TODO receptive_field: two layers for each dilation.
    # BEGIN SOLUTION receptive_field
    layers: list[nn.Module] = []
    for d in dilations:
        layers += [nn.Conv2d(channels, channels, 3, padding=d, dilation=d), nn.ReLU()]
    return nn.Sequential(*layers)
    # END SOLUTION


def make_canvas(
    digits: torch.Tensor,
    classes: torch.Tensor,
    places: torch.Tensor,
    size: tuple[int, int],
    threshold: float = 0.5,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Put digits on a black canvas and label its pixels (task ``canvases``, 4 points).

    What sticks out over the border of the canvas is cut off. Where digits overlap, the image shows
    the brighter value. The label of a pixel is the class of the *last* digit that has at least
    `threshold` there, and 0 if none has.

    Parameters
    ----------
    digits
        Images (N, h, w) in [0, 1].
    classes
        Class of each digit, (N,), int64, 1 or more.
    places
        Row and column of each digit's first pixel on the canvas, (N, 2), int64; negative where it
        lies above or left of the canvas.
    size
        Rows and columns of the canvas.
    threshold
        Brightness from which on a pixel belongs to a digit.

    Returns
    -------
    image, target
        (1, rows, columns) of the dtype of `digits`, and (rows, columns), int64.
    """
    # TODO canvases: draw digit after digit; which of its pixels lie on the canvas?
    # BEGIN SOLUTION canvases
    height, width = digits.shape[1:]
    image = digits.new_zeros(size[0] + 2 * height, size[1] + 2 * width)  # a margin on all sides
    target = torch.zeros(image.shape, dtype=torch.int64)
    for digit, label, (row, column) in zip(digits, classes, places.tolist(), strict=True):
        top = min(max(row, -height), size[0]) + height
        left = min(max(column, -width), size[1]) + width
        window = slice(top, top + height), slice(left, left + width)
        image[window] = torch.maximum(image[window], digit)
        target[window][digit >= threshold] = label
    inside = slice(height, height + size[0]), slice(width, width + size[1])
    return image[inside][None].clone(), target[inside].clone()
    # END SOLUTION


class DoubleConv(nn.Module):
    """Twice: convolution 3 x 3 with padding 1, batch normalisation, ReLU (task ``unet``, 7 points).

    Parameters
    ----------
    before, middle, after
        Channels of the input, between both convolutions, and of the output.
    """

    def __init__(self, before: int, middle: int, after: int) -> None:
        super().__init__()
        # TODO unet: six layers. Whether the convolutions have biases is your choice.
        # BEGIN SOLUTION unet
        self.layers = nn.Sequential(
            nn.Conv2d(before, middle, 3, padding=1, bias=False),
            nn.BatchNorm2d(middle),
            nn.ReLU(),
            nn.Conv2d(middle, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Turn (B, before, H, W) into (B, after, H, W)."""
        # TODO unet: apply the layers.
        # BEGIN SOLUTION unet
        return self.layers(x)
        # END SOLUTION


class Up(nn.Module):
    """Enlarge maps to those of the level above, and merge both (task ``unet``).

    1. Maps from below (B, before, h, w) are doubled in size. Without `bilinear`: a transposed
       convolution, 2 x 2, stride 2, to before / 2 channels, with a bias. With `bilinear`: bilinear
       upsampling, which leaves the channels as they are (``align_corners`` is your choice).
    2. Where an odd size was halved on the way down, a row or a column is now missing. Zeros are
       added: as many above as below and left as right; of an odd number, one more below or right.
    3. These maps and those from above (*skip*) are put together along the channels, in either
       order. They are `channels` many: ``DoubleConv(channels, middle, after)``, where middle is
       channels / 2 with `bilinear`, and else `after`.

    Parameters
    ----------
    before
        Channels of the maps from below.
    channels
        Channels of both maps together.
    after
        Channels of the output.
    bilinear
        How maps are enlarged.
    """

    def __init__(self, before: int, channels: int, after: int, bilinear: bool) -> None:
        super().__init__()
        # TODO unet: the layer that enlarges, and the double convolution.
        # BEGIN SOLUTION unet
        if bilinear:
            self.enlarge: nn.Module = nn.Upsample(scale_factor=2, mode="bilinear")
        else:
            self.enlarge = nn.ConvTranspose2d(before, before // 2, 2, stride=2)
        self.merge = DoubleConv(channels, channels // 2 if bilinear else after, after)
        # END SOLUTION

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Merge maps from below (B, before, h, w) with skip (B, ..., H, W); (B, after, H, W)."""
        # TODO unet: enlarge, pad, concatenate, convolve.
        # BEGIN SOLUTION unet
        x = self.enlarge(x)
        rows, columns = (a - b for a, b in zip(skip.shape[2:], x.shape[2:], strict=True))
        above, left = rows // 2, columns // 2
        x = nn.functional.pad(x, (left, columns - left, above, rows - above))
        return self.merge(torch.cat([skip, x], dim=1))
        # END SOLUTION


class UNet(nn.Module):
    """The network of the lecture, as deep as `widths` is long (task ``unet``; lecture 003).

    With widths w1, ..., wn, each twice the one before:

    ================================================================  ===========================
    double convolution to w1 channels, by way of w1                   (B, w1, H, W)
    for each further width: max pooling, 2 x 2; double convolution    (B, w2, H/2, W/2) to
    to that many channels, by way of as many                          (B, wn, H/2^(n-1), ...)
    an ``Up`` for each level, from the bottom to the top, with the
    maps that were there on the way down as skip                      (B, w1, H, W) at the end
    convolution to the classes, 1 x 1, with a bias                    (B, classes, H, W)
    ================================================================  ===========================

    Pooling rounds odd sizes down. Without `bilinear`, the ``Up`` of a level gives as many channels
    as the level has. With `bilinear` upsampling cannot halve the channels, so the layers before it
    do: the lowest double convolution goes from w(n-1) by way of wn / 2 to wn / 2, and each ``Up``
    but the last gives half the channels of its level; the last gives w1.

    The lecture's widths with 3 channels and 2 classes make 31,037,698 parameters, with `bilinear`
    17,263,042; biases in front of batch normalisation would come on top.

    Parameters
    ----------
    channels
        Channels of the images.
    classes
        How many classes, the background included.
    widths
        Channels of each level; two levels or more.
    bilinear
        How maps are enlarged, see ``Up``.
    """

    def __init__(
        self,
        channels: int,
        classes: int,
        widths: Sequence[int] = WIDTHS,
        bilinear: bool = False,
    ) -> None:
        super().__init__()
        # TODO unet: the way down, the way up, and the last convolution.
        # BEGIN SOLUTION unet
        factor = 2 if bilinear else 1
        levels = [*widths[:-1], widths[-1] // factor]
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList(
            DoubleConv(before, after, after)
            for before, after in zip([channels, *levels], levels, strict=False)
        )
        self.up = nn.ModuleList()
        below = levels[-1]
        for level in range(len(widths) - 2, -1, -1):
            width = widths[level]
            after = width // factor if level > 0 else width
            self.up.append(Up(below, 2 * width, after, bilinear))
            below = after
        self.out = nn.Conv2d(widths[0], classes, 1)
        # END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the classes (logits).

        Parameters
        ----------
        x
            Images (B, channels, H, W); H and W at least 2^(n-1), and odd or even.

        Returns
        -------
        torch.Tensor
            (B, classes, H, W), with no function behind the last convolution.
        """
        # TODO unet: keep the maps of each level on the way down.
        # BEGIN SOLUTION unet
        maps: list[torch.Tensor] = []
        for number, level in enumerate(self.down):
            x = level(x if number == 0 else self.pool(x))
            maps.append(x)
        for number, level in enumerate(self.up):
            x = level(x, maps[-2 - number])
        return self.out(x)
        # END SOLUTION


def mean_iou(prediction: torch.Tensor, target: torch.Tensor, classes: int) -> float:
    """Mean intersection over union (task ``mean_iou``, 3 points).

    For each class: the number of pixels that have it in the prediction *and* in the truth, divided
    by the number of those that have it in one of them *or* in both, counted over all images
    together. Then the mean over the classes. Classes that occur in neither are left out.

    Parameters
    ----------
    prediction, target
        Label maps (B, H, W) of the same shape, with classes from 0 to `classes` - 1.
    classes
        How many classes, the background included.

    Returns
    -------
    float
        Between 0 and 1.
    """
    # TODO mean_iou: count for each class, then average.
    # BEGIN SOLUTION mean_iou
    shares = []
    for label in range(classes):
        predicted, true = prediction == label, target == label
        union = (predicted | true).sum().item()
        if union > 0:
            shares.append((predicted & true).sum().item() / union)
    return sum(shares) / len(shares)
    # END SOLUTION


def train_unet(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 1e-3
) -> list[float]:
    """Train with the cross-entropy of each pixel and Adam (task ``train_unet``, 4 points).

    Parameters
    ----------
    model
        Gives scores (B, classes, H, W) of images. It is trained in place, in training mode, and
        left in evaluation mode.
    loader
        Yields ``(images, targets)``: (B, C, H, W) and label maps (B, H, W). The last batch may be
        smaller.
    epochs
        How often to go through the data.
    lr
        Learning rate.

    Returns
    -------
    list of float
        For each epoch the cross-entropy of a pixel, gathered while training: the mean over all
        pixels of all images of the epoch.
    """
    # TODO train_unet: the usual loop; cross_entropy takes scores of pixels as they are.
    # BEGIN SOLUTION train_unet
    device = next(model.parameters()).device
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    model.train()
    for _ in range(epochs):
        total, samples = 0.0, 0
        for images, targets in loader:
            images, targets = images.to(device), targets.to(device)
            loss = nn.functional.cross_entropy(model(images), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            samples += len(images)
        losses.append(total / samples)
    model.eval()
    return losses
    # END SOLUTION


def segment(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """The most probable class of each pixel (task ``train_unet``).

    Parameters
    ----------
    model
        Gives scores (B, classes, H, W). It is run in evaluation mode and without a graph for
        gradients; afterwards it is in the mode that it was in before.
    images
        (B, C, H, W).

    Returns
    -------
    torch.Tensor
        Label maps (B, H, W), int64.
    """
    # TODO train_unet: the mode first; then along which dimension lie the classes?
    # BEGIN SOLUTION train_unet
    was_training = model.training
    model.eval()
    with torch.no_grad():
        scores = model(images.to(next(model.parameters()).device))
    model.train(was_training)
    return scores.argmax(dim=1)
    # END SOLUTION


def segmentation_figure(
    images: torch.Tensor, targets: torch.Tensor, predictions: torch.Tensor, classes: int
) -> Figure:
    """Show images, truth and prediction (task ``segmentation_figure``, 3 points).

    Parameters
    ----------
    images
        Grey images (B, 1, H, W) in [0, 1].
    targets, predictions
        Label maps (B, H, W).
    classes
        How many classes, the background included.

    Returns
    -------
    matplotlib.figure.Figure
        B rows of three axes with one image each: the image in greys from 0 (black) to 1 (white),
        the truth, the prediction. A class has one and the same colour in all label maps, whichever
        classes occur in them; two classes have two colours. Nothing is smoothed, and there are no
        frames and ticks. Each column has a title above its first image; in this order, the titles
        hold the words image, truth and prediction.
    """
    # TODO segmentation_figure: which limits make one colour of a class everywhere?
    # BEGIN SOLUTION segmentation_figure
    figure = Figure(figsize=(4.5, 1.5 * len(images) + 0.4), layout="constrained")
    axes = figure.subplots(len(images), 3, squeeze=False)
    titles = ("image", "truth", "prediction")
    colours = {"cmap": "viridis", "vmin": 0, "vmax": classes - 1, "interpolation": "nearest"}
    greys = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "nearest"}
    for row, (image, *maps) in enumerate(zip(images, targets, predictions, strict=True)):
        axes[row, 0].imshow(image[0].cpu().numpy(), **greys)
        for ax, labels in zip(axes[row, 1:], maps, strict=True):
            ax.imshow(labels.cpu().numpy(), **colours)
        for ax, title in zip(axes[row], titles, strict=True):
            ax.axis("off")
            if row == 0:
                ax.set_title(title)
    return figure
    # END SOLUTION


def random_canvases(
    digits: torch.Tensor,
    classes: torch.Tensor,
    count: int,
    size: tuple[int, int] = (48, 48),
    per_canvas: int = 3,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Canvases with digits drawn at random, at random places. Provided; needs ``make_canvas``.

    Parameters
    ----------
    digits, classes
        Images (N, h, w) and the class of each, (N,), int64, 1 or more.
    count
        How many canvases.
    size, per_canvas
        Rows and columns of a canvas, and the digits on it.

    Returns
    -------
    images, targets
        (count, 1, rows, columns) and (count, rows, columns).
    """
    room = torch.tensor(size) - torch.tensor(digits.shape[1:]) + 1
    canvases = []
    for _ in range(count):
        chosen = torch.randint(len(digits), (per_canvas,))
        places = (torch.rand(per_canvas, 2) * room).long()
        canvases.append(make_canvas(digits[chosen], classes[chosen], places, size))
    images, targets = zip(*canvases, strict=True)
    return torch.stack(images), torch.stack(targets)
