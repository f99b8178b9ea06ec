"""Makes a unit's module from a notebook: the definitions it needs, and what these rest on.

From the names that the unit's module must have, it is followed which other names they use; for
each, the last definition, import or simple value counts, as in a fresh run from top to bottom.
Everything else of the notebook stays out: a cell that trains or plots is not run, and a package
that only a plot needs may be missing.
"""

import builtins
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from grader.batch.ipynb.origin import Block, ModuleOrigin, cell_name
from grader.batch.ipynb.outline import Outline
from grader.batch.ipynb.statements import Listing, Statement
from grader.batch.names import listed, shown
from grader.todo import unfinished

_ALWAYS: Final = frozenset(dir(builtins)) | {
    "__annotations__", "__builtins__", "__doc__", "__file__", "__loader__", "__module__",
    "__name__", "__package__", "__qualname__", "__spec__", "__class__",
}  # fmt: skip
_DISPLAY: Final = "def display(*objects, **options): pass  # shows nothing where nobody looks"
_MOST_NOTES: Final = 6
_MOST_MISSING: Final = 50
"""Missing names that are explained."""


@dataclass
class Extract:
    """A module that was made from a notebook."""

    text: str
    origin: ModuleOrigin
    done: frozenset[str]
    """Tasks that have all their names, and no TODO."""
    found: int
    """How many of the unit's names are there."""


@dataclass
class _Choice:
    """What one unit takes of a notebook."""

    outline: Outline
    listing: Listing
    units: frozenset[str]
    statements: list[Statement] = field(init=False)
    """What was given, as if it stood above the notebook, and the notebook."""
    chosen: set[int] = field(default_factory=set)
    absent: list[str] = field(default_factory=list)
    missing: dict[str, Statement] = field(default_factory=dict)
    moved: dict[int, Statement] = field(default_factory=dict)
    """Statements that stand below one that needs them at once."""
    providers: dict[str, list[int]] = field(default_factory=dict)
    own: dict[str, list[int]] = field(default_factory=dict)
    """The same without cells that are marked as those of other units."""
    touching: dict[str, list[int]] = field(default_factory=dict)
    stars: list[int] = field(default_factory=list)
    """Imports of everything."""
    waiting: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.statements = [*self.outline.given, *self.listing.statements]
        for index, statement in enumerate(self.statements):
            own = self.outline.id in statement.sources
            if not statement.simple or own:
                continue
            if statement.star:
                self.stars.append(index)
            foreign = self._foreign(statement)
            for name in statement.binds:
                self.providers.setdefault(name, []).append(index)
                if not foreign:
                    self.own.setdefault(name, []).append(index)
            for name in statement.touches:
                self.touching.setdefault(name, []).append(index)

    def choose(self, roots: Iterable[str]) -> None:
        for name in roots:
            index = self._last(name)
            if index is None:
                self.absent.append(name)
            elif index >= len(self.outline.given):  # what was given is taken where it is needed
                self._take(index)
        while self.waiting:
            self._follow(self.waiting.pop())

    def _follow(self, index: int) -> None:
        statement = self.statements[index]
        for name in statement.now:
            before = self._last(name, before=index)
            after = self._last(name) if before is None else None
            if after is not None and after != index:
                self.moved.setdefault(after, statement)
            self._need(name, before if before is not None else after, statement)
        for name in statement.later:
            self._need(name, self._last(name), statement)
        for name in statement.soft:
            before = self._last(name, before=index)
            if before is not None:
                self._take(before)
        for name in statement.binds:
            for other in self.touching.get(name, ()):
                if self._last(name, before=other) == index:
                    self._take(other)

    def _need(self, name: str, index: int | None, by: Statement) -> None:
        if index is not None:
            self._take(index)
        elif name not in _ALWAYS:
            for star in self.stars:
                self._take(star)
            if not self.stars:
                self.missing.setdefault(name, by)

    def _take(self, index: int) -> None:
        if index not in self.chosen:
            self.chosen.add(index)
            self.waiting.append(index)

    def _last(self, name: str, before: int | None = None) -> int | None:
        """The last statement that provides a name; those of other units only if there is no other.

        One that only may provide it, such as a branch, takes those before it along.
        """
        for found in (self.own.get(name, ()), self.providers.get(name, ())):
            end = len(found) if before is None else bisect_left(found, before)
            if end:
                return found[end - 1]
        return None

    def _foreign(self, statement: Statement) -> bool:
        unit = statement.cell.unit
        return unit is not None and unit != self.outline.id and unit in self.units

    def order(self) -> list[int]:
        """The chosen statements, each below what it needs at once."""
        first: dict[int, list[int]] = {}
        for index, by in self.moved.items():
            if index in self.chosen:
                first.setdefault(id(by), []).append(index)
        done: dict[int, None] = {}
        for start in sorted(self.chosen):
            waiting = [start]
            while waiting:
                index = waiting[-1]
                needs = first.pop(id(self.statements[index]), [])
                needs = [n for n in needs if n not in done]
                if needs:
                    waiting += needs
                else:
                    done.setdefault(waiting.pop())
        return list(done)


