"""What may cross between the judge and a student's code: plain data and opaque handles.

Plain data is None, bool, int, float, str, bytes, lists, tuples, dicts with text keys, real numbers
of NumPy, and dense numeric arrays and tensors, each of exactly that type: a subclass may lie about
anything. Only arrays and tensors of a subclass come out, as what lies in their memory, whatever
their class says of it. Arrays are copied on the way, in both directions, so neither side can change
what the other holds; the copy lies in C order and the machine's byte order, as if it had come over
the wire.
Everything else stays where it is, and only a handle to it crosses.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from grader.worker.frames import MAX_TEXT
from grader.worker.handles import Handle

NUMERIC_KINDS: Final = "biufc"
"""Kinds of dtype that cross: bool, signed, unsigned, floating, complex."""

TENSOR_TYPES: Final = {
    **{
        name: (getattr(torch, name), getattr(torch, name))
        for name in (
            "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64",
            "complex64", "complex128",
        )
    },
    "bool": (torch.bool, torch.uint8),
    "bfloat16": (torch.bfloat16, torch.int16),
}  # fmt: skip
"""Dtypes of tensors that cross: by name, the dtype and the one whose bytes carry it."""

_TENSOR_DTYPES: Final = {dtype for dtype, _ in TENSOR_TYPES.values()}
_SCALARS: Final = (type(None), bool, float, bytes)
_NUMPY_SCALARS: Final = {np.dtype(code).type for code in "?efd" + np.typecodes["AllInteger"]}
_MAX_DEPTH: Final = 32


def is_numeric_array(value: Any) -> bool:
    """Whether a value is exactly an ndarray of numbers."""
    return type(value) is np.ndarray and value.dtype.kind in NUMERIC_KINDS


def is_dense_tensor(value: Any) -> bool:
    """Whether a value is exactly a Tensor (or Parameter) of numbers that lie in memory."""
    return (
        type(value) in (torch.Tensor, torch.nn.Parameter)
        and value.layout == torch.strided
        and not value.is_nested
        and value.dtype in _TENSOR_DTYPES
        and value.device.type != "meta"
    )


def _can_cross(text: str) -> bool:
    if len(text) > MAX_TEXT:
        return False
    try:
        return len(text.encode()) <= MAX_TEXT
    except UnicodeEncodeError:  # a lone surrogate
        return False


def _in_memory(value: Any) -> Any:
    """An array or tensor of a subclass as one of the class it extends, or else the value itself.

    A mask, and a class that computes its values, cannot be left out.
    """
    kind = type(value)
    if kind is torch.Tensor or kind is np.ndarray:
        return value
    if issubclass(kind, np.ndarray) and not issubclass(kind, np.ma.MaskedArray):
        return np.ndarray.view(value, np.ndarray)
    if (
        issubclass(kind, torch.Tensor)
        and kind.__torch_dispatch__ is torch.Tensor.__torch_dispatch__
        and not issubclass(kind, (UninitializedBuffer, UninitializedParameter))
    ):
        with torch._C.DisableTorchFunctionSubclass():
            if value.layout is torch.strided:
                return torch.Tensor.as_subclass(value, torch.Tensor)
    return value


def _copy_array(array: Any) -> Any:
    return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")


def _copy_tensor(tensor: torch.Tensor) -> torch.Tensor:
    plain = torch.Tensor.detach(tensor)  # whatever attributes hang on it
    return plain.resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)


def export(value: Any, store: Callable[[Any], Handle], _depth: int = 0) -> Any:
    """A copy of a value as plain data; what is not plain becomes a handle.

    Parameters
    ----------
    value
        Anything a student's code returned.
    store
        Keeps an object and gives the handle to it.
    """
    kind = type(value)
    if kind in _SCALARS or (kind is int and -(2**63) <= value < 2**63):
        return value
    if kind is str and _can_cross(value):
        return value
    if kind in _NUMPY_SCALARS:
        return value.item()
    plain = _in_memory(value)
    if is_numeric_array(plain):
        return _copy_array(plain)
    if is_dense_tensor(plain):
        return _copy_tensor(plain).to("cpu")
    if _depth < _MAX_DEPTH:
        if kind is list:
            return [export(item, store, _depth + 1) for item in value]
        if kind is tuple:
            return tuple(export(item, store, _depth + 1) for item in value)
        if kind is dict and all(type(key) is str and _can_cross(key) for key in value):
            return {key: export(item, store, _depth + 1) for key, item in value.items()}
    return store(value)


def receive(value: Any, resolve: Callable[[Any], Any]) -> Any:
    """A copy of plain data from the judge, handles replaced by what they name."""
    kind = type(value)
    if kind is np.ndarray:
        return _copy_array(value)
    if kind is torch.Tensor:
        return _copy_tensor(value)
    if kind is list:
        return [receive(item, resolve) for item in value]
    if kind is tuple:
        return tuple(receive(item, resolve) for item in value)
    if kind is dict:
        return {key: receive(item, resolve) for key, item in value.items()}
    return resolve(value)
