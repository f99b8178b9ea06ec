"""Ten calls of the decoder with ten codes each."""

import torch


def decode_mixtures(decoder, means):
    was_training, result = decoder.training, []
    decoder.eval()
    with torch.no_grad():
        for digit in range(10):
            result.append(decoder(torch.add(means, means[digit]).div(2)))
    decoder.train(was_training)
    return torch.stack(result).detach()
