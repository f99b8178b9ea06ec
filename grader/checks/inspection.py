"""What a value is, found out without asking the value.

A student's object can define ``__eq__``, ``__bool__``, ``__class__`` or a metaclass that says
whatever it likes. So nothing here compares, converts or ``isinstance``-tests a value before
``type(value) is ...`` has told exactly what it is.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from grader.checks.failure import CheckFailure, hide_failure, quote

__tracebackhide__ = hide_failure

Array = NDArray[Any]

NUMERIC_KINDS: Final = "biufc"
"""Kinds of dtype that are compared: bool, signed, unsigned, floating, complex."""

_MAX_BITS: Final = 1024
"""Integers beyond this many bits are not written out: a float64 ends at 2**1024, and Python
refuses to print integers of more than 4300 digits."""

_qualname_of: Callable[[type], str] = type.__dict__["__qualname__"].__get__
_module_of: Callable[[type], object] = type.__dict__["__module__"].__get__
_opaque: list[tuple[type, Callable[[Any], str]]] = []


def is_exactly(value: object, *kinds: type) -> bool:
    """Whether a value's type is one of `kinds` itself, not a subclass."""
    return any(type(value) is kind for kind in kinds)


def type_name(value: object) -> str:
    """Return the name of a value's type, with its module unless it is built in."""
    kind = type(value)
    module = _module_of(kind)
    name = str.__str__(_qualname_of(kind))
    if type(module) is not str or module == "builtins":
        return name
    return f"{module}.{name}"


def describe_opaque(kind: type, describe: Callable[[Any], str]) -> None:
    """Name objects of exactly this type by a function of ours.

    For a trusted stand-in such as the judge's handle to an object beside the student's code: its
    own type would tell a student nothing.
    """
    _opaque.append((kind, describe))


def describe(value: object) -> str:
    """Say what a value is, in a few words such as ``a list of 3`` or ``the text 'x'``."""
    for kind, describe_kind in _opaque:
        if type(value) is kind:
            return describe_kind(value)
    if value is None or type(value) is bool:
        return str(value)
    if type(value) is int:
        bits = value.bit_length()
        return f"the number {value}" if bits <= _MAX_BITS else f"an integer of {bits} bits"
    if type(value) is float or type(value) is complex:
        return f"the number {value}"
    if type(value) is str:
        return f"the text {quote(value)}"
    if type(value) is list or type(value) is tuple or type(value) is dict:
        return f"a {type(value).__name__} of {len(value)}"
    if type(value) is np.ndarray:
        return f"a numpy.ndarray of shape {value.shape}, dtype {value.dtype}"
    if type(value) is torch.Tensor:
        return f"a torch.Tensor of shape {tuple(value.shape)}, dtype {value.dtype}"
    return f"an object of type {quote(type_name(value))[1:-1]}"


def require_tensor(value: object, *, name: str, hint: str | None = None) -> torch.Tensor:
    """Return the value if it is exactly a dense torch.Tensor, or raise a CheckFailure."""
    if type(value) is not torch.Tensor:
        raise _wrong_type(value, "a torch.Tensor", name, hint)
    if value.layout is not torch.strided or value.is_quantized or value.device.type == "meta":
        kind = "quantized" if value.is_quantized else f"{value.layout} on {value.device}"
        raise CheckFailure(
            f"{name} is not an ordinary dense tensor",
            expected="a dense torch.Tensor",
            actual=f"a torch.Tensor that is {kind}",
            hint=hint,
        )
    return value


def require_ndarray(value: object, *, name: str, hint: str | None = None) -> Array:
    """Return the value if it is exactly a numpy.ndarray of numbers, or raise a CheckFailure."""
    if type(value) is not np.ndarray:
        raise _wrong_type(value, "a numpy.ndarray", name, hint)
    if value.dtype.kind not in NUMERIC_KINDS:
        raise CheckFailure(
            f"{name} is an array of {value.dtype}, not of numbers",
            expected="a numpy.ndarray of numbers",
            actual=describe(value),
            hint=hint,
        )
    return value


def widen(value: Array | torch.Tensor) -> Array:
    """Turn an array or tensor of known type into an ndarray in the widest type of its kind.

    Floating values become float64, complex ones complex128; integers and bools stay as they are.
    No value of a narrower type changes on the way.
    """
    if isinstance(value, torch.Tensor):
        tensor = value.detach().to("cpu").resolve_conj().resolve_neg()
        if tensor.dtype.is_complex:
            tensor = tensor.to(torch.complex128)
        elif tensor.dtype.is_floating_point:
            tensor = tensor.to(torch.float64)
        return tensor.numpy()
    wide = {"f": np.float64, "c": np.complex128}.get(value.dtype.kind)
    with np.errstate(all="ignore"):  # longdouble beyond float64 becomes infinite
        return value if wide is None else value.astype(wide)


def _wrong_type(value: object, wanted: str, name: str, hint: str | None) -> CheckFailure:
    found = describe(value)
    return CheckFailure(
        f"{name} is {found}, not {wanted}", expected=wanted, actual=found, hint=hint
    )