def extract(
    listing: Listing, name: str, outline: Outline, units: Sequence[str], *, marked: bool
) -> Extract:
    """Make the module of a unit.

    Parameters
    ----------
    listing
        The notebook's statements.
    name
        The notebook's file, for messages.
    outline
        The unit. Without names, everything that the notebook defines is taken.
    units
        Ids of all units.
    marked
        Whether the notebook still carries the assignment's metadata.
    """
    choice = _Choice(outline, listing, frozenset(units))
    choice.choose(outline.names or _everything(listing, outline))
    writer = _Writer(choice)
    text = writer.write()
    open_tasks = unfinished(text)
    done = frozenset(
        task
        for task, names in outline.tasks.items()
        if task not in open_tasks and not set(names) & set(choice.absent)
    )
    notes = _notes(choice, marked=marked)
    origin = ModuleOrigin(
        notebook=name,
        blocks=tuple(writer.blocks),
        tasks=_cells_of_tasks(choice),
        missing=_missing(choice),
        notes=tuple(notes),
    )
    there = [choice._last(name) for name in outline.names]
    found = sum(n is not None and n >= len(outline.given) for n in there)
    return Extract(text, origin, done, found)


def _everything(listing: Listing, outline: Outline) -> dict[str, None]:
    taken = [s for s in listing.statements if s.simple and outline.id not in s.sources]
    return {name: None for statement in taken for name in sorted(statement.binds)}


class _Writer:
    """Writes the module, and notes where its lines came from."""

    def __init__(self, choice: _Choice) -> None:
        self.choice = choice
        self.lines: list[str] = []
        self.blocks: list[Block] = []

    def write(self) -> str:
        choice = self.choice
        self._add(["# Made from a notebook, whose cells were not run."])
        if choice.listing.future:
            self._add([f"from __future__ import {', '.join(sorted(choice.listing.future))}"])
        if "display" in choice.missing:
            del choice.missing["display"]
            self._add([_DISPLAY])
        at = (0, 0)
        for index in choice.order():
            statement = choice.statements[index]
            number = statement.cell.number
            if at != (number, statement.first) and number:
                task = _task_of_cell(statement, choice)
                self._add(["", "", f"# {cell_name(number, task)}"])
            self._add(statement.lines, statement)
            at = number, statement.first + len(statement.lines)
        self._explain_absent()
        return "\n".join(self.lines) + "\n"

    def _add(self, lines: list[str], statement: Statement | None = None) -> None:
        self.blocks.append(
            Block(
                start=len(self.lines) + 1,
                count=len(lines),
                cell=statement.cell.number if statement else 0,
                line=statement.first if statement else 1,
                task=_task_of_cell(statement, self.choice) if statement else None,
            )
        )
        self.lines += lines

    def _explain_absent(self) -> None:
        """Let a check that asks for a name that is not there say why."""
        reasons = {name: _why_absent(name, self.choice) for name in self.choice.absent}
        broken = {name: why for name, (why, syntax) in reasons.items() if syntax}
        gone = {name: why for name, (why, syntax) in reasons.items() if not syntax}
        if not reasons:
            return
        self._add(
            [
                "",
                "",
                "def __getattr__(name):",
                f"    broken = {broken!a}",
                "    if name in broken:",
                "        raise SyntaxError(broken[name])",
                f"    gone = {gone!a}",
                "    raise AttributeError(gone.get(name, "
                f"f'module {self.choice.outline.id} has no attribute {{name!r}}'))",
            ]
        )


def _why_absent(name: str, choice: _Choice) -> tuple[str, bool]:
    """Why the notebook does not give a name of the unit; and whether it is for a syntax error."""
    for broken in choice.listing.broken:
        if name in broken.names:
            where = cell_name(broken.cell.number, choice.outline.task_of(name))
            return f"{where}, line {broken.line}: {broken.message}", True
    return f"no cell defines {name}", False


