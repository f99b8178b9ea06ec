"""You drew validation on the left and training on the right; it should be the other way round.

Hint: In which order do your two axes and your two histories meet?
"""

from matplotlib.figure import Figure


def comparison_figure(histories: dict[str, History]) -> Figure:
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    titles = {"validation_loss": "Validation", "train_loss": "Training"}
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        for name, history in histories.items():
            ax.plot(range(1, len(history[key]) + 1), history[key], marker=".", label=name)
        ax.set_title(title)
        ax.set_xlabel("epoch")
        ax.set_ylabel("cross-entropy per sample")
        ax.legend()
    return figure
