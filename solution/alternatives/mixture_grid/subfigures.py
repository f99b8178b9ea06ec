"""Ten subfigures, one for each row; the columns of a row are made from right to left."""

from matplotlib.figure import Figure


def mixture_figure(grid):
    figure = Figure(figsize=(7, 7.5))
    figure.suptitle("Midpoints of mean codes, decoded")
    for row, part in enumerate(figure.subfigures(10, 1)):
        axes = part.subplots(1, 10)
        for column in reversed(range(10)):
            image = grid[row, column].reshape(28, 28)
            axes[column].imshow(image, cmap="binary_r", clim=(0, 1), interpolation="nearest")
            axes[column].axis("off")
    return figure
