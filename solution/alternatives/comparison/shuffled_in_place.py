"""Shuffles a list of indices in place, epoch after epoch, and keeps the loss of each sample's
batch.
"""

import numpy as np


def fit(network, train, validation, epochs, lr=0.1, batch_size=50, seed=0):
    generator = np.random.RandomState(seed)
    x, y = train
    indices = np.arange(len(x))
    train_losses, validation_losses = [], []
    for _ in range(epochs):
        generator.shuffle(indices)
        of_samples = np.empty(len(x))
        position = 0
        while position < len(x):
            chosen = indices[position : position + batch_size]
            scores, cache = network.forward(x[chosen], "train")
            of_samples[chosen], dscores = softmax_loss(scores, y[chosen])
            gradients = network.backward(dscores, cache)
            for name in network.params:
                network.params[name] = network.params[name] - lr * gradients[name]
            position += batch_size
        train_losses.append(of_samples.mean())
        scores, _ = network.forward(validation[0], "test")
        loss, _ = softmax_loss(scores, validation[1])
        validation_losses.append(float(loss))
    return {"train_loss": train_losses, "validation_loss": validation_losses}