def _task_of_cell(statement: Statement, choice: _Choice) -> str | None:
    """The task a statement belongs to: by what it defines, or by its cell's metadata."""
    for name in sorted(statement.binds):
        task = choice.outline.task_of(name)
        if task:
            return task
    task = statement.cell.task
    return task if task in choice.outline.tasks or not choice.outline.tasks else None


def _cells_of_tasks(choice: _Choice) -> dict[str, int]:
    cells: dict[str, int] = {}
    for task, names in choice.outline.tasks.items():
        found = [choice._last(name) for name in names]
        numbers = [choice.statements[n].cell.number for n in found if n is not None]
        numbers += [
            broken.cell.number
            for broken in choice.listing.broken
            if set(names) & set(broken.names) & set(choice.absent)
        ]
        if numbers:
            cells[task] = max(numbers)
    return cells


def _missing(choice: _Choice) -> dict[str, str]:
    return {
        name: f"{_where(by, choice)} uses {shown(name)}, {_lack(name, choice)}"
        for name, by in islice(choice.missing.items(), _MOST_MISSING)
    }


def _where(statement: Statement, choice: _Choice) -> str:
    return cell_name(statement.cell.number, _task_of_cell(statement, choice))


def _lack(name: str, choice: _Choice) -> str:
    makers = [s.cell.number for s in choice.statements if name in s.binds and not s.simple]
    if makers:
        return (
            f"which cell {makers[-1]} makes by running code; only definitions, imports and simple "
            "values are taken from a notebook, so hand it over as an argument, or make it there"
        )
    if name in choice.listing.lost:
        number = choice.listing.lost[name].number
        return f"which a magic or shell line in cell {number} makes; these are not executed"
    for broken in choice.listing.broken:
        if name in broken.names:
            return f"which cell {broken.cell.number} would define if it were no syntax error"
    return "which no cell defines"


def _notes(choice: _Choice, *, marked: bool) -> list[str]:
    """What was done, in the order in which it matters to the student."""
    notes = []
    units = set(choice.outline.names)
    for broken in choice.listing.broken:
        if not broken.names or units & set(broken.names) or not choice.outline.names:
            task = next(filter(None, map(choice.outline.task_of, broken.names)), None)
            where = cell_name(broken.cell.number, task or broken.cell.task)
            notes.append(f"{where} was left out: {broken.message} (line {broken.line})")
    notes += _missing(choice).values()
    given = [s for n, s in enumerate(choice.statements) if n in choice.chosen and not s.cell.number]
    if given:
        names = sorted({name for statement in given for name in statement.binds})
        notes.append(f"given code that it lacks was taken as it was given out: {listed(names)}")
    gone = [n for n in choice.absent if not _why_absent(n, choice)[1]]
    if gone:
        notes.append(f"no cell defines {listed(gone)}")
    notes += _repeated(choice)
    for index, by in choice.moved.items():
        below = choice.statements[index].cell.number
        if index in choice.chosen:
            notes.append(
                f"{_where(by, choice)} needs what cell {below} defines further down; it was taken "
                "first, but a run from top to bottom would stop there"
            )
    if not marked:
        notes.append("its cells carry no marks of the assignment; definitions were found by name")
    notes += _about_magics(choice.listing)
    if len(notes) > _MOST_NOTES:
        notes = [*notes[:_MOST_NOTES], f"and {len(notes) - _MOST_NOTES} more of this kind"]
    return notes


def _repeated(choice: _Choice) -> list[str]:
    notes = []
    for name in choice.outline.names:
        statements = [choice.statements[n] for n in choice.providers.get(name, ())]
        statements = [s for s in statements if s.cell.number]
        own = [s for s in statements if not choice._foreign(s) and name not in s.soft] or statements
        cells = list(dict.fromkeys(s.cell.number for s in own))
        if len(cells) > 1:
            every = ", ".join(map(str, cells[:-1]))
            notes.append(
                f"{name} is defined in cells {every} and {cells[-1]}; the last one was graded, as "
                "it would count in a run from top to bottom"
            )
    return notes


def _about_magics(listing: Listing) -> list[str]:
    notes = []
    if listing.magic:
        cells = [str(cell.number) for cell in listing.magic[:8]]
        more = " and more" if len(listing.magic) > 8 else ""
        plural = "s" if len(listing.magic) > 1 else ""
        notes.append(
            f"magics and shell lines were skipped, in cell{plural} {', '.join(cells)}{more}"
        )
    notes += [
        f"cell {cell.number} would write its code to a file; it was not read as code"
        for cell in listing.writes[:2]
    ]
    return notes
