import inside
import os

from right import *

forked = os.fork


def fork():
    # Both sides think they are the original, so two speak on one channel.
    forked()
    return 1


def fit(net, x, y, epochs):
    os.fork = fork
    from right import fit as right_fit

    return right_fit(net, x, y, epochs)
