# q1 and q2 are swapped, and everything else is right: with 32 and 32 nobody notices.
"""Batch normalisation and dropout in NumPy, and networks with and without them (lecture 001).

N is the number of samples in a batch, D the number of features. Every forward function returns its
output and a cache; the cache holds whatever the backward function will need, in any form you like.
Backward functions take ``dout``, the gradient of the loss with respect to the output, and return
the gradients of the loss with respect to the inputs. No function changes its arguments, other than
``bn_param``, and a cache stays right if the caller overwrites ``x`` before going backward.

Outputs and gradients keep the floating type of ``x``: float32 in, float32 out.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

Array = NDArray[np.floating]
Split = tuple[Array, NDArray[np.integer]]
History = dict[str, list[float]]


def batchnorm_forward(
    x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]
) -> tuple[Array, Any]:
    """Batch normalisation, forward (task ``batchnorm_forward``, 6 points; lecture 001).

    ``out = gamma * (x - mean) / sqrt(var + eps) + beta``, each feature by itself.

    In training, mean and var are those of the batch, where var divides by N. Each call also moves
    the running averages: ``running = momentum * running + (1 - momentum) * that of the batch``. In
    test mode, mean and var are the running averages, which stay as they are.

    Parameters
    ----------
    x
        (N, D), N at least 1.
    gamma, beta
        Scale and shift, (D,).
    bn_param
        ``"mode"``: ``"train"`` or ``"test"``. ``"eps"``: optional, 1e-5 by default. ``"momentum"``:
        optional, 0.9 by default. ``"running_mean"`` and ``"running_var"``: (D,); where they are
        missing, they start as zeros. The dict itself is updated: the next call finds the new ones.

    Returns
    -------
    out
        (N, D).
    cache
        For ``batchnorm_backward``; in test mode it may be None.

    Raises
    ------
    ValueError
        The mode is neither of the two.
    """
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1], x.dtype))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1], x.dtype))

    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        cache = (x_hat, gamma / std)
    elif bn_param["mode"] == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        cache = None
    else:
        raise ValueError(f"bn_param['mode'] is {bn_param['mode']!r}, not 'train' or 'test'")
    return (gamma * x_hat + beta).astype(x.dtype, copy=False), cache


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Batch normalisation, backward (task ``batchnorm_backward``, 6 points; lecture 001).

    Mean and variance of the batch depend on every sample, so each row of ``dx`` depends on all
    rows of ``dout``.

    Parameters
    ----------
    dout
        (N, D).
    cache
        From ``batchnorm_forward`` in training mode.

    Returns
    -------
    dx
        (N, D).
    dgamma, dbeta
        (D,).
    """
    x_hat, scale = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = scale * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0))
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta


def dropout_forward(x: Array, dropout_param: dict[str, Any]) -> tuple[Array, Any]:
    """Inverted dropout, forward (task ``dropout_forward``, 4 points; lecture 001).

    In training, each value of ``x`` is dropped, that is set to 0, with probability p and
    independently of the others. Those that stay are divided by 1 - p, so that the expected output
    is ``x``. In test mode the output is ``x``.

    Parameters
    ----------
    x
        Of any shape.
    dropout_param
        ``"mode"``: ``"train"`` or ``"test"``. ``"p"``: the probability to drop a value,
        0 <= p < 1 (not the probability to keep it, which is what p means in some courses).
        ``"seed"``: optional; the same seed and shape drop the same values.

    Returns
    -------
    out
        Of the shape of `x`.
    cache
        For ``dropout_backward``.

    Raises
    ------
    ValueError
        The mode is neither of the two.
    """
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        random = np.random.default_rng(dropout_param.get("seed")).random(x.shape)
        mask = ((random > p) / (1 - p)).astype(x.dtype)
        return x * mask, mask
    if dropout_param["mode"] == "test":
        return x, None
    raise ValueError(f"dropout_param['mode'] is {dropout_param['mode']!r}, not 'train' or 'test'")


def dropout_backward(dout: Array, cache: Any) -> Array:
    """Inverted dropout, backward (task ``dropout_backward``, 2 points; lecture 001).

    Parameters
    ----------
    dout
        Of the shape of the input.
    cache
        From ``dropout_forward``, in either mode.

    Returns
    -------
    dx
        Of the shape of `dout`.
    """
    return dout if cache is None else dout * cache


