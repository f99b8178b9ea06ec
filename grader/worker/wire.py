"""Frames of plain data between judge and worker.

A frame is a length (8 bytes, big-endian) and that many bytes of MessagePack. Arrays and tensors
travel as dtype, shape and bytes; tuples, handles and targets have extension types of their own.
There is no pickle and no object array. The reader refuses a length beyond its bound before it reads
on, grows its buffer only as bytes arrive, and measures a frame (:mod:`grader.worker.frames`) before
it makes anything of it, so a hostile peer cannot make it allocate more than a few times MAX_FRAME.
"""

import math
import socket
import struct
from typing import Any, Final

import msgpack
import numpy as np
import torch

from grader.worker.frames import FrameError, require_bounded
from grader.worker.handles import Handle, Target
from grader.worker.values import NUMERIC_KINDS, TENSOR_TYPES

MAX_FRAME: Final = 256 * 2**20
"""Bytes of one frame; a batch of 1,000 MNIST images in float64 takes 6 MiB."""
MAX_DIMENSIONS: Final = 32

_ARRAY, _TENSOR, _TUPLE, _HANDLE, _TARGET = _EXTENSIONS = 1, 2, 3, 4, 5
_KNOWN: Final = frozenset(_EXTENSIONS)
_HEADER: Final = struct.Struct(">Q")
_CHUNK: Final = 2**20
_ARRAY_TYPES: Final = {
    dtype.str: dtype
    for dtype in (np.dtype(code).newbyteorder("<") for code in np.typecodes["All"])
    if dtype.kind in NUMERIC_KINDS
}
_TORCH_NAMES: Final = {dtype: name for name, (dtype, _) in TENSOR_TYPES.items()}


class ProtocolError(Exception):
    """The peer sent something that no honest peer sends."""


class ClosedError(ProtocolError):
    """The peer is gone."""


def pack(value: Any) -> bytes:
    """Encode plain data.

    Raises
    ------
    ValueError
        The value is not plain data, or too large for a frame.
    """
    try:
        encoded = _pack(value)
        if len(encoded) > MAX_FRAME:
            raise FrameError(f"{len(encoded)} bytes, more than {MAX_FRAME}")
        require_bounded(encoded, _KNOWN)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"cannot be sent: {error}") from error
    return encoded


def unpack(content: bytes) -> Any:
    """Decode plain data; ProtocolError for anything malformed or out of bounds."""
    try:
        require_bounded(content, _KNOWN)
        return _unpack(content)
    except FrameError as error:
        raise ProtocolError(f"malformed frame: {error}") from error
    except (ValueError, MemoryError, msgpack.UnpackException) as error:
        raise ProtocolError(f"malformed frame: {type(error).__name__}") from error


def send(channel: socket.socket, value: Any) -> None:
    """Send one frame; ClosedError if the peer is gone."""
    send_packed(channel, pack(value))


def send_packed(channel: socket.socket, content: bytes) -> None:
    """Send one frame that :func:`pack` made."""
    try:
        channel.sendall(_HEADER.pack(len(content)) + content)
    except (BrokenPipeError, ConnectionError) as error:
        raise ClosedError("the peer is gone") from error


def receive(channel: socket.socket) -> Any:
    """Receive one frame; ClosedError at its end, ProtocolError for a frame out of bounds."""
    (length,) = _HEADER.unpack(_read(channel, _HEADER.size))
    if length > MAX_FRAME:
        raise ProtocolError(f"a frame of {length} bytes, more than {MAX_FRAME}")
    return unpack(_read(channel, length))


