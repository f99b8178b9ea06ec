"""Compares replies: of the submission, of the reference, and of a misconception.

Numbers that do not depend on chance must agree up to rounding. Where they do, as with a dropout
mask or the first weights of a network, what they have in common is compared: how many are zero,
their mean and their spread, and how much rows and columns differ in both.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import torch

from grader.judge.diagnosis_replay import BY_NAME, Answer
from grader.judge.diagnosis_transcript import Request
from grader.worker.handles import Handle

RTOL: Final = {"float64": 1e-9, "complex128": 1e-9, "float32": 1e-4, "complex64": 1e-4}
"""Agreement of sums in another order, with room: 1e-14 and 1e-6 are usual."""
RTOL_HALF: Final = 2e-2
NEARER: Final = 1e-3
"""A reply is a misconception's where it is this much nearer to it than the reference is."""
_PAST: Final = 3
"""Answers of the same shape before it that an answer is held against."""
MOSTLY: Final = 0.8
"""Share of known numbers from which on an answer is taken for one whose numbers are known."""
FAR: Final = 7.0
"""Deviations of a feature, over ten samples of it, within which another sample lies: for a normal
variable, Student's t with nine degrees of freedom puts one in 10,000 beyond 6.6 of them."""

SHARP: Final = 0.05
"""How far, as a share of its size, chance may move a number by which a bug is told."""


def of(request: Request) -> Answer:
    """What the submission replied, in the form of an answer."""
    return Answer(reply=request.reply, error=request.error)


def canonical(request: Request, answer: Answer) -> Answer:
    """An answer without what a student may name as they like."""
    if request.operation == "probe" and request.arguments[0] in BY_NAME:
        return Answer(reply=_nameless(answer.reply), error=answer.error)
    return answer


def _nameless(value: Any) -> Any:
    if type(value) is dict:
        if set(value) == {"input", "parameters"}:
            return [value["input"], _nameless(value["parameters"])]
        return list(value.values())
    return value


def same_form(one: Answer, other: Answer) -> bool:
    """Whether two answers agree in everything but the values of floating-point numbers."""
    if (one.error is None) != (other.error is None):
        return False
    if one.error is not None:
        return one.error == other.error
    return bool(_form(one.reply) == _form(other.reply))


def same(one: Answer, other: Answer, reference: Answer | None = None) -> bool:
    """Whether two answers of the same form have the same values.

    Parameters
    ----------
    one, other
        The answers; those of a submission and of a misconception.
    reference
        What the reference answered: where `other` differs from it, as by a bug that makes training
        diverge, `one` may differ from `other` by a thousandth of that.
    """
    if one.error is not None or other.error is not None:
        return one.error == other.error
    third: Any = reference.reply if reference is not None and same_form(reference, other) else None
    triples = _leaves(one.reply, other.reply, third)
    return all(_close(a, b, c) for a, b, c in triples)


def distance(one: Answer, other: Answer) -> float:
    """The largest difference of two answers of the same form, relative to the size of `other`."""
    if one.error is not None or other.error is not None:
        return 0.0
    found = [_apart(a, b) / (_size(b) or 1.0) for a, b, _ in _leaves(one.reply, other.reply, None)]
    return max(found, default=0.0)


def _form(value: Any) -> Any:
    """Everything about a value but its floating-point numbers; comparable with ``==``."""
    if isinstance(value, np.ndarray):
        return ("array", str(value.dtype), value.shape, _whole(value))
    if isinstance(value, torch.Tensor):
        return (
            "tensor",
            str(value.dtype),
            tuple(value.shape),
            _whole(value.numpy(force=True))
            if not value.is_floating_point() and not value.is_complex()
            else None,
        )
    if type(value) is Handle:
        return ("object",)
    if type(value) in (list, tuple):
        return (type(value).__name__, tuple(map(_form, value)))
    if type(value) is dict:
        return ("dict", tuple(sorted((key, _form(item)) for key, item in value.items())))
    if type(value) is float:
        return ("float", "nan" if math.isnan(value) else "number")
    return (type(value).__name__, value)


def _whole(array: np.ndarray) -> bytes | None:
    """The content of an array of whole numbers, which rounding does not change."""
    return array.tobytes() if array.dtype.kind in "biu" else None


