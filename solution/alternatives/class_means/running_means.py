"""Each digit's mean moves towards every new code by its share."""

import torch


@torch.no_grad()
def class_means(encoder, loader):
    was_training = encoder.training
    encoder.eval()
    means, counts = [0.0] * 10, [0] * 10
    for images, labels in loader:
        for code, label in zip(encoder(images), labels.tolist(), strict=True):
            counts[label] += 1
            means[label] = means[label] + (code - means[label]) / counts[label]
    encoder.train(was_training)
    return torch.stack(means)