def _read(channel: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        try:
            part = channel.recv(min(length, _CHUNK))
        except ConnectionError as error:
            raise ClosedError("the peer is gone") from error
        if not part:
            raise ClosedError("the peer is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _pack(value: Any) -> bytes:
    content: bytes = msgpack.packb(value, default=_encode, strict_types=True)
    return content


def _unpack(content: bytes) -> Any:
    return msgpack.unpackb(content, ext_hook=_decode, strict_map_key=True, raw=False)


def _encode(value: Any) -> msgpack.ExtType:
    kind = type(value)
    if kind is np.ndarray and value.dtype.kind in NUMERIC_KINDS:
        _require_shape(list(value.shape), value.dtype.itemsize)
        array = np.ascontiguousarray(value).reshape(value.shape)
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        body = [little.dtype.str, list(array.shape), little.tobytes()]
        return msgpack.ExtType(_ARRAY, msgpack.packb(body))
    if kind is torch.Tensor and value.dtype in _TORCH_NAMES:
        name = _TORCH_NAMES[value.dtype]
        _require_shape(list(value.shape), value.dtype.itemsize)
        plain = value.detach().contiguous().view(TENSOR_TYPES[name][1])
        return msgpack.ExtType(
            _TENSOR, msgpack.packb([name, list(value.shape), plain.numpy().tobytes()])
        )
    if kind is tuple:
        return msgpack.ExtType(_TUPLE, _pack(list(value)))
    if kind is Handle:
        return msgpack.ExtType(_HANDLE, msgpack.packb([value.id, value.kind]))
    if kind is Target:
        return msgpack.ExtType(_TARGET, msgpack.packb([value.root, list(value.path)]))
    raise TypeError(f"a value of type {kind.__name__} is not plain data")


def _decode(code: int, data: bytes) -> Any:
    body = _unpack(data)
    if type(body) is not list:
        raise ProtocolError("malformed extension")
    if code == _TUPLE:
        return tuple(body)
    if code == _ARRAY:
        return _array(*_fields(body, str, list, bytes))
    if code == _TENSOR:
        return _tensor(*_fields(body, str, list, bytes))
    if code == _HANDLE:
        number, kind = _fields(body, int, str)
        return Handle(number, kind[:200])
    if code == _TARGET and len(body) == 2 and type(body[0]) in (int, str):
        (path,) = _fields(body[1:], list)
        if all(type(name) is str for name in path):
            return Target(body[0], tuple(path))
    raise ProtocolError("malformed extension")


def _fields(body: list[Any], *types: type) -> list[Any]:
    if len(body) != len(types) or any(
        type(item) is not kind for item, kind in zip(body, types, strict=True)
    ):
        raise ProtocolError("malformed extension")
    return body


def _require_shape(shape: list[Any], size: int) -> None:
    """Refuse shapes whose strides could overflow, also where there are no elements."""
    if len(shape) > MAX_DIMENSIONS:
        raise FrameError(f"an array of {len(shape)} dimensions, more than {MAX_DIMENSIONS}")
    if any(type(n) is not int or n < 0 for n in shape):
        raise FrameError("malformed shape")
    if size * math.prod(n or 1 for n in shape) > MAX_FRAME:
        raise FrameError(f"an array of shape {tuple(shape)}, more than {MAX_FRAME} bytes")


def _shape(shape: list[Any], size: int, content: bytes) -> tuple[int, ...]:
    _require_shape(shape, size)
    if math.prod(shape) * size != len(content):
        raise ProtocolError("shape and bytes do not agree")
    return tuple(shape)


def _array(name: str, shape: list[Any], content: bytes) -> Any:
    dtype = _ARRAY_TYPES.get(name)
    if dtype is None:
        raise ProtocolError("unknown dtype")
    sizes = _shape(shape, dtype.itemsize, content)
    if dtype.kind == "b":  # any byte but 0 is True, and becomes 1
        return (np.frombuffer(content, np.uint8) != 0).reshape(sizes)
    return np.frombuffer(content, dtype).astype(dtype.newbyteorder("=")).reshape(sizes)


def _tensor(name: str, shape: list[Any], content: bytes) -> torch.Tensor:
    if name not in TENSOR_TYPES:
        raise ProtocolError("unknown dtype")
    dtype, carrier = TENSOR_TYPES[name]
    sizes = _shape(shape, dtype.itemsize, content)
    if not content:
        return torch.empty(sizes, dtype=dtype)
    raw = torch.frombuffer(bytearray(content), dtype=carrier)
    if dtype is torch.bool:
        return (raw != 0).reshape(sizes)
    return raw.view(dtype).reshape(sizes)
