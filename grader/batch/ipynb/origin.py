"""Which cell a line of a module came from, for messages that lead students to their notebook."""

import re
from typing import Final

import msgspec

from grader.scores import Score

_PLACE: Final = re.compile(r"^(?P<module>[a-z][a-z0-9_]*\.py), line (?P<line>\d{1,7}), in ")
_MISSING: Final = re.compile(r"NameError: name '(?P<name>\w+)' is not defined")


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Some lines of a module that stand in one cell one after another."""

    start: int
    """Their first line in the module."""
    count: int
    cell: int
    """The number of the cell; 0 for lines that the grader added."""
    line: int
    """Their first line in the cell."""
    task: str | None = None


class ModuleOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """Where one module came from."""

    notebook: str
    """The name of its file in the submission."""
    blocks: tuple[Block, ...]
    tasks: dict[str, int] = {}
    """By task, the cell that its definition was taken from."""
    missing: dict[str, str] = {}
    """By name, why it is not there, as a sentence."""
    notes: tuple[str, ...] = ()
    """How the notebook was read."""

    def find(self, line: int) -> Block | None:
        """The block that holds a line."""
        return next((b for b in self.blocks if b.start <= line < b.start + b.count), None)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where the modules of a submission came from, those that were read from notebooks."""

    modules: dict[str, ModuleOrigin] = {}

    def place(self, module: str, line: int) -> tuple[str, int] | None:
        """What a line is called, without and with its number; None for one of no notebook.

        The number is 0 for a line that the grader added.
        """
        origin = self.modules.get(module)
        block = origin.find(line) if origin else None
        if origin is None or block is None:
            return None
        if block.cell == 0:
            return "", 0
        name = cell_name(block.cell, block.task)
        several = len({origin.notebook for origin in self.modules.values()}) > 1
        if several:
            name = f"{origin.notebook.rpartition('/')[2]}, {name}"
        return name, block.line + line - block.start

    def line(self, module: str, name: str, number: int) -> int | None:
        """The line of a module that stands at a line of a cell; None where it does not.

        `name` is what :meth:`place` calls the cell.
        """
        for block in self.modules[module].blocks:
            inside = block.cell and block.line <= number < block.line + block.count
            if inside:
                line = block.start + number - block.line
                if self.place(module, line) == (name, number):
                    return line
        return None

    def relabel(self, score: Score) -> None:
        """Name cells instead of lines of modules in a score's messages."""
        for check in (check for task in score.tasks for check in task.checks):
            if check.message:
                check.message = self.told(check.message)

    def told(self, message: str) -> str:
        """A message that names cells."""
        lines: list[str] = []
        ours = False
        for line in message.split("\n"):
            found = _PLACE.match(line)
            if found is None:
                if not (ours and line.startswith("    ")):
                    lines.append(line)
                ours = False
                continue
            place = self.place(found["module"], int(found["line"]))
            ours = place is not None and not place[1]
            if place is None:
                lines.append(line)
            elif not ours:
                lines.append(f"{place[0]}, line {place[1]}, in {line[found.end() :]}")
        why = self._why(lines[0])
        return "\n".join([*lines[:1], *([why] if why else []), *lines[1:]])

    def _why(self, first: str) -> str | None:
        """Why a name is not there, if that is what a message begins with."""
        found = _MISSING.match(first)
        if found is None:
            return None
        reasons = (origin.missing.get(found["name"]) for origin in self.modules.values())
        return next(filter(None, reasons), None)


def cell_name(number: int, task: str | None) -> str:
    """How messages name a cell."""
    return f"cell {number} (task {task})" if task else f"cell {number}"
