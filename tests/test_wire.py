import contextlib
import socket
import struct
import threading

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.worker import frames, wire
from grader.worker.handles import Handle, Target

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
@settings(max_examples=200, deadline=None)
def test_plain_data_survives_with_its_types(value):
    back = wire.unpack(wire.pack(value))
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "<u2", ">i4", "<i8", "<f2", "<f4", ">f8", "<c8", "<c16"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5), (4, 3, 2)])
def test_arrays_keep_dtype_shape_and_values(dtype, shape):
    array = np.random.default_rng(4).uniform(-9, 9, shape).astype(dtype)
    back = wire.unpack(wire.pack(array))
    assert type(back) is np.ndarray
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("name", sorted(wire.TENSOR_TYPES))
def test_tensors_keep_dtype_shape_and_values(name):
    dtype = wire.TENSOR_TYPES[name][0]
    tensor = (torch.rand(3, 5, generator=torch.Generator().manual_seed(5)) * 9).to(dtype).T
    back = wire.unpack(wire.pack(tensor))
    assert type(back) is torch.Tensor
    assert back.dtype == dtype
    assert torch.equal(back, tensor)
    assert wire.unpack(wire.pack(torch.empty(2, 0, dtype=dtype))).shape == (2, 0)


def test_handles_and_targets_survive():
    handle, target = wire.unpack(wire.pack([Handle(7, "list"), Target(3, ("a", "b"))]))
    assert (handle.id, handle.kind) == (7, "list")
    assert (target.root, target.path) == (3, ("a", "b"))


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array([None]), 2**70, "\ud800", {1: 2}.items(), np.float32(1)]
)
def test_what_is_not_plain_cannot_be_sent(value):
    with pytest.raises(ValueError, match="cannot be sent"):
        wire.pack(value)


def ext(code, *body):
    return msgpack.packb(msgpack.ExtType(code, msgpack.packb(list(body))))


HOSTILE = {
    "truncated": msgpack.packb([1, 2, 3])[:-1],
    "trailing bytes": msgpack.packb(1) + b"x",
    "a list of 2^32 items that are not there": b"\xdd\xff\xff\xff\xff",
    "a map of 2^32 items that are not there": b"\xdf\xff\xff\xff\xff",
    "text of 2^32 bytes that are not there": b"\xdb\xff\xff\xff\xff",
    "lists nested 100,000 deep": b"\x91" * 100_000 + b"\x90",
    "unknown extension": ext(99, 1),
    "object dtype": ext(1, "|O", [1], b"\0" * 8),
    "structured dtype": ext(1, "<i4,<i4", [1], b"\0" * 8),
    "dtype that is code": ext(1, "__import__('os')", [1], b"\0" * 8),
    "shape larger than its bytes": ext(1, "<f8", [2**40], b"\0" * 8),
    "negative shape": ext(1, "<f8", [-1, -1], b"\0" * 8),
    "shape that overflows": ext(1, "<f8", [2**62, 4, 0], b"\0" * 8),
    "too many dimensions": ext(1, "<f8", [1] * 100, b"\0" * 8),
    "bool as a size": ext(1, "<f8", [True], b"\0" * 8),
    "unknown tensor dtype": ext(2, "qint8", [1], b"\0"),
    "array without a body": ext(1),
    "handle with a text id": ext(4, "one", "list"),
    "target with a number in its path": ext(5, "module", [1]),
    "text that is not UTF-8": b"\xa2\xff\xfe",
    "extension whose body is not a list": msgpack.packb(msgpack.ExtType(3, msgpack.packb(1))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_frames_are_refused(name):
    with pytest.raises(wire.ProtocolError):
        wire.unpack(HOSTILE[name])


def test_tuples_nested_beyond_the_bound_are_refused():
    content = msgpack.packb([])
    for _ in range(frames.MAX_DEPTH // 2 + 1):
        content = msgpack.packb([msgpack.ExtType(3, content)])
    with pytest.raises(wire.ProtocolError, match="nested"):
        wire.unpack(content)


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_any_bytes_decode_or_are_refused(content):
    with contextlib.suppress(wire.ProtocolError):
        wire.unpack(content)


@pytest.fixture
def pair():
    ends = socket.socketpair()
    yield ends
    for end in ends:
        end.close()


def test_a_frame_crosses_in_pieces(pair):
    near, far = pair
    value = {"x": np.arange(500_000)}
    thread = threading.Thread(target=wire.send, args=(near, value))
    thread.start()
    np.testing.assert_array_equal(wire.receive(far)["x"], value["x"])
    thread.join()


@pytest.mark.parametrize("length", [wire.MAX_FRAME + 1, 2**63, 2**64 - 1])
def test_a_length_beyond_the_bound_is_refused_before_reading(pair, length):
    near, far = pair
    near.sendall(struct.pack(">Q", length))
    with pytest.raises(wire.ProtocolError, match="more than"):
        wire.receive(far)


def test_a_peer_that_hangs_up_is_told_from_one_that_lies(pair):
    near, far = pair
    near.sendall(struct.pack(">Q", 10) + b"half")
    near.close()
    with pytest.raises(wire.ClosedError):
        wire.receive(far)
