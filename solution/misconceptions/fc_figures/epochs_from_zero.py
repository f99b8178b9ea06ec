"""You let epochs count from 0; the first one is 1.

Hint: Which x values does plot use if it gets y alone?
"""

from collections.abc import Sequence

from matplotlib.figure import Figure


def sweep_curves_figure(widths: Sequence[int], curves: Sequence[Sequence[float]]) -> Figure:
    figure = Figure(figsize=(6, 4), layout="constrained")
    ax = figure.subplots()
    for width, losses in zip(widths, curves, strict=True):
        ax.plot(losses, marker=".", label=f"h = {width}")
    ax.set(title="Hidden layers of several widths", xlabel="epoch", ylabel="mean squared error")
    ax.legend()
    return figure
