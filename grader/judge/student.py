"""The ``student`` of a check: a submission's code, reached by data in, data out.

A check names functions and objects of the submission through :class:`Remote`; calls go to a
backend that runs them, in this process or in another. What comes back is plain data or again a
:class:`Remote`, so a check cannot tell the two forms apart.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from grader.checks import describe_opaque
from grader.judge.errors import (
    TIMED_OUT,
    StudentError,
    describe_error,
    is_refusal,
    is_timeout,
)
from grader.worker.handles import Handle, Target, replace_handles


class Backend(Protocol):
    """What runs requests; see :class:`grader.worker.executor.Executor`."""

    def load(self, module: str) -> None:
        """Import a module of the submission."""

    def call(
        self, target: Target, args: Sequence[Any], kwargs: Mapping[str, Any], *, keep: bool = False
    ) -> Any:
        """Call a target; data, or a handle if `keep`."""

    def observe(self, target: Target, args: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Call a target; its result, and its arguments afterwards."""

    def probe(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a trusted function beside the student's code."""

    def value(self, target: Target) -> Any:
        """A target as data."""

    def item(self, target: Target, key: int | str) -> Handle:
        """A handle to ``target[key]``."""

    def put(self, value: Any) -> Handle:
        """Keep plain data beside the student's code."""

    def seed(self, seed: int) -> None:
        """Seed the global random generators beside the student's code."""

    def snapshot(self) -> AbstractContextManager["Backend"]:
        """A copy of everything as it is now, for as long as the context lasts."""

    def anew(self) -> AbstractContextManager["Backend"]:
        """The submission once more, in a process that shares nothing with this one."""

    def close(self) -> None:
        """Give up everything held."""


class Remote:
    """Something of the submission's: a module, function, class or object.

    ``remote.name`` names an attribute of it and ``remote(...)`` calls it. Only calls reach the
    student's code; to read a plain attribute, ask ``student.value(remote.name)``.
    """

    __slots__ = ("_kind", "_student", "_target")

    def __init__(self, student: "Student", target: Target, kind: str) -> None:
        self._student = student
        self._target = target
        self._kind = kind

    def __getattr__(self, name: str) -> "Remote":
        if name.startswith("__"):
            raise AttributeError(name)
        target = Target(self._target.root, (*self._target.path, name))
        return Remote(self._student, target, f"{self._kind}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102  # the class says it
        return self._student.call(self, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<{self._kind}>"


@dataclass(frozen=True)
class Outcome:
    """What an attempted call came to."""

    ok: bool
    value: Any = None
    error: str | None = None
    """Type and text of the exception, such as ``ValueError: too few rows``."""


class Student:
    """A submission under grading.

    ``student.MODULE.NAME(...)`` calls the submission's code. Arguments and results are plain data
    (numbers, text, lists, tuples, dicts with text keys, arrays, tensors without graph); anything
    else comes back as a :class:`Remote` that can be called, or handed in again as an argument.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._imported: set[str] = set()
        self._endless: set[str] = set()
        self.probes = Probes(self)

    def __getattr__(self, module: str) -> Remote:
        if module.startswith("_"):
            raise AttributeError(module)
        return Remote(self, Target(module), module)

    def call(self, function: Remote, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the submission; the same as ``function(*args, **kwargs)``."""
        result = self._backend.call(self._reach(function), lower(args), lower(kwargs))
        return self._lift(result)

    def keep(self, function: Remote, *args: Any, **kwargs: Any) -> Remote:
        """Call a function and leave the result where it is, whatever it is."""
        handle = self._backend.call(self._reach(function), lower(args), lower(kwargs), keep=True)
        return self._remote(handle)

    def value(self, remote: Remote) -> Any:
        """What a remote is, as data."""
        return self._lift(self._backend.value(self._reach(remote)))

    def item(self, remote: Remote, key: int | str) -> Remote:
        """A remote to ``remote[key]``."""
        return self._remote(self._backend.item(self._reach(remote), key))

    def put(self, value: Any) -> Remote:
        """A copy of plain data that lives beside the submission, such as a dict it updates."""
        return self._remote(self._backend.put(lower(value)))

    def attempt(self, function: Remote, *args: Any, **kwargs: Any) -> Outcome:
        """Call a function that is allowed to refuse by raising an exception.

        An untouched TODO is no refusal, nor is leaving Python or the end of the process: those
        exceptions pass through.
        """
        try:
            return Outcome(ok=True, value=self.call(function, *args, **kwargs))
        except Exception as error:
            if not is_refusal(error):
                raise
            return Outcome(ok=False, error=describe_error(error))

    def observe(self, function: Remote, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """Call a function; its result, and its arguments as they are after the call."""
        result, after = self._backend.observe(self._reach(function), lower(args))
        return self._lift(result), tuple(self._lift(argument) for argument in after)

    def seed(self, seed: int) -> None:
        """Seed the global generators (random, NumPy, torch) beside the submission."""
        self._backend.seed(seed)

    @contextmanager
    def snapshot(self) -> Iterator["Student"]:
        """A copy of the submission's process as it is now, for as long as the context lasts.

        What the copy does and learns is gone afterwards, and the original knows nothing of it. In a
        student's own run there is one process only, and the copy is the original.
        """
        with self._backend.snapshot() as backend:
            yield Student(backend)

    @contextmanager
    def anew(self) -> Iterator["Student"]:
        """The submission once more, in a process that shares nothing with this one, for a context.

        It has files of its own: what it is given is all that it knows. A snapshot knows all that
        the original did, and both can leave files for each other. In a student's own run there is
        one process only, and this is the original.
        """
        with self._backend.anew() as backend:
            yield Student(backend)

    def close(self) -> None:
        """End this submission's grading."""
        self._backend.close()

    def probe(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Run a trusted function beside the submission; ``student.probes.NAME(...)`` is shorter."""
        return self._lift(self._backend.probe(name, lower(args), lower(kwargs)))

    def _reach(self, remote: Remote) -> Target:
        """The target of a remote, its module imported.

        An import that ran into the time limit of a check is not tried again: each check of that
        module would wait as long, and use up the time that the other modules have.
        """
        module = remote._target.root
        if isinstance(module, str) and module not in self._imported:
            if module in self._endless:
                raise StudentError(
                    TIMED_OUT, f"importing {module}.py does not end within the time of one check"
                )
            try:
                self._backend.load(module)
            except BaseException as error:
                if is_timeout(error):
                    self._endless.add(module)
                raise
            self._imported.add(module)
        return remote._target

    def _remote(self, handle: Handle) -> Remote:
        return Remote(self, Target(handle.id), handle.kind)

    def _lift(self, value: Any) -> Any:
        """Handles in a result become remotes."""
        return replace_handles(value, self._remote)


class Probes:
    """``student.probes.NAME(...)`` runs the probe of that name."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._student.probe(name, *args, **kwargs)


def lower(value: Any) -> Any:
    """Remotes in arguments become targets; an OrderedDict, such as parameters, a dict."""
    kind = type(value)
    if kind is Remote:
        return value._target
    if kind is list:
        return [lower(item) for item in value]
    if kind is tuple:
        return tuple(lower(item) for item in value)
    if kind is dict or kind is OrderedDict:
        return {key: lower(item) for key, item in value.items()}
    return value


describe_opaque(Remote, lambda remote: f"an object of type {remote._kind}")
