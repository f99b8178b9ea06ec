"""pyplot makes figure and axes; ticks are taken away one by one, and the axes stay on."""

import matplotlib.pyplot as plt
import torch


def reconstruction_figure(model, images):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        outputs = model(images)
    model.train(mode)
    figure, axes = plt.subplots(10, 20, figsize=(10, 5.4), gridspec_kw={"wspace": 0, "hspace": 0.1})
    plt.close(figure)
    pairs = torch.stack([images, outputs], dim=1).flatten(0, 1).squeeze(1)
    for ax, image in zip(axes.flat, pairs, strict=True):
        ax.imshow(image, cmap=plt.cm.gray, vmin=0.0, vmax=1.0)
        ax.set(xticks=[], yticks=[], frame_on=False)
    figure.suptitle("Digits and their reconstructions")
    return figure