def _leaves(*values: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Arrays and numbers at the same places of values of the same form."""
    first = values[0]
    third = values[2]
    if type(first) in (list, tuple):
        for index, item in enumerate(first):
            yield from _leaves(item, values[1][index], None if third is None else third[index])
    elif type(first) is dict:
        for key, item in first.items():
            yield from _leaves(item, values[1][key], None if third is None else third[key])
    elif isinstance(first, np.ndarray | torch.Tensor) or type(first) is float:
        yield values[0], values[1], third


def _wide(value: Any) -> np.ndarray:
    if isinstance(value, torch.Tensor):
        value = value.to(torch.complex128 if value.is_complex() else torch.float64).numpy(
            force=True
        )
    array = np.asarray(value)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _apart(one: Any, other: Any) -> float:
    a, b = _wide(one), _wide(other)
    if not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return math.inf
    finite = np.isfinite(a)
    difference = np.abs(a[finite] - b[finite])
    return float(difference.max()) if difference.size else 0.0


def _size(value: Any) -> float:
    finite = np.abs(_wide(value))
    finite = finite[np.isfinite(finite)]
    return float(finite.max()) if finite.size else 0.0


def _close(one: Any, other: Any, reference: Any) -> bool:
    apart = _apart(one, other)
    name = str(getattr(one, "dtype", "float64")).removeprefix("torch.")
    bound = RTOL.get(name, RTOL_HALF) * _size(other)
    if apart <= bound:
        return True
    if reference is None:
        return False
    gap = _apart(other, reference)
    return math.isfinite(gap) and apart <= NEARER * gap


def related(answers: Sequence[Answer]) -> Answer:
    """The last of some answers, and how its zeros lie to those of answers of the same shape.

    A mask is used more than once: what is dropped going forward is dropped going backward.
    """
    last = answers[-1]
    found: list[float] = []
    for value in _arrays(last):
        before = [a for answer in answers[:-1] for a in _arrays(answer) if a.shape == value.shape]
        for other in before[-_PAST:]:
            both, only = (value == 0) & (other == 0), (value == 0) & (other != 0)
            found += [float(both.mean()), float(only.mean())]
    return Answer(last.reply, last.error, tuple(found))


def _arrays(answer: Answer) -> list[np.ndarray]:
    """The arrays of an answer that have more than one element."""
    if answer.error is not None:
        return []
    leaves = (_wide(value) for value, _, _ in _leaves(answer.reply, answer.reply, None))
    return [array for array in leaves if array.size > 1]


def features(answer: Answer) -> list[float]:
    """What the numbers of an answer have in common, whatever the chance that drew them."""
    found: list[float] = []
    for value, _, _ in _leaves(answer.reply, answer.reply, None) if answer.error is None else ():
        array = np.abs(_wide(value)) if np.iscomplexobj(value) else _wide(value)
        found.append(float(np.isfinite(array).mean()) if array.size else 1.0)
        array = np.where(np.isfinite(array), array, 0.0)
        kept = array[array != 0]
        found += [float((array == 0).mean()) if array.size else 0.0]
        for part in (array, kept):
            found += [float(part.mean()), float(part.std())] if part.size else [0.0, 0.0]
        if array.ndim > 1 and array.size:
            rows = array.reshape(len(array), -1)
            for part in (rows, rows == 0):
                found += [float(part.mean(axis=1).std()), float(part.mean(axis=0).std())]
    return found + list(answer.relations)


def within(one: Answer, samples: Sequence[Answer]) -> bool:
    """Whether an answer may be one more of several samples of a random answer."""
    known = [features(sample) for sample in samples]
    own = features(one)
    if any(len(other) != len(own) for other in known):
        return False
    for index, value in enumerate(own):
        column = [other[index] for other in known]
        middle, spread = float(np.mean(column)), float(np.std(column, ddof=1))
        if not abs(value - middle) <= FAR * spread + 1e-6 * abs(middle):
            return False
    rests = ([*samples[:number], *samples[number + 1 :]] for number in range(len(samples)))
    usual = min(_known(sample, rest) for sample, rest in zip(samples, rests, strict=True))
    return usual < MOSTLY or _known(one, samples) > usual / 2


def telling(samples: Sequence[Answer]) -> bool:
    """Whether it means something that an answer lies within samples of a random answer.

    Where they hold nothing but numbers that chance moves far, another bug's lie there, too.
    """
    if any(_arrays(sample) for sample in samples):
        return True
    columns = zip(*map(features, samples), strict=True)
    return all(FAR * np.std(c, ddof=1) <= SHARP * abs(np.mean(c)) + 1e-9 for c in columns)


def _known(answer: Answer, samples: Sequence[Answer]) -> float:
    """The least share, over arrays, of an answer's numbers but 0 that a sample has there, too.

    Of what is kept or dropped by chance, the numbers that are kept do not depend on it.
    """
    shares = [1.0]
    for place, array in enumerate(_arrays(answer)):
        others = [found[place] for s in samples if place < len(found := _arrays(s))]
        kept = array != 0
        hits = [np.isclose(array, o, rtol=1e-6, atol=0) for o in others if o.shape == array.shape]
        if kept.any() and hits:
            shares.append(float(np.any(hits, axis=0)[kept].mean()))
    return min(shares)
