"""What the judge makes of replies that no honest worker sends."""

import socket
import threading

import msgpack
import numpy as np
import pytest
import torch

from grader.judge.errors import StudentError
from grader.judge.remote import RemoteBackend, ViolationError
from grader.worker import wire
from grader.worker.handles import Handle, Target
from grader.worker.zygote import End

WORK = Target("work", ("f",))


class Puppet:
    """A worker whose replies a test makes up; it serves one request."""

    def __init__(self, answer):
        self.channel, self._far = socket.socketpair()
        self._answer = answer
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with self._far:
            token, *_ = wire.receive(self._far)
            content = self._answer(token)
            content = content if type(content) is bytes else wire.pack(content)
            wire.send_packed(self._far, content)

    def end(self, *, died=False):
        self.let_go()
        return End(reason="judge", code=0, output="")

    def let_go(self):
        self.channel.close()
        self._thread.join()


@pytest.fixture
def answered():
    """``answered(answer)``: a backend whose worker replies with ``answer(token)``."""
    made = []

    def make(answer):
        made.append(RemoteBackend(lambda: Puppet(answer)))
        return made[-1]

    yield make
    for backend in made:
        backend.close()


TOKENS = {
    "another": lambda token: bytes(16),
    "an empty array": lambda token: np.zeros(0),
    "two numbers": lambda token: np.zeros(2),
    "an empty tensor": lambda token: torch.zeros(0),
    "an array of its bytes": lambda token: np.frombuffer(token, np.uint8).copy(),
    "text": lambda token: "token",
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_reply_must_carry_the_token_of_its_question(answered, name):
    backend = answered(lambda token: [TOKENS[name](token), "ok", 3])
    with pytest.raises(ViolationError, match="a question that was not asked"):
        backend.value(WORK)


FORMS = {
    "a word that is an array": lambda token: [token, np.zeros(2), 3],
    "a word that is nothing known": lambda token: [token, "pass", 3],
    "two values": lambda token: [token, "ok", 3, 4],
    "an error whose kind is an array": lambda token: [token, "error", np.zeros(3), "text", []],
    "an error whose text is a list": lambda token: [token, "error", "ValueError", [1], []],
}


@pytest.mark.parametrize("name", FORMS)
def test_a_reply_of_unknown_form_breaks_the_protocol(answered, name):
    with pytest.raises(ViolationError, match="a reply of unknown form"):
        answered(FORMS[name]).value(WORK)


PROMISES = {
    "call": lambda backend: backend.call(WORK, [], {}, keep=True),
    "put": lambda backend: backend.put(3),
    "item": lambda backend: backend.item(WORK, 0),
}


@pytest.mark.parametrize("name", PROMISES)
@pytest.mark.parametrize("value", [3, [1], np.zeros(2), None], ids=repr)
def test_where_a_handle_was_promised_nothing_else_will_do(answered, name, value):
    backend = answered(lambda token: [token, "ok", value])
    with pytest.raises(ViolationError, match="a handle was promised"):
        PROMISES[name](backend)


@pytest.mark.parametrize("number", [0, -1, -(2**63)])
def test_a_handle_cannot_name_what_another_worker_held(answered, number):
    backend = answered(lambda token: [token, "ok", Handle(number, "list")])
    with pytest.raises(ViolationError):
        backend.put(3)


def test_what_an_exception_says_is_bounded(answered):
    frame = ["w" * 9000 + ".py", 7, "f" * 9000, "s" * 9000]
    backend = answered(lambda token: [token, "error", "K" * 9000, "t" * 90_000, [frame] * 500])
    with pytest.raises(StudentError) as caught:
        backend.value(WORK)
    assert len(caught.value.kind) <= 200
    assert len(caught.value.text) <= 2100
    assert len(caught.value.frames) <= 12
    assert all(len(part) <= 500 for f in caught.value.frames for part in (f.file, f.source))


def test_lines_of_an_exception_that_are_no_lines_are_passed_over(answered):
    frames = ["work.py", ["work.py", "7", "f", "s"], ["work.py", 7, "f", "x = 1"], [np.zeros(2)]]
    backend = answered(lambda token: [token, "error", "ValueError", "no", frames])
    with pytest.raises(StudentError) as caught:
        backend.value(WORK)
    assert [f.line for f in caught.value.frames] == [7]


HOSTILE = {
    "a date": msgpack.packb(msgpack.Timestamp(7)),
    "a dict with a key of bytes": msgpack.packb({b"a": 1}),
    "an empty array of endless size": msgpack.packb(
        msgpack.ExtType(1, msgpack.packb(["<f8", [2**62, 2**62, 0], b""]))
    ),
    "an empty tensor of endless size": msgpack.packb(
        msgpack.ExtType(2, msgpack.packb(["float64", [2**63, 0], b""]))
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_frame_that_no_worker_sends_breaks_the_protocol(answered, name):
    with pytest.raises(ViolationError):
        answered(lambda token: HOSTILE[name]).value(WORK)
