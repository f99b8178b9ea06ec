"""Makes modules of what a kernel has defined, as if its cells had been handed in as a notebook.

The cells count in the order in which they ran. They are turned into modules by the same code that
reads notebooks that are handed in (:mod:`grader.batch.ipynb`): cells are read, not run again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from grader.batch.ipynb import (
    Extract,
    Listing,
    Notebook,
    NotebookError,
    Outline,
    extract,
    list_statements,
    read_notebook,
)
from grader.batch.ipynb.magics import to_python
from grader.batch.ipynb.read import Cell
from grader.manifest import Manifest, Unit
from grader.notebook.build import FOLDER
from grader.notebook.history import History, Ran, bound, source_of, statement_of
from grader.todo import unfinished

_CELL: Final = re.compile(r"\bcell (\d+)\b(?: \(task \w+\))?")
_ROUNDS: Final = 20
"""How often names that only the kernel knows may lead to others."""


@dataclass(frozen=True)
class Made:
    """One module, and where its lines stand."""

    listing: Listing
    extract: Extract
    labels: tuple[str, ...]
    """What the cells are called that it was made from, by their numbers from 1."""

    @property
    def text(self) -> str:
        """The module."""
        return self.extract.text

    def place(self, line: int) -> tuple[str, int] | None:
        """Where a line of the module stands: the cell's label, and the line in there."""
        block = self.extract.origin.find(line)
        if block is None or not block.cell:
            return None
        return self.labels[block.cell - 1], block.line + line - block.start

    def told(self, sentence: str) -> str:
        """A sentence about cells with their labels instead of their numbers."""
        return _CELL.sub(lambda found: self.labels[int(found[1]) - 1], sentence)


@dataclass
class Submission:
    """Modules to grade, and what the student should know of how they came about."""

    files: dict[str, bytes] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    """Those of the modules that the kernel has defined, by file name."""
    notes: list[str] = field(default_factory=list)


def submission(
    root: Path, manifest: Manifest, history: History, unit: str | None, tasks: Sequence[str]
) -> Submission:
    """Put together what would be handed in now.

    Parameters
    ----------
    root
        The assignment's folder.
    history
        What the kernel has run.
    unit
        The notebook's unit; None where it is for all of them.
    tasks
        The tasks to be graded; what their units define is taken from the kernel, too.
    """
    result = Submission(files=_files_of(root))
    units = [each.id for each in manifest.units]
    as_saved: list[str] = []
    for each in manifest.units:
        asked = [task.id for task in each.tasks if task.id in tasks]
        file = _decode(result.files.get(each.module))
        if unit is None or each.id == unit or asked:
            made = _from_kernel(each, units, file, history)
            result.made[each.module] = made
            result.notes += _notes(each, file, made, asked)
        else:
            found = _from_saved(each, units, file, root)
            if found is None:
                continue
            made = found
            as_saved.append(each.id)
        result.files[each.module] = made.text.encode("utf-8", "replace")
    if as_saved:
        result.notes.append(f"Other units are those of notebooks as saved: {', '.join(as_saved)}.")
    return result


def _files_of(root: Path) -> dict[str, bytes]:
    """Modules and packages of the assignment's folder by path in there, without its checks."""
    paths = [*root.glob("*.py")]
    for package in root.glob("*/__init__.py"):
        if package.parent.name != "checks":
            paths += package.parent.rglob("*.py")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(paths)}


def _decode(content: bytes | None) -> str:
    return (content or b"").decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _outline(unit: Unit, file: str) -> Outline:
    """What the unit's file says that it defines, and which tasks are still to do in there."""
    lines = file.split("\n")
    names: dict[str, None] = {}
    tasks: dict[str, tuple[str, ...]] = {}
    for node in to_python(file).tree.body:
        found = dict.fromkeys(bound(node))
        names |= found
        for task in unfinished("\n".join(lines[node.lineno - 1 : node.end_lineno])):
            tasks[task] = (*tasks.get(task, ()), *found)
    return Outline(module=unit.module, names=tuple(names), tasks=tasks)


