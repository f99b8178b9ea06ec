"""Decodes each pair once and mirrors the grid."""

import torch


def decode_mixtures(decoder, means):
    rows, columns = torch.triu_indices(10, 10)
    was_training = decoder.training
    decoder.eval()
    with torch.inference_mode():
        images = decoder(0.5 * means[rows] + 0.5 * means[columns])
    decoder.train(was_training)
    grid = torch.empty(10, 10, *images.shape[1:])
    grid[rows, columns] = images
    grid[columns, rows] = images
    return grid
