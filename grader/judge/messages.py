"""What coordinator and judge say to each other; loads neither torch nor pytest."""

import struct
from typing import IO, Final, TypeVar

import msgspec

from grader.worker.bounds import Bounds

_LENGTH: Final = struct.Struct(">Q")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What judges are started with."""

    solution: str
    tasks: list[str]
    data: str | None
    isolate: bool
    layers: list[str]
    """Names of the layers that workers have and try; none where nothing is to be isolated."""
    preload: list[str] = []
    """Modules that submissions import, loaded once for all."""
    isolation: list[str]
    """Names of the layers in force, for the score."""
    bounds: Bounds
    device: str = "cpu"
    """Where checks may have student code compute: cpu or cuda."""
    devices: list[str] = []
    """Device nodes that workers may use; none for the CPU."""
    tolerances: bool = False
    """Whether each check records how much of its tolerances a submission used."""
    memory: str | None = None
    """An existing folder for what diagnosis computes, which the judges of a run share."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to grade."""

    id: str
    folder: str
    """Its cleaned files."""
    seed: int
    artifacts: str
    """An existing folder for the pictures that checks keep."""
    tasks: list[str] | None = None
    """Ids of the tasks to score, of those of the options; None: all of them."""
    diagnosed: bool = True
    """Whether mistakes are named."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a job: a score as JSON, or what went wrong on our side."""

    id: str
    score: bytes | None = None
    fault: str | None = None
    killed: list[str] = []
    """Checks in which the student's process was killed, but not by the grader."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The first message: how many checks there are, or why there is no judge."""

    checks: int = 0
    process: int = 0
    """The judge's process id."""
    problem: str | None = None


Message = TypeVar("Message", bound=msgspec.Struct)


def write_message(stream: IO[bytes], message: msgspec.Struct) -> None:
    """Write one message."""
    content = msgspec.msgpack.encode(message)
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def read_message(stream: IO[bytes], kind: type[Message]) -> Message | None:
    """Read one message; None at the end of the stream."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    content = stream.read(length)
    return msgspec.msgpack.decode(content, type=kind) if len(content) == length else None