def _make(unit: Unit, units: Sequence[str], file: str, cells: Sequence[Ran]) -> Made:
    """Make a module of its file and of cells, of which the later ones count."""
    every = [Ran(unit.module, file), *cells]
    notebook = Notebook(
        cells=tuple(
            Cell(number=number, kind="code", source=cell.source)
            for number, cell in enumerate(every, start=1)
        ),
        format=4,
        language="python",
        unit=unit.id,
    )
    listing = list_statements(notebook)
    outline = _outline(unit, file)
    made = extract(listing, unit.module, outline, units, marked=True)
    return Made(listing, made, tuple(cell.label for cell in every))


def _from_kernel(unit: Unit, units: Sequence[str], file: str, history: History) -> Made:
    cells = history.cells()
    names = _outline(unit, file).names
    latest = [
        Ran(label, source) for name in names for label, source in _latest(name, unit, file, history)
    ]
    context: list[Ran] = []
    for _ in range(_ROUNDS):
        made = _make(unit, units, file, [*context, *cells, *latest])
        found = {name: history.binding(name) for name in made.extract.origin.missing}
        more = [Ran("the notebook", source) for source in found.values() if source]
        more = [cell for cell in more if cell not in context]
        if not more:
            break
        context += more
    return made


def _latest(name: str, unit: Unit, file: str, history: History) -> list[tuple[str, str]]:
    """What a name of the unit means, where the cells that have run do not say it.

    It may have been deleted, or come from code that is no cell, such as ``%run other.ipynb``.
    """
    if name not in history.namespace:
        text = statement_of(file, name)
        return [(unit.module, text)] if text else []
    value = history.namespace[name]
    source = source_of(value) if getattr(value, "__module__", None) == "__main__" else None
    if source is None or history.has_run(source):
        return []
    text = statement_of(source, name)
    return [("code outside the cells", text)] if text else []


def _from_saved(unit: Unit, units: Sequence[str], file: str, root: Path) -> Made | None:
    """The unit's own notebook, where more of its tasks are begun in there than in the module."""
    for path in (Path.cwd() / f"{unit.id}.ipynb", root / FOLDER / f"{unit.id}.ipynb"):
        try:
            notebook = read_notebook(path.read_bytes())
        except (OSError, NotebookError):
            continue
        cells = [
            Ran(f"cell {cell.number} of {path.name}", cell.source)
            for cell in notebook.cells
            if cell.kind == "code"
        ]
        made = _make(unit, units, file, cells)
        better = len(unfinished(made.text)) < len(unfinished(file))
        return made if better else None
    return None


def _notes(unit: Unit, file: str, made: Made, asked: Sequence[str]) -> list[str]:
    notes = []
    broken = to_python(file).error
    if broken is not None:
        notes.append(f"{unit.module} is no valid Python ({broken}); it was left out.")
    if not asked:
        return notes
    outline = _outline(unit, file)
    code = to_python(made.text).tree.body
    from_file = [
        name
        for node in code
        if (place := made.place(node.lineno)) is not None and place[0] == unit.module
        for name in bound(node)
        if name in outline.names
    ]
    waiting = [name for name in from_file if outline.task_of(name) in asked]
    if waiting:
        notes.append(
            f"No cell that defines {', '.join(waiting)} has run in this kernel: run it, then check "
            "again."
        )
    begun = [name for name in from_file if outline.task_of(name) is None]
    if begun and not waiting:
        notes.append(f"Taken from {unit.module}, as no cell has defined it: {', '.join(begun)}.")
    notes += [f"{made.told(why)}." for why in made.extract.origin.missing.values()]
    return notes + _overtaken(made)


def _overtaken(made: Made) -> list[str]:
    """Names that have another value in the kernel by now, which only running code could tell."""
    text = Cell(number=1, kind="code", source=made.text)
    taken = list_statements(Notebook(cells=(text,), format=4, language=None, unit=None)).statements
    used = {name for statement in taken for name in statement.now | statement.later}
    notes = []
    for name in sorted(used & {name for statement in taken for name in statement.binds}):
        last = [s for s in made.listing.statements if name in s.binds][-1:]
        if last and not last[0].simple:
            label = made.labels[last[0].cell.number - 1]
            notes.append(
                f"{label} makes {name} by running code, which grading does not do: what an earlier "
                "cell says of it counts."
            )
    return notes
