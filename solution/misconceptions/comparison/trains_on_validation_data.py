"""You train on the validation data too; the network never learns from them.

Hint: Which arrays go into the batches of your inner loop?
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
    validation_images, validation_labels = validation
    images = np.concatenate([train[0], validation_images])
    labels = np.concatenate([train[1], validation_labels])
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
            total += loss * len(batch)
        history["train_loss"].append(total / len(order))
        scores, _ = network.forward(validation_images, "test")
        history["validation_loss"].append(softmax_loss(scores, validation_labels)[0])
    return history
