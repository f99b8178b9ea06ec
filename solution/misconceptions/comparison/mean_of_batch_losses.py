"""You averaged the losses of batches in fit; the training loss is the mean over samples, and the
last batch may be smaller.

Hint: By what does your code multiply a batch's loss before adding it up?

Source: https://borea17.github.io/ml101/engineering/mean_of_means/index.html
"""

import numpy as np


def fit(
    network: Network,
    train: Split,
    validation: Split,
    epochs: int,
    lr: float = 0.1,
    batch_size: int = 50,
    seed: int = 0,
) -> History:
    images, labels = train
    validation_images, validation_labels = validation
    rng = np.random.default_rng(seed)
    history: History = {"train_loss": [], "validation_loss": []}
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        total = 0.0
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            scores, cache = network.forward(images[batch], "train")
            loss, dscores = softmax_loss(scores, labels[batch])
            for name, gradient in network.backward(dscores, cache).items():
                network.params[name] -= lr * gradient
            total += loss
        history["train_loss"].append(total / -(-len(order) // batch_size))
        scores, _ = network.forward(validation_images, "test")
        history["validation_loss"].append(softmax_loss(scores, validation_labels)[0])
    return history
