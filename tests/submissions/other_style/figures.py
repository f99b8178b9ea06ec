# pyplot and add_axes instead of Figure.subplots, colour images of grey, a title of its own axes.
import matplotlib.pyplot as plt
import torch


def panel(figure, rows, columns, row, column, image):
    box = [column / columns, 0.95 * (1 - (row + 1) / rows), 0.95 / columns, 0.9 / rows]
    ax = figure.add_axes(box)
    ax.imshow(image, cmap="Greys", vmin=0.0, vmax=1.0, interpolation="none")
    ax.set_axis_off()


def reconstruction_figure(model, images):
    mode = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(images)
    model.train(mode)
    figure = plt.figure(figsize=(10, 5))
    plt.close(figure)
    for i in range(100):
        panel(figure, 10, 20, i // 10, 2 * (i % 10), images[i].squeeze().tolist())
        panel(figure, 10, 20, i // 10, 2 * (i % 10) + 1, outputs[i].squeeze().tolist())
    figure.suptitle("Reconstructions")
    return figure


def mixture_figure(grid):
    figure = plt.figure(figsize=(6, 6))
    plt.close(figure)
    for a in range(10):
        for b in range(10):
            panel(figure, 10, 10, a, b, grid[a][b].squeeze().tolist())
    figure.suptitle("Mixtures")
    return figure
