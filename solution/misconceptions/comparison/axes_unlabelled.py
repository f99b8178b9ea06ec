"""You left the axes of the figure without labels, so nobody knows what is drawn over what.

Hint: Which two methods of an Axes name what runs along its sides?
"""

from matplotlib.figure import Figure


def comparison_figure(histories: dict[str, History]) -> Figure:
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    titles = {"train_loss": "Training", "validation_loss": "Validation"}
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        for name, history in histories.items():
            ax.plot(range(1, len(history[key]) + 1), history[key], marker=".", label=name)
        ax.set_title(title)
        ax.legend()
    return figure