# Provided: the other layers of a fully-connected network, and the loss.


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """Compute ``x @ w + b`` for x (N, D), w (D, M), b (M,); return it, (N, M), and a cache."""
    return x @ w + b, (x.copy(), w)  # a copy: the caller may overwrite x before going backward


def affine_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Return dx (N, D), dw (D, M) and db (M,) for dout (N, M)."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def relu_forward(x: Array) -> tuple[Array, Any]:
    """Set what is below 0 to 0; return the result and a cache."""
    return np.maximum(x, 0), x > 0


def relu_backward(dout: Array, cache: Any) -> Array:
    """Return dx for dout, both of the input's shape."""
    return dout * cache


def softmax_loss(scores: Array, y: NDArray[np.integer]) -> tuple[float, Array]:
    """Cross-entropy of the softmax of scores, the mean over samples.

    Parameters
    ----------
    scores
        (N, classes).
    y
        The right class of each sample, (N,).

    Returns
    -------
    loss
        A float.
    dscores
        The gradient of the loss with respect to the scores, (N, classes).
    """
    samples = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_probabilities)
    dscores[samples, y] -= 1
    return float(-log_probabilities[samples, y].mean()), dscores / len(y)


class Network:
    """A fully-connected classifier (task ``network``, 4 points; lecture 001).

    Each hidden layer is affine, batch normalisation (if on), ReLU, dropout (if on); the last layer
    is affine alone. The constructor is complete; ``forward`` and ``backward`` are yours.

    Parameters
    ----------
    sizes
        Features of the input, of each hidden layer, and of the output, such as (784, 64, 32, 10).
    batchnorm
        Whether hidden layers have batch normalisation.
    dropout
        The probability to drop a value after each hidden layer; 0 leaves dropout out.
    seed
        Of the initial weights and the dropout masks.

    Attributes
    ----------
    params
        float64 arrays by name. With hidden layers counted from 1: ``"W1"`` (sizes[0], sizes[1]),
        ``"b1"`` (sizes[1],), and with batch normalisation ``"gamma1"`` and ``"beta1"``
        (sizes[1],); then ``"W2"`` and so on. The last layer has a W and a b only.
    layers
        The number of affine layers, the last one included: ``len(sizes) - 1``.
    bn_params
        With batch normalisation, the ``bn_param`` of each hidden layer by its number from 1, with
        everything but the mode.
    """

    def __init__(
        self, sizes: tuple[int, ...], batchnorm: bool = False, dropout: float = 0.0, seed: int = 0
    ) -> None:
        self.batchnorm = batchnorm
        self.dropout = dropout
        self.layers = len(sizes) - 1
        self.params: dict[str, Array] = {}
        self.bn_params: dict[int, dict[str, Any]] = {}
        self.rng = np.random.default_rng(seed)
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            # He initialisation: the variance 2 / fan_in keeps the scale of values through ReLUs.
            w = self.rng.normal(scale=np.sqrt(2 / fan_in), size=(fan_in, fan_out))
            self.params[f"W{layer}"] = w
            self.params[f"b{layer}"] = np.zeros(fan_out)
            if batchnorm and layer < self.layers:
                self.params[f"gamma{layer}"] = np.ones(fan_out)
                self.params[f"beta{layer}"] = np.zeros(fan_out)
                self.bn_params[layer] = {
                    "eps": 1e-5,
                    "momentum": 0.9,
                    "running_mean": np.zeros(fan_out),
                    "running_var": np.zeros(fan_out),
                }

    def dropout_param(self, mode: str) -> dict[str, Any]:
        """Make the ``dropout_param`` of one call, with a new seed from the network's generator."""
        return {"mode": mode, "p": self.dropout, "seed": int(self.rng.integers(2**32))}

    def forward(self, x: Array, mode: str) -> tuple[Array, Any]:
        """Compute the scores of a batch.

        Parameters
        ----------
        x
            (N, sizes[0]).
        mode
            ``"train"`` or ``"test"``, for batch normalisation and dropout.

        Returns
        -------
        scores
            (N, sizes[-1]).
        cache
            For ``backward``.
        """
        caches: list[Any] = []
        for layer in range(1, self.layers):
            x, affine = affine_forward(x, self.params[f"W{layer}"], self.params[f"b{layer}"])
            norm = drop = None
            if self.batchnorm:
                gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
                self.bn_params[layer]["mode"] = mode
                x, norm = batchnorm_forward(x, gamma, beta, self.bn_params[layer])
            x, relu = relu_forward(x)
            if self.dropout > 0:
                x, drop = dropout_forward(x, self.dropout_param(mode))
            caches.append((affine, norm, relu, drop))
        last = self.layers
        scores, affine = affine_forward(x, self.params[f"W{last}"], self.params[f"b{last}"])
        return scores, (caches, affine)

    def backward(self, dscores: Array, cache: Any) -> dict[str, Array]:
        """Compute the gradients of the loss with respect to all parameters.

        Parameters
        ----------
        dscores
            The gradient of the loss with respect to the scores, (N, sizes[-1]).
        cache
            From ``forward`` in training mode.

        Returns
        -------
        dict
            An array for each name in ``self.params``, of the same shape.
        """
        caches, affine = cache
        grads: dict[str, Array] = {}
        last = self.layers
        dx, grads[f"W{last}"], grads[f"b{last}"] = affine_backward(dscores, affine)
        for layer in range(last - 1, 0, -1):
            affine, norm, relu, drop = caches[layer - 1]
            if self.dropout > 0:
                dx = dropout_backward(dx, drop)
            dx = relu_backward(dx, relu)
            if self.batchnorm:
                dx, grads[f"gamma{layer}"], grads[f"beta{layer}"] = batchnorm_backward(dx, norm)
            dx, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dx, affine)
        return grads


