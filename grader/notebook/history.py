"""What a kernel has run, and what the names in it stand for."""

import ast
import inspect
import linecache
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from grader.batch.ipynb.magics import to_python


@dataclass(frozen=True)
class Ran:
    """A cell that has run, as far as it came."""

    label: str
    """What students know it by, such as ``In [5]``."""
    source: str


class History:
    """The cells that a kernel has run, with how far each of them came.

    Parameters
    ----------
    shell
        The kernel's ``InteractiveShell``.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._stopped: dict[int, int] = {}
        """For cells that ended with an error, by number: the line it arose in."""

    @property
    def namespace(self) -> Mapping[str, Any]:
        """What the notebook's names stand for now."""
        space: Mapping[str, Any] = self.shell.user_ns
        return space

    def note_end(self, result: Any) -> None:
        """Take in how a cell ended (IPython's event ``post_run_cell``)."""
        number = result.execution_count
        if number is None:
            return
        if result.error_before_exec is not None:
            self._stopped[number] = 0
        elif result.error_in_exec is not None:
            line = self._line(result.error_in_exec.__traceback__)
            if line is not None:
                self._stopped[number] = line

    def cells(self) -> list[Ran]:
        """Every cell so far, in the order in which they ran; of this one what is above."""
        sources: list[str] = self.shell.history_manager.input_hist_raw
        found = []
        for number, source in enumerate(sources):
            if number == 0 or not source.strip():
                continue
            stopped = self._stopped.get(number)
            if number == len(sources) - 1:
                stopped = self._current_line() or stopped
            if stopped is not None:
                source = before_line(source, stopped)
            found.append(Ran(f"In [{number}]", source))
        return found

    def has_run(self, source: str) -> bool:
        """Whether a source, as IPython compiled it, is that of one of the cells."""
        compiled: list[str] = self.shell.history_manager.input_hist_parsed
        return source.strip() in {text.strip() for text in compiled}

    def _line(self, trace: TracebackType | None) -> int | None:
        """The line of the cell itself in a traceback."""
        while trace is not None:
            if self._is_cell(trace.tb_frame):
                return trace.tb_lineno
            trace = trace.tb_next
        return None

    def _current_line(self) -> int | None:
        """The line of the cell that asks for this grading."""
        frame = inspect.currentframe()
        while frame is not None and not self._is_cell(frame):
            frame = frame.f_back
        return frame.f_lineno if frame is not None else None

    def _is_cell(self, frame: FrameType) -> bool:
        return frame.f_code.co_name == "<module>" and frame.f_globals is self.shell.user_ns

    def binding(self, name: str) -> str | None:
        """Python that says what a name stands for which no cell has bound; None if none can."""
        if name not in self.namespace:
            return None
        value = self.namespace[name]
        if isinstance(value, ModuleType):
            return f"import {value.__name__} as {name}"
        home, original = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(home, str) and home != "__main__" and isinstance(original, str):
            same = getattr(sys.modules.get(home), original, None) is value
            return f"from {home} import {original} as {name}" if same else None
        source = source_of(value)
        return statement_of(source, name) if source else None


def before_line(source: str, line: int) -> str:
    """The statements of a cell that had ended when a line of its compiled source was reached.

    A cell is compiled without empty lines at its top, and without the line of a cell magic.
    """
    lines = source.split("\n")
    first = _first_text(lines, 0)
    if lines[first].lstrip().startswith("%%"):
        first = _first_text(lines, first + 1)
    line += first
    tree = to_python(source).tree
    end = next((_first_line(node) for node in tree.body if (node.end_lineno or 0) >= line), None)
    return "\n".join(lines[: end - 1] if end is not None else lines)


def _first_text(lines: list[str], start: int) -> int:
    """The index of the first line from `start` on that is not empty."""
    return next((n for n in range(start, len(lines)) if lines[n].strip()), start)


def statement_of(source: str, name: str) -> str | None:
    """The last statement of a source that binds a name, in its own lines: others are left empty."""
    lines = source.split("\n")
    for node in reversed(to_python(source).tree.body):
        if name in bound(node):
            first, last = _first_line(node), node.end_lineno or node.lineno
            return "\n".join([""] * (first - 1) + lines[first - 1 : last])
    return None


def bound(node: ast.stmt) -> list[str]:
    """Names that a statement defines or assigns; imports count for nothing."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    parts = [part for target in targets for part in getattr(target, "elts", [target])]
    return [part.id for part in parts if isinstance(part, ast.Name)]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def source_of(value: Any) -> str | None:
    """The whole source that a function or class was run from; None where it is not known."""
    code = _code_of(value)
    return "".join(linecache.getlines(code.co_filename)) or None if code is not None else None


def _code_of(value: Any) -> CodeType | None:
    value = inspect.unwrap(value) if callable(value) else value
    if isinstance(value, FunctionType):
        return value.__code__
    if isinstance(value, type):
        for member in vars(value).values():
            member = getattr(member, "fget", getattr(member, "__func__", member))
            if isinstance(member, FunctionType) and member.__module__ == value.__module__:
                return member.__code__
    return None
