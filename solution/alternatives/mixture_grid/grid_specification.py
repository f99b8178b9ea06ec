"""A GridSpec, an image's axes made where it is needed, and float64 pixels."""

from matplotlib.figure import Figure


def mixture_figure(grid):
    figure = Figure(figsize=(7, 7))
    figure.suptitle("Mixtures")
    cells = figure.add_gridspec(10, 10, top=0.93, bottom=0, left=0, right=1)
    for a in range(10):
        for b in range(10):
            ax = figure.add_subplot(cells[a, b])
            ax.imshow(grid[a][b].squeeze().double(), "gray", vmin=0, vmax=1)
            ax.set_axis_off()
    return figure
