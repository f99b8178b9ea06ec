"""Makes the notebook of each unit from its stub, the exercise sheet and its pictures.

What goes in has been released already; nothing here sees the solution. The same input gives the
same bytes: ids of cells come from tasks and names, and there are no outputs.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grader.manifest import Manifest, Task, Unit
from grader.notebook.cells import Piece, pieces
from grader.notebook.sheet import Sections, is_picture, portable, sections
from grader.release.errors import ReleaseError
from grader.release.stub import Stub

FOLDER: Final = "notebooks"
"""Where notebooks lie in the assignment's folder."""
DISTRIBUTION: Final = "autoencoder-grader"
FORMAT: Final = 1
"""Version of the metadata ``grader`` of notebooks and cells."""
_SHEET: Final = "../README.md"
_MAX_ID: Final = 64

_START: Final = """\
# {title}

This notebook is `{module}` as a notebook. Run its cells from the top. The cells with a `TODO` are
yours; add as many cells of your own as you like. Below each task, `%grade` checks what you have
defined, with the public checks: the points are settled by these and by hidden checks that course
staff run. The [exercise sheet]({sheet}) says what the tasks have in common.

Checks see definitions, imports and simple values such as `SIZE = 28`, as if they stood in
`{module}`; they do not see what other cells compute."""

_SETUP: Final = """\
# Run this cell first: it loads the grader. How to install that, the exercise
# sheet says. On a host such as Colab, upload {name}.zip beside this
# notebook first: it is unpacked here, and its package is installed.
import importlib.metadata
import shutil

try:
    importlib.metadata.version("{distribution}")
except ImportError:
    shutil.unpack_archive({archive})
    %pip install --quiet {install}

%load_ext grader
%unit {unit}"""

_END: Final = """\
## All tasks of this notebook

Save the notebook before you hand it in."""


def notebooks(
    manifest: Manifest, stubs: Mapping[str, Stub], files: Mapping[str, bytes], name: str
) -> dict[str, bytes]:
    """Make all notebooks of an assignment that wants some.

    Parameters
    ----------
    manifest
        Says with ``[notebook]`` that there are to be notebooks.
    stubs
        The stub of each unit by file name.
    files
        Contents by path inside the assignment's folder, the sheet and its pictures among them.
    name
        The name of the assignment's folder, which is that of the student zip.

    Returns
    -------
    dict
        Contents by path inside the assignment's folder: ``notebooks/UNIT.ipynb``.

    Raises
    ------
    ReleaseError
        nbformat is missing or finds a notebook invalid.
    """
    if manifest.notebook is None:
        return {}
    sheet = files["README.md"].decode("utf-8-sig", "replace")
    pictures = {path: content for path, content in files.items() if is_picture(path)}
    made = {}
    for unit in manifest.units:
        found = sections(sheet, unit.module, [task.id for task in unit.tasks])
        cells = _Cells(unit, pictures)
        cells.write(manifest, found, pieces(stubs[unit.module]), name)
        made[f"{FOLDER}/{unit.id}.ipynb"] = _encode(manifest, unit, cells.cells)
    return made


class _Cells:
    """The cells of one notebook, in order."""

    def __init__(self, unit: Unit, pictures: Mapping[str, bytes]) -> None:
        self.unit = unit
        self.pictures = pictures
        self.cells: list[dict[str, Any]] = []
        self._ids: set[str] = set()

    def write(self, manifest: Manifest, found: Sections, parts: list[Piece], name: str) -> None:
        """Write all cells: what comes first, each task between its text and its check, an end."""
        assert manifest.notebook is not None
        unit = self.unit
        title = f"{manifest.title}: {unit.title}"
        self._text("start", _START.format(title=title, module=unit.module, sheet=_SHEET))
        setup = _SETUP.format(
            name=name,
            archive=json.dumps(f"{name}.zip", ensure_ascii=False),
            distribution=DISTRIBUTION,
            install=manifest.notebook.install,
            unit=unit.id,
        )
        self._code("setup", "setup", setup)
        self._sheet(f"unit-{unit.id}", found.unit or f"## `{unit.module}`: {unit.title}")
        last = {task: number for number, part in enumerate(parts) for task in part.tasks}
        begun: set[str] = set()
        for number, part in enumerate(parts):
            for task in (task for task in part.tasks if task not in begun):
                begun.add(task)
                self._sheet(task, found.tasks.get(task) or _heading(manifest.task(task)), task)
            self._part(part, first=number == 0)
            for task in (task for task in part.tasks if last[task] == number):
                self._code("check", f"check-{task}", f"%grade {task}", task)
        self._text("end", _END)
        self._code("check", f"check-unit-{unit.id}", "%grade")

    def _part(self, part: Piece, first: bool) -> None:
        if part.tasks:
            self._code("task", f"task-{part.tasks[0]}", part.source, part.tasks[0])
        elif (docstring := part.docstring) is not None:  # a cell would print it
            self._text(f"module-{self.unit.id}", docstring)
        else:
            names = f"-{part.names[0]}" if part.names and not first else ""
            self._code("given", f"given-{self.unit.id}{names}", part.source)

    def _sheet(self, name: str, markdown: str, task: str | None = None) -> None:
        self._text(name, portable(markdown, self.pictures, _SHEET), task)

    def _text(self, name: str, markdown: str, task: str | None = None) -> None:
        self._add("text", f"text-{name}", {"cell_type": "markdown", "source": markdown}, task)

    def _code(self, role: str, name: str, source: str, task: str | None = None) -> None:
        cell = {"cell_type": "code", "source": source, "execution_count": None}
        self._add(role, name, {**cell, "outputs": []}, task)

    def _add(self, role: str, name: str, content: dict[str, Any], task: str | None) -> None:
        about = {"role": role, "unit": self.unit.id} | ({"task": task} if task else {})
        metadata = {"deletable": False, "editable": role == "task", "grader": about}
        self.cells.append({"id": self._unused(name), "metadata": metadata, **content})

    def _unused(self, name: str) -> str:
        """An id from a name, the same in every release; repeated names are counted."""
        numbered = (name if number == 1 else f"{name}-{number}" for number in _from_one())
        found = next(ident for ident in map(_identifier, numbered) if ident not in self._ids)
        self._ids.add(found)
        return found


def _from_one() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def _identifier(name: str) -> str:
    """The name where nbformat allows it as an id, else as much of it as it allows and a hash."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    if plain == name and len(name) <= _MAX_ID:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{plain[: _MAX_ID - len(mark) - 1]}-{mark}"


def _heading(task: Task) -> str:
    return f"### `{task.id}`: {task.title} ({task.points:g} points)"


def _encode(manifest: Manifest, unit: Unit, cells: list[dict[str, Any]]) -> bytes:
    """A notebook as Jupyter itself would save it.

    Raises
    ------
    ReleaseError
        nbformat is missing or finds it invalid.
    """
    try:
        import nbformat
    except ImportError:
        raise ReleaseError(
            "[notebook] needs nbformat to write notebooks; install it with: "
            "pip install 'autoencoder-grader[notebook]'"
        ) from None
    notebook = nbformat.from_dict(  # type: ignore[no-untyped-call]  # nbformat leaves it so
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "grader": {"assignment": manifest.id, "unit": unit.id, "format": FORMAT},
                "kernelspec": {
                    "display_name": "Python 3 (ipykernel)",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python"},
            },
            "cells": cells,
        }
    )
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise ReleaseError(f"{FOLDER}/{unit.id}.ipynb: is no valid notebook: {error}") from error
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]  # nbformat leaves it so
    return (text + "\n").encode()
