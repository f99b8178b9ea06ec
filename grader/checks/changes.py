"""Whether a value stayed as it was, and whether two results differ."""

import numpy as np
import torch

from grader.checks.comparing import (
    first_index,
    gap,
    require_finite,
    same,
)
from grader.checks.failure import CheckFailure, hide_failure
from grader.checks.inspection import (
    Array,
    describe,
    is_exactly,
    require_ndarray,
    require_tensor,
    widen,
)
from grader.checks.texts import index_text, number_text, pair_texts, share_text

__tracebackhide__ = hide_failure


def assert_unchanged(before: object, after: object, *, name: str, hint: str | None = None) -> None:
    """Check that a value is still exactly what it was.

    Parameters
    ----------
    before
        A copy from before the call: an array, a tensor, a number, text, None, or a list, tuple or
        dict of these.
    after
        The same from after the call. NaN counts as unchanged where NaN was.

    Raises
    ------
    CheckFailure
        It changed; the message says where.
    TypeError
        `before` holds something else than the above.
    """
    if isinstance(before, (np.ndarray, torch.Tensor)):
        _require_same_array(before, after, name=name, hint=hint)
    elif isinstance(before, dict):
        _require_same_dict(before, after, name=name, hint=hint)
    elif isinstance(before, (list, tuple)):
        _require_same_list(before, after, name=name, hint=hint)
    elif is_exactly(before, type(None), bool, int, float, complex, str, bytes):
        if type(after) is not type(before) or not (
            after == before or (after != after and before != before)
        ):
            raise _changed(before, after, name=name, hint=hint)
    else:
        raise TypeError(f"{name} cannot be compared: it was {describe(before)}")


def assert_different(
    a: object, b: object, *, name: str, least: float, hint: str | None = None
) -> None:
    """Check that two results differ somewhere by at least `least`.

    Parameters
    ----------
    a, b
        Two arrays, or two tensors, of one shape and of finite numbers.
    name
        What they are called together, such as ``two outputs in training mode``.
    least
        Smallest absolute difference that counts; above 0.

    Raises
    ------
    CheckFailure
        They are nearly the same, or not two arrays of one shape.
    ValueError
        `least` is not above 0.
    """
    if not least > 0:
        raise ValueError(f"least must be above 0, not {least}")
    require = require_tensor if type(a) is torch.Tensor else require_ndarray
    first = widen(require(a, name=f"{name} (the first)", hint=hint))
    second = widen(require(b, name=f"{name} (the second)", hint=hint))
    if first.shape != second.shape:
        raise CheckFailure(
            f"{name} have different shapes",
            expected="one shape",
            actual=f"{first.shape} and {second.shape}",
            hint=hint,
        )
    require_finite(first, name=f"{name} (the first)", hint=hint)
    require_finite(second, name=f"{name} (the second)", hint=hint)
    greatest = float(gap(first, second).max(initial=0.0))
    if greatest < least:
        raise CheckFailure(
            f"{name} must differ but are {'equal' if greatest == 0 else 'nearly equal'}",
            expected=f"a difference of at least {least:g}",
            actual=f"at most {number_text(greatest)}",
            hint=hint,
        )


def _require_same_array(
    before: Array | torch.Tensor, after: object, *, name: str, hint: str | None
) -> None:
    found: Array | torch.Tensor
    if isinstance(before, torch.Tensor):
        found = require_tensor(after, name=name, hint=hint)
    else:
        found = require_ndarray(after, name=name, hint=hint)
    if found.shape != before.shape or found.dtype != before.dtype:
        raise CheckFailure(
            f"{name} was changed",
            expected=f"shape {tuple(before.shape)}, dtype {before.dtype}, as before",
            actual=f"shape {tuple(found.shape)}, dtype {found.dtype}",
            hint=hint,
        )
    old, new = widen(before), widen(found)
    moved = ~same(old, new)
    if moved.any():
        index = first_index(moved)
        wanted, came = pair_texts(old[index].item(), new[index].item())
        raise CheckFailure(
            f"{name} was changed in {share_text(int(moved.sum()), moved.size)} places",
            expected=f"{wanted}{index_text(index)}, as before",
            actual=f"{came}{index_text(index)}",
            hint=hint,
        )


def _require_same_dict(
    before: dict[str, object], after: object, *, name: str, hint: str | None
) -> None:
    if type(after) is not dict:
        raise _changed(before, after, name=name, hint=hint)
    # only keys that are exactly text are looked at; another kind might define its own __eq__
    found = {key: value for key, value in after.items() if type(key) is str}
    gone = [key for key in before if key not in found]
    if gone or len(after) != len(before):
        new = [key for key in found if key not in before]
        raise CheckFailure(
            f"{name} was changed: its keys are not those it had",
            expected=f"keys {list(before)}",
            actual=f"missing {gone}, added {new}",
            hint=hint,
        )
    for key, value in before.items():
        assert_unchanged(value, found[key], name=f"{name}[{key!r}]", hint=hint)


def _require_same_list(
    before: list[object] | tuple[object, ...], after: object, *, name: str, hint: str | None
) -> None:
    if type(after) is not type(before) or len(after) != len(before):
        raise _changed(before, after, name=name, hint=hint)
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        assert_unchanged(old, new, name=f"{name}[{i}]", hint=hint)


def _changed(before: object, after: object, *, name: str, hint: str | None) -> CheckFailure:
    return CheckFailure(
        f"{name} was changed",
        expected=f"{describe(before)}, as before",
        actual=describe(after),
        hint=hint,
    )
