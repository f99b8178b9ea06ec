"""Runs requests on a student's code: imports its modules, calls its functions, keeps its objects.

The same executor serves both forms of grading. In-process, the judge calls it directly; split, it
lives in the worker and requests reach it over a pipe. Either way, only what
:mod:`grader.worker.values` allows comes out.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.worker.handles import Handle, Target
from grader.worker.modules import ModuleFolder
from grader.worker.values import export, receive


class Executor:
    """Holds one submission's modules and objects.

    Parameters
    ----------
    folder
        Where the submission's modules lie.
    probes
        Trusted functions that may be run on the student's objects, by name.
    """

    def __init__(self, folder: Path, probes: Mapping[str, Callable[..., Any]]) -> None:
        self._modules = ModuleFolder(folder, resident=True)
        self._probes = probes
        self._objects: dict[int, Any] = {}

    def load(self, module: str) -> None:
        """Import a module of the submission."""
        self._modules.load(module)

    def call(
        self, target: Target, args: Sequence[Any], kwargs: Mapping[str, Any], *, keep: bool = False
    ) -> Any:
        """Call a target. The result comes out as data, or as a handle to it if `keep`."""
        with torch.enable_grad():  # whatever the check computes at the moment
            function = self._resolve(target)
            result = function(*map(self._receive, args), **self._receive(dict(kwargs)))
        return self._store(result) if keep else self._export(result)

    def observe(self, target: Target, args: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Call a target; the result, and what its arguments look like afterwards."""
        with torch.enable_grad():
            function = self._resolve(target)
            received = [self._receive(argument) for argument in args]
            result = function(*received)
        return self._export(result), [self._export(argument) for argument in received]

    def probe(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a trusted function beside the student's code."""
        received = self._receive(dict(kwargs))
        with torch.enable_grad():
            result = self._probes[name](*map(self._receive, args), **received)
        return self._export(result)

    def value(self, target: Target) -> Any:
        """What a target is, as data."""
        return self._export(self._resolve(target))

    def item(self, target: Target, key: int | str) -> Handle:
        """A handle to ``target[key]``."""
        return self._store(self._resolve(target)[key])

    def put(self, value: Any) -> Handle:
        """Keep a copy of plain data beside the student's code; a handle to it."""
        return self._store(self._receive(value))

    def seed(self, seed: int) -> None:
        """Seed the global generators that student code may draw from."""
        random.seed(seed)
        np.random.seed(seed % 2**32)
        torch.manual_seed(seed)

    @contextmanager
    def snapshot(self) -> Iterator["Executor"]:
        """The executor itself: one process cannot hold a copy of everything in it."""
        yield self

    @contextmanager
    def anew(self) -> Iterator["Executor"]:
        """The executor itself, as with :meth:`snapshot`."""
        yield self

    def close(self) -> None:
        """Forget the submission's modules and objects."""
        self._objects.clear()
        self._modules.forget()

    def _resolve(self, target: Target) -> Any:
        root = target.root
        found = self._modules.load(root) if isinstance(root, str) else self._objects[root]
        for name in target.path:
            found = getattr(found, name)
        return found

    def _receive(self, value: Any) -> Any:
        return receive(value, self._receive_leaf)

    def _receive_leaf(self, value: Any) -> Any:
        if type(value) is Handle:
            return self._objects[value.id]
        if type(value) is Target:
            return self._resolve(value)
        return value

    def _store(self, value: Any) -> Handle:
        number = len(self._objects) + 1
        self._objects[number] = value
        return Handle(number, _kind(value))

    def _export(self, value: Any) -> Any:
        return export(value, self._store)


def _kind(value: Any) -> str:
    """What an object is called: its type, and what may keep an array or tensor from crossing."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if kind is np.ndarray:
        return f"{name} of {value.dtype}"
    if kind is torch.Tensor:
        layout = "nested" if value.is_nested else value.layout
        return f"{name} ({layout}, {value.dtype}, on {value.device})"
    return name
