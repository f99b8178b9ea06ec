"""Axes placed one by one, images as RGB, and the title as a text."""

import torch
from matplotlib.figure import Figure


def reconstruction_figure(model, images):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images)
    model.train(was_training)
    figure = Figure((10, 6))
    figure.text(0.5, 0.96, "Images (left) and reconstructions (right)", ha="center")
    for i in range(100):
        for j, image in enumerate((images[i], outputs[i])):
            left, bottom = (2 * (i % 10) + j) / 20, 0.94 - (i // 10 + 1) * 0.094
            ax = figure.add_axes((left, bottom, 0.048, 0.085))
            ax.imshow(image.expand(3, 28, 28).permute(1, 2, 0).numpy(), aspect="auto")
            ax.set_axis_off()
    return figure
