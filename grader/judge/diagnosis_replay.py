"""Asks a variant of the solution what a submission was asked; only trusted code runs here."""

import random
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from grader.judge.diagnosis_transcript import Request, kind_of
from grader.variants import write_modules
from grader.worker.executor import Executor
from grader.worker.handles import Handle, Target
from grader.worker.probes import PROBES

BY_NAME: Final = frozenset({"state", "parameters", "gradients", "stored_gradients", "load_state"})
"""Probes that speak of parameters by names, which a student is free to choose."""


class NoAnswerError(Exception):
    """A request cannot be put to a variant, such as one on an object that it never made."""


@dataclass(frozen=True)
class Answer:
    """What a variant replied."""

    reply: Any = None
    error: str | None = None
    relations: tuple[float, ...] = ()
    """How its zeros lie to those of the answers before; see :mod:`.diagnosis_evidence`."""


class Replay:
    """A variant of the solution that can be asked.

    Parameters
    ----------
    folder
        Where its modules lie.
    shift
        Added to every seed; 0 draws the numbers that the submission could draw.
    states
        Parameters to put into networks that the submission made, by the submission's handle.
    """

    def __init__(self, folder: Path, shift: int, states: Mapping[int, Any]) -> None:
        self._executor = Executor(folder, PROBES)
        self._shift = shift
        self._states = states
        self._handles: dict[int, dict[int, int]] = {0: {}}

    def ask(self, request: Request) -> Answer:
        """The answer to one request.

        Raises
        ------
        NoAnswerError
            It names something that this variant does not have.
        """
        try:
            reply = self._perform(request)
        except NoAnswerError:
            raise
        except Exception as error:  # a misconception may raise anything
            return Answer(error=kind_of(error))
        if request.error is None:
            self._learn(request, request.reply, reply)
        return Answer(reply=reply)

    def close(self) -> None:
        """Forget the variant's modules."""
        self._executor.close()

    def _perform(self, request: Request) -> Any:
        handles = self._handles.get(request.context)
        if handles is None:
            raise NoAnswerError
        operation = request.operation
        if operation in ("snapshot", "anew"):
            (context,) = request.arguments
            self._handles[context] = dict(handles) if operation == "snapshot" else {}
            return None
        if operation == "seed":
            _seed((request.arguments[0] + self._shift) % 2**63)
            return None
        arguments = _translate(request.arguments, handles)
        if operation == "call":
            target, positional, named, keep = arguments
            return self._executor.call(target, positional, named, keep=keep)
        if operation == "probe" and arguments[0] == "load_state":
            arguments = self._renamed(arguments)
        return getattr(self._executor, operation)(*arguments)

    def _renamed(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """A state by this variant's names of parameters, where shapes come in the same order."""
        name, (target, state, *rest), named = arguments
        own = self._executor.probe("state", [target], {})
        if list(own) == list(state):
            return arguments
        return name, [target, renamed(state, own), *rest], named

    def _learn(self, request: Request, theirs: Any, ours: Any) -> None:
        """Note which of our objects answers to which of the submission's."""
        handles = self._handles[request.context]
        for their, our in _pairs(theirs, ours):
            handles[their.id] = our.id
            state = self._states.get(their.id) if request.context == 0 else None
            if state is not None and request.operation == "call":
                self._take_over(our, state)

    def _take_over(self, handle: Handle, state: Any) -> None:
        target = Target(handle.id)
        try:
            whole = self._executor.probe("state", [target], {})
            own = self._executor.probe("parameters", [target], {})
            self._executor.probe("load_state", [target, whole | renamed(state, own)], {})
        except (NoAnswerError, AttributeError, RuntimeError):
            return  # it has other parameters, or none: then it keeps its own


def renamed(state: Any, own: Any) -> dict[str, Any]:
    """A state under other names, if the tensors come in the same order with the same shapes."""
    if type(state) is not dict or type(own) is not dict:
        raise NoAnswerError
    theirs, ours = [_shape(value) for value in state.values()], [_shape(v) for v in own.values()]
    if theirs != ours:
        raise NoAnswerError
    return dict(zip(own, state.values(), strict=True))


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(getattr(value, "shape", (-1,)))


def _translate(value: Any, handles: Mapping[int, int]) -> Any:
    kind = type(value)
    if kind is Target and type(value.root) is int:
        if value.root not in handles:
            raise NoAnswerError
        return Target(handles[value.root], value.path)
    if kind is list:
        return [_translate(item, handles) for item in value]
    if kind is tuple:
        return tuple(_translate(item, handles) for item in value)
    if kind is dict:
        return {key: _translate(item, handles) for key, item in value.items()}
    return value


def _pairs(theirs: Any, ours: Any) -> Iterator[tuple[Handle, Handle]]:
    """Handles that stand at the same place of two replies."""
    if type(theirs) is Handle and type(ours) is Handle:
        yield theirs, ours
    elif type(theirs) is type(ours) and type(theirs) in (list, tuple):
        for one, other in zip(theirs, ours, strict=False):
            yield from _pairs(one, other)
    elif type(theirs) is dict and type(ours) is dict:
        for key in theirs.keys() & ours.keys():
            yield from _pairs(theirs[key], ours[key])


@contextmanager
def replaying(
    modules: Mapping[str, bytes], *, shift: int = 0, states: Mapping[int, Any] | None = None
) -> Iterator[Replay]:
    """A variant, given by the content of its modules, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="grader-variant-") as folder:
        write_modules(Path(folder), modules)
        replay = Replay(Path(folder), shift, states or {})
        try:
            yield replay
        finally:
            replay.close()


def _seed(seed: int) -> None:
    """As :meth:`grader.worker.executor.Executor.seed`, for the processor alone and faster."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)
