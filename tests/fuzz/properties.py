"""What must hold whatever bytes a worker sends; shared by hypothesis and the other fuzzer.

Each function takes bytes and raises where the judge would do something that it must not.
"""

import contextlib
from pathlib import Path

import msgspec
import numpy as np
import torch

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_axes_off,
    assert_curves,
    assert_decreasing,
    assert_different,
    assert_gradient_flow,
    assert_grey_scale_shared,
    assert_grid,
    assert_history,
    assert_images,
    assert_loss_below,
    assert_mean,
    assert_ndarray,
    assert_no_smoothing,
    assert_number,
    assert_tensor,
    assert_titled,
    assert_unchanged,
    entry,
    unpack,
)
from grader.judge.errors import StudentError
from grader.judge.messages import Job, Verdict
from grader.judge.outcome import describe_crash
from grader.judge.remote import RemoteBackend
from grader.judge.student import Student
from grader.texts import printable
from grader.worker import wire
from grader.worker.bounds import Bounds, End
from grader.worker.handles import Handle, Target

TOKEN = bytes(range(16))
FOLDER = Path("/nowhere")
SCALARS = (type(None), bool, int, float, str, bytes)
MESSAGE_LIMIT = 10_000
"""Characters of anything that is said about a submission; far more than people read."""


def decodes_to_plain_data(content):
    """A frame is refused with a ProtocolError, or it is plain data that can be sent back."""
    try:
        value = wire.unpack(content)
    except wire.ProtocolError:
        return None
    require_plain(value)
    again = wire.unpack(wire.pack(value))
    assert same(value, again), (value, again)
    return value


def require_plain(value):
    """Every part of a value has one of the types that cross, exactly."""
    kind = type(value)
    if kind in (list, tuple):
        for item in value:
            require_plain(item)
    elif kind is dict:
        for key, item in value.items():
            assert type(key) is str, key
            require_plain(item)
    elif kind is np.ndarray:
        assert value.dtype.kind in "biufc", value.dtype
        assert value.dtype.isnative, value.dtype
        assert value.flags.owndata or value.base is not None
    elif kind is torch.Tensor:
        assert value.layout is torch.strided, value.layout
    elif kind is Handle:
        assert (type(value.id), type(value.kind)) == (int, str), vars(value)
    elif kind is Target:
        assert type(value.root) in (int, str), value.root
    else:
        assert kind in SCALARS, kind


def same(a, b):
    """Whether two plain values are one and the same; NaN is the same as NaN."""
    if type(a) is not type(b):
        return False
    if type(a) in (list, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if type(a) is dict:
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if type(a) is np.ndarray:
        return a.dtype == b.dtype and a.shape == b.shape and repr(a) == repr(b)
    if type(a) is torch.Tensor:
        return a.dtype == b.dtype and a.shape == b.shape and repr(a) == repr(b)
    if type(a) is Handle:
        return (a.id, a.kind) == (b.id, b.kind)
    if type(a) is Target:
        return (a.root, a.path) == (b.root, b.path)
    return repr(a) == repr(b)


class Hung:
    """A worker that is there, and nothing more."""

    def let_go(self):
        pass


def replies_are_answers_or_faults_of_the_student(content):
    """A reply becomes a value that checks can look at, or a StudentError that can be described."""
    try:
        body = wire.unpack(content)
    except wire.ProtocolError:
        return
    for reply in (body, [TOKEN, "ok", body], [TOKEN, *body] if type(body) is list else body):
        backend = RemoteBackend(Hung)
        backend._worker = Hung()
        try:
            value = backend._unwrap(TOKEN, reply)
        except StudentError as error:
            require_readable(describe_crash(error, FOLDER))
            continue
        require_judged(Student(backend)._lift(value))


EXPECTED = [
    np.array([[1.5, -2.0]]),
    np.array([1, 2, 3]),
    torch.tensor([0.5, float("inf")]),
    torch.tensor(True),
    2.5,
]
JUDGES = [
    *(lambda v, e=e: assert_array(v, e, name="v", rtol=1e-5, atol=1e-8) for e in EXPECTED),
    *(lambda v, e=e: assert_unchanged(e, v, name="v") for e in EXPECTED),
    *(lambda v, e=e: assert_different(v, e, name="v", least=1e-3) for e in EXPECTED[:4]),
    lambda v: as_number(v, name="v"),
    lambda v: as_numbers(v, name="v"),
    lambda v: as_numbers(v, name="v", length=3),
    lambda v: assert_number(v, 0.5, name="v", rtol=0.1, atol=0, low=0, high=1),
    lambda v: assert_tensor(v, name="v"),
    lambda v: assert_tensor(v, name="v", shape=(None, 3), dtype=torch.float32, low=0, high=1),
    lambda v: assert_ndarray(v, name="v"),
    lambda v: assert_ndarray(v, name="v", shape=(2, None), dtype=np.float64, low=0, high=1),
    lambda v: assert_mean(v, 0.5, std=1.0, name="v", false_alarm=1e-6),
    lambda v: assert_history(v, [0.5, 0.25], name="v", rtol=0.1, atol=0),
    lambda v: assert_decreasing(v, name="v", least_drop=0.1),
    lambda v: assert_loss_below(v, 0.5, name="v", context="guessing gives 1"),
    lambda v: assert_gradient_flow(v, name="v"),
    lambda v: assert_unchanged({"a": 1, "b": [2.5, None]}, v, name="v"),
    lambda v: assert_unchanged((b"", "text"), v, name="v"),
    lambda v: unpack(v, 2, name="v"),
    lambda v: entry(v, "a", name="v"),
]

FIGURES = [
    assert_titled,
    assert_axes_off,
    assert_no_smoothing,
    assert_grey_scale_shared,
    lambda v: assert_grid(v, 1, 2),
    lambda v: assert_images(v, np.full((1, 1, 2, 3), 0.5), name="v", atol=1e-3),
    lambda v: assert_curves(v, {"train": [1.0, 0.5]}, atol=1e-3),
]


def require_judged(value):
    """Every comparison comes to an end on a value: it passes, or fails with a readable text."""
    for judge in JUDGES:
        try:
            judge(value)
        except CheckFailure as failure:
            require_readable(str(failure))
            require_printable(str(failure))
    for judge in FIGURES:
        try:
            judge(value)
        except CheckFailure as failure:
            require_readable(str(failure))
            require_printable(str(failure))
        except ValueError as error:  # the check's fault, or the worker's: it asks for a person
            if "description of a figure" not in str(error):
                raise


def require_readable(text):
    """A text can be shown on a terminal, written as JSON, and read by people."""
    assert len(text) <= MESSAGE_LIMIT, len(text)
    msgspec.json.encode(printable(text))


def require_printable(text):
    """A text holds nothing that steers a terminal."""
    assert all(c.isprintable() or c == "\n" for c in text), text


def messages_are_decoded_or_refused(content):
    """What keepers and judges say of themselves is of the form it must have, or refused."""
    for kind in (Bounds, End, Job, Verdict):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            assert type(msgspec.msgpack.decode(content, type=kind)) is kind
