"""Black ink on white paper, with pixels from 0 to 255: one scale for all images."""

import torch
from matplotlib.figure import Figure


def reconstruction_figure(model, images):
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    with torch.no_grad():
        outputs = torch.cat([model(image[None]) for image in images])
    for part, mode in modes:
        part.training = mode
    figure = Figure(figsize=(12, 6))
    figure.suptitle("Reconstructions")
    for number in range(100):
        for side, batch in enumerate((images, outputs)):
            ax = figure.add_subplot(10, 20, 2 * number + side + 1)
            pixels = batch[number, 0].mul(255).tolist()
            ax.imshow(pixels, cmap="Greys", vmin=0, vmax=255, interpolation="none")
            ax.axis(False)
    return figure
