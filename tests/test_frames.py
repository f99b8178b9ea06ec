"""What a frame may hold, found out before anything of it is decoded."""

import struct
import tracemalloc

import msgpack
import numpy as np
import pytest

from grader.worker import frames, wire
from grader.worker.frames import FrameError, require_bounded

KNOWN = frozenset({1, 3})


def packed(value):
    return msgpack.packb(value)


def extension(code, body):
    return packed(msgpack.ExtType(code, body))


WHOLE = {
    "numbers": packed([0, 127, -32, -33, 200, 70_000, 2**40, -(2**40), 1.5, 2**64 - 1]),
    "float32": b"\xca" + struct.pack(">f", 1.5),
    "words": packed([None, True, False]),
    "texts": packed(["", "a", "b" * 40, "c" * 300, "d" * 70_000]),
    "bytes": packed([b"", b"a" * 300, b"b" * 70_000]),
    "lists": packed([[], [[]], list(range(20)), [0] * 70_000]),
    "dicts": packed({"a": {}, "b": {str(n): n for n in range(20)}}),
    "a long dict": packed({str(n): n for n in range(70_000)}),
    "extensions": packed(
        [msgpack.ExtType(3, packed(b"x" * size)) for size in (0, 2, 6, 14, 200, 300, 70_000)]
    ),
    "an extension in an extension": extension(1, extension(3, packed([1]))),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_passes(name):
    require_bounded(WHOLE[name], KNOWN)


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_cut_short_or_goes_on_is_refused(name):
    content = WHOLE[name]
    with pytest.raises(FrameError, match="ends too early"):
        require_bounded(content[:-1], KNOWN)
    with pytest.raises(FrameError, match="left over"):
        require_bounded(content + b"\0", KNOWN)


REFUSED = {
    "nothing": (b"", "ends too early"),
    "a byte that begins nothing": (b"\xc1", "begins nothing"),
    "an unknown extension": (extension(2, packed(1)), "unknown extension"),
    "a date": (packed(msgpack.Timestamp(7)), "unknown extension"),
    "an extension with more than a value": (extension(3, b"\0\0"), "left over"),
    "an extension that ends within its value": (
        b"\x92" + extension(3, packed(b"ab")[:-1]) + b"\0",
        "left over",
    ),
    "an empty extension": (extension(3, b"") + b"\0", "left over"),
    "a dict with a number as a key": (packed({1: 2}), "keys are not text"),
    "a dict with bytes as a key": (packed({b"a": 2}), "keys are not text"),
    "a dict with a list as a key": (b"\x81\x90\x01", "keys are not text"),
    "lists nested too deeply": (b"\x91" * 200 + b"\0", "nested too deeply"),
    "extensions nested too deeply": (b"\xd4\x03" * 200, "nested too deeply"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_malformed_is_refused(name):
    content, message = REFUSED[name]
    with pytest.raises(FrameError, match=message):
        require_bounded(content, KNOWN)


def test_items_are_counted_over_all_lists_and_dicts(monkeypatch):
    monkeypatch.setattr(frames, "MAX_ITEMS", 10)
    for whole in ([[1, 2], [3, 4], [5, 6]], {"a": [1, 2], "b": {"c": [3]}}):
        require_bounded(packed(whole), KNOWN)
    for excess in ([[1, 2], [3, 4], [5, 6, 7], [8]], {"a": [1, 2, 3, 4], "b": {"c": [3]}}):
        with pytest.raises(FrameError, match="more than 10 items"):
            require_bounded(packed(excess), KNOWN)


def test_bytes_of_extensions_are_counted_where_they_lie_in_each_other(monkeypatch):
    monkeypatch.setattr(frames, "MAX_COPIED", 250)
    once = extension(3, packed(b"x" * 100))
    require_bounded(once, KNOWN)
    require_bounded(packed([b"x" * 100] * 5), KNOWN)
    require_bounded(extension(3, once), KNOWN)
    with pytest.raises(FrameError, match="extensions of more than 250 bytes"):
        require_bounded(extension(3, extension(3, once)), KNOWN)


def test_the_length_of_a_text_is_bounded(monkeypatch):
    monkeypatch.setattr(frames, "MAX_TEXT", 50)
    for size in (50, 51):
        content = packed("t" * size)
        if size == 50:
            require_bounded(content, KNOWN)
        else:
            with pytest.raises(FrameError, match="a text of 51 bytes, more than 50"):
                require_bounded(content, KNOWN)


ROOM = b"\xdd" + frames.MAX_ITEMS.to_bytes(4, "big")
BOMBS = {
    "empty dicts": b"\x9a" + 10 * (ROOM + b"\x80" * frames.MAX_ITEMS),
    "room for items that never come": b"\x91" + ROOM * 90,
    "room within tuples": b"\xc9\x00\x00\x10\x00\x03" + ROOM * 819 + b"\0",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_frame_costs_no_memory_before_it_is_known_to_be_harmless(name):
    tracemalloc.start()
    try:
        with pytest.raises(wire.ProtocolError, match="more than 200000 items"):
            wire.unpack(BOMBS[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**20


def test_an_honest_frame_of_arrays_passes():
    value = {"batch": [(np.zeros((100, 1, 28, 28)), np.arange(100))] * 20, "losses": [0.5] * 5000}
    assert len(wire.unpack(wire.pack(value))["batch"]) == 20


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([0.5] * 200_001, "more than 200000 items"),
        ("t" * (2**20 + 1), "a text of"),
        ({b"a": 1}, "keys are not text"),
        (np.zeros((1,) * 40), "40 dimensions"),
        (np.zeros((2**40, 0)), "more than 268435456 bytes"),
    ],
    ids=["items", "text", "keys", "dimensions", "empty"],
)
def test_what_the_other_side_would_refuse_cannot_be_sent(value, message):
    with pytest.raises(ValueError, match=f"cannot be sent: .*{message}"):
        wire.pack(value)
