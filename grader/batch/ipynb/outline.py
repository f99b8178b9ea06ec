"""What a unit consists of: the names that its module defines, and the tasks they belong to."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from grader.batch.ipynb.magics import parse
from grader.batch.ipynb.read import Cell, Notebook
from grader.batch.ipynb.simple import DEFINITIONS
from grader.batch.ipynb.statements import Statement, list_statements

_BEGIN: Final = re.compile(r"[ \t]*# BEGIN SOLUTION (?P<task>[a-z][a-z0-9_]*)")
_END: Final = re.compile(r"[ \t]*# END SOLUTION")


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One unit."""

    module: str
    """Its file, such as ``autoencoder.py``."""
    names: tuple[str, ...] = ()
    """What its module defines at the top level, in order; none where no reference is at hand."""
    tasks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By task, the names that a student has to fill in."""
    given: tuple[Statement, ...] = ()
    """The code that students were given: all of the module but what holds a solution."""

    @property
    def id(self) -> str:
        """Its import name."""
        return self.module.removesuffix(".py")

    def task_of(self, name: str) -> str | None:
        """The task that a name belongs to."""
        return next((task for task, names in self.tasks.items() if name in names), None)


def read_outlines(solution: Path, modules: Sequence[str]) -> tuple[Outline, ...]:
    """The outlines of some units, from the modules of the reference.

    Parameters
    ----------
    solution
        The folder of the reference.
    modules
        File names of the units. One that is missing or no Python has an outline without names.
    """
    return tuple(_outline(solution / module, module) for module in modules)


def _outline(path: Path, module: str) -> Outline:
    try:
        source = path.read_text(encoding="utf-8-sig")
        tree = parse(source)
    except (OSError, SyntaxError, ValueError):
        return Outline(module=module)
    lines = source.split("\n")
    names: dict[str, None] = {}
    tasks: dict[str, dict[str, None]] = {}
    for node in tree.body:
        found = _names(node)
        names |= dict.fromkeys(found)
        for line in lines[node.lineno - 1 : node.end_lineno]:
            region = _BEGIN.match(line)
            if region:
                tasks.setdefault(region["task"], {}).update(dict.fromkeys(found))
    return Outline(
        module=module,
        names=tuple(names),
        tasks={task: tuple(found) for task, found in tasks.items()},
        given=tuple(_given(source, lines)),
    )


def _given(source: str, lines: list[str]) -> list[Statement]:
    """The statements that have nothing in common with a solution region."""
    hidden: set[int] = set()
    inside = False
    for number, line in enumerate(lines, start=1):
        inside = inside or _BEGIN.match(line) is not None
        if inside:
            hidden.add(number)
        inside = inside and _END.match(line) is None
    cell = Cell(number=0, kind="code", source=source)
    notebook = Notebook(cells=(cell,), format=4, language=None, unit=None)
    found = []
    for statement in list_statements(notebook).statements:
        while statement.lines and statement.lines[0].strip()[:1] in ("", "#"):
            statement.lines.pop(0)
            statement.first += 1
        own = range(statement.first, statement.first + len(statement.lines))
        if hidden.isdisjoint(own):
            found.append(statement)
    return found


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, DEFINITIONS):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []
