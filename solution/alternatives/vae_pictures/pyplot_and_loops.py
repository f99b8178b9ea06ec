"""Images are decoded one by one, and pyplot makes the figure."""

import torch
from matplotlib.figure import Figure
from torch import nn


def sample_images(decoder: nn.Module, latent: int, count: int) -> torch.Tensor:
    parameter = next(decoder.parameters())
    mode = decoder.training
    decoder.eval()
    normal = torch.distributions.Normal(0.0, 1.0)
    with torch.inference_mode():
        images = decoder(normal.sample((count, latent)).to(parameter))
    decoder.train(mode)
    return images.clone()


def interpolation_figure(
    decoder: nn.Module, starts: torch.Tensor, ends: torch.Tensor, steps: int = 8
) -> Figure:
    from matplotlib import pyplot as plt

    mode = decoder.training
    decoder.eval()
    figure, axes = plt.subplots(len(starts), steps, squeeze=False)
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for step in range(steps):
            share = step / (steps - 1)
            with torch.no_grad():
                image = decoder(((1 - share) * start + share * end)[None])
            axes[row, step].imshow(image[0, 0].cpu(), cmap="gray", vmin=0.0, vmax=1.0)
            axes[row, step].set_axis_off()
    decoder.train(mode)
    figure.suptitle("Between two codes")
    plt.close(figure)
    return figure