def fit(
    network: Network,
    train: Split,
    validation: Split,
    epochs: int,
    lr: float = 0.1,
    batch_size: int = 50,
    seed: int = 0,
) -> History:
    """Train a network by stochastic gradient descent (task ``comparison``, 4 points; lecture 001).

    Every step moves each parameter against its gradient: ``param - lr * gradient``. The loss is
    that of ``softmax_loss``.

    Parameters
    ----------
    network
        Trained in place.
    train, validation
        Pairs of images, (N, 784) floats in [0, 1], and labels, (N,) integers. The network never
        learns from the second.
    epochs
        How often to go through the training data. Every epoch visits each sample once, in a newly
        shuffled order.
    lr
        Learning rate.
    batch_size
        Samples in a batch; the last batch of an epoch may be smaller.
    seed
        Of the shuffling: the same seed gives the same orders.

    Returns
    -------
    dict
        ``"train_loss"`` and ``"validation_loss"``: a list of floats each, one an epoch. The
        training loss is the mean over the samples of the epoch, each with the network as it was
        when its batch came (a batch counts by its number of samples); the validation loss is
        measured after the epoch, in test mode.
    """
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
            total += loss * len(batch)
        history["train_loss"].append(total / len(order))
        scores, _ = network.forward(validation_images, "test")
        history["validation_loss"].append(softmax_loss(scores, validation_labels)[0])
    return history


def comparison_figure(histories: dict[str, History]) -> Figure:
    """Draw the losses of several networks (task ``comparison``; lecture 001's two plots).

    Parameters
    ----------
    histories
        What ``fit`` returned for each network, by a name such as ``"batch norm"``.

    Returns
    -------
    matplotlib.figure.Figure
        Two axes side by side: training loss on the left, validation loss on the right. Each has
        one line for each network, loss over epoch, where the first epoch is 1; lines come in the
        order of `histories` and are labelled with the network's name. Both axes have a title,
        both of their axes are labelled, and a legend says which line is which.
    """
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    titles = {"train_loss": "Training", "validation_loss": "Validation"}
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        for name, history in histories.items():
            ax.plot(range(1, len(history[key]) + 1), history[key], marker=".", label=name)
        ax.set_title(title)
        ax.set_xlabel("epoch")
        ax.set_ylabel("cross-entropy per sample")
        ax.legend()
    return figure
