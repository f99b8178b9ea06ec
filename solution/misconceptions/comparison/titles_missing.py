"""You gave the two plots no titles, so nobody can tell training from validation.

Hint: Each Axes can have a title of its own. Which method sets it?
"""

from matplotlib.figure import Figure


def comparison_figure(histories: dict[str, History]) -> Figure:
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, key in zip(axes, ("train_loss", "validation_loss"), strict=True):
        for name, history in histories.items():
            ax.plot(range(1, len(history[key]) + 1), history[key], marker=".", label=name)
        ax.set_xlabel("epoch")
        ax.set_ylabel("cross-entropy per sample")
        ax.legend()
    return figure
