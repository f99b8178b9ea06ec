"""What a check asked of a submission and what came back, kept so that it can be asked again.

A :class:`Recorder` stands between :class:`grader.judge.student.Student` and its backend. It keeps
copies, since a check may change its arrays after a call, and stops where too much would be kept.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from grader.judge.errors import StudentError, describe_error
from grader.judge.student import Backend
from grader.worker.handles import Handle, Target

MAX_BYTES: Final = 96 * 2**20
"""Of arrays that are kept for one submission; what is beyond is not diagnosed."""
_NUMBERS: Final = re.compile(r"[\d.,]*\d")

_Result = TypeVar("_Result")


@dataclass
class Request:
    """One request and its reply."""

    context: int
    """0 for the submission itself, other numbers for copies of its process."""
    operation: str
    """A method of :class:`grader.judge.student.Backend`."""
    arguments: tuple[Any, ...]
    reply: Any = None
    error: str | None = None
    """Type of the exception that came instead of a reply."""
    done: bool = False
    """Whether either came."""


@dataclass
class Transcript:
    """What one check asked, its fixtures included."""

    requests: list[Request] = field(default_factory=list)
    seconds: float = 0.0
    """How long the submission took to reply."""
    cut: bool = False
    """Whether requests are missing at the end."""


class Log:
    """The transcripts of a submission's grading, by check."""

    def __init__(self) -> None:
        self.transcripts: dict[str, Transcript] = {}
        self._current: Transcript | None = None
        self._bytes = 0
        self._contexts = 0

    def begin(self, check: str) -> None:
        """What comes now belongs to this check."""
        self._current = self.transcripts.setdefault(check, Transcript())

    def context(self) -> int:
        """A number for a copy of the submission's process."""
        self._contexts += 1
        return self._contexts

    def add(self, context: int, operation: str, arguments: tuple[Any, ...]) -> Request | None:
        """Keep a request; None where nothing is kept."""
        transcript = self._current
        if transcript is None or transcript.cut:
            return None
        if self._bytes > MAX_BYTES:
            transcript.cut = True
            return None
        request = Request(context, operation, self.copy(arguments))
        transcript.requests.append(request)
        return request

    def took(self, seconds: float) -> None:
        """Add to the time of the current check."""
        if self._current is not None:
            self._current.seconds += seconds

    def copy(self, value: Any) -> Any:
        """A copy of plain data; what it takes is counted."""
        from grader.worker.values import receive

        def leaf(item: Any) -> Any:
            return item

        copied = receive(value, leaf)
        self._bytes += _size(copied)
        return copied


def _size(value: Any) -> int:
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(getattr(value, "nbytes", 0))


class Recorder:
    """A backend that keeps what another one is asked and replies."""

    def __init__(self, backend: Backend, log: Log, context: int = 0) -> None:
        self._backend = backend
        self._log = log
        self._context = context

    def load(self, module: str) -> None:
        """Import a module of the submission."""
        with self._asking("load", module):
            self._backend.load(module)

    def call(
        self, target: Target, args: Sequence[Any], kwargs: Mapping[str, Any], *, keep: bool = False
    ) -> Any:
        """Call a target; data, or a handle if `keep`."""
        with self._asking("call", target, list(args), dict(kwargs), keep) as take:
            return take(self._backend.call(target, args, kwargs, keep=keep))

    def observe(self, target: Target, args: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Call a target; its result, and its arguments afterwards."""
        with self._asking("observe", target, list(args)) as take:
            return take(self._backend.observe(target, args))

    def probe(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a trusted function beside the student's code."""
        with self._asking("probe", name, list(args), dict(kwargs)) as take:
            return take(self._backend.probe(name, args, kwargs))

    def value(self, target: Target) -> Any:
        """A target as data."""
        with self._asking("value", target) as take:
            return take(self._backend.value(target))

    def item(self, target: Target, key: int | str) -> Handle:
        """A handle to ``target[key]``."""
        with self._asking("item", target, key) as take:
            return take(self._backend.item(target, key))

    def put(self, value: Any) -> Handle:
        """Keep plain data beside the student's code."""
        with self._asking("put", value) as take:
            return take(self._backend.put(value))

    def seed(self, seed: int) -> None:
        """Seed the global random generators beside the student's code."""
        with self._asking("seed", seed):
            self._backend.seed(seed)

    @contextmanager
    def snapshot(self) -> Iterator[Backend]:
        """A copy of everything as it is now, for as long as the context lasts."""
        with self._copied("snapshot", self._backend.snapshot()) as copy:
            yield copy

    @contextmanager
    def anew(self) -> Iterator[Backend]:
        """The submission once more, in a process that shares nothing with this one."""
        with self._copied("anew", self._backend.anew()) as copy:
            yield copy

    def close(self) -> None:
        """Give up everything held."""
        self._backend.close()

    @contextmanager
    def _copied(
        self, operation: str, copying: AbstractContextManager[Backend]
    ) -> Iterator[Backend]:
        context = self._log.context()
        stack = ExitStack()
        with self._asking(operation, context):
            backend = stack.enter_context(copying)
        with stack:
            yield Recorder(backend, self._log, context)

    def _asking(self, operation: str, *arguments: Any) -> "_Asking":
        return _Asking(self._log, self._log.add(self._context, operation, arguments))


class _Asking:
    """Notes the reply to one request, or the exception that came instead."""

    def __init__(self, log: Log, request: Request | None) -> None:
        self._log = log
        self._request = request

    def __enter__(self) -> "_Asking":
        self._start = time.monotonic()
        return self

    def __call__(self, reply: _Result) -> _Result:
        if self._request is not None:
            self._request.reply = self._log.copy(reply)
        return reply

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: Any
    ) -> None:
        self._log.took(time.monotonic() - self._start)
        if self._request is None or (error is not None and not isinstance(error, Exception)):
            return
        self._request.done = True
        if error is not None:
            self._request.error = kind_of(error)


def kind_of(error: BaseException) -> str:
    """The type name of an exception, wherever it was raised.

    PyTorch says with RuntimeErrors very different things, so of these there is the text, too,
    without its numbers.
    """
    kind = error.kind if isinstance(error, StudentError) else type(error).__name__
    if kind != "RuntimeError":
        return kind
    return f"{kind}: {_NUMBERS.sub('#', describe_error(error).partition(': ')[2])}"
