"""A figure of pyplot with two subplots, epochs as floats, a title over each, and the loss on a
logarithmic scale.
"""

import matplotlib.pyplot as plt
import numpy as np


def comparison_figure(histories):
    figure = plt.figure(figsize=(10, 4))
    for number, (key, name) in enumerate(
        [("train_loss", "Loss on training data"), ("validation_loss", "Loss on validation data")]
    ):
        ax = figure.add_subplot(1, 2, number + 1)
        for label in histories:
            losses = np.array(histories[label][key])
            ax.semilogy(1.0 + np.arange(losses.size), losses, "o--", label=f"with {label}")
        ax.set(title=name, xlabel="Epoch", ylabel="Loss")
        ax.legend(loc="upper right")
    plt.close(figure)
    return figure
