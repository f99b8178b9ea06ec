"""Finds the notebooks of a submission that stand for modules, and makes modules of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.batch.candidates import MAX_DEPTH, Found, ProblemError, match, read_module
from grader.batch.ipynb import (
    MAX_BYTES,
    Extract,
    Listing,
    Notebook,
    NotebookError,
    Outline,
    extract,
    list_statements,
    read_notebook,
)
from grader.batch.ipynb.origin import ModuleOrigin
from grader.batch.names import listed, shown
from grader.batch.tree import File, Tree, UnreadableError
from grader.todo import unfinished

SUFFIX: Final = ".ipynb"
_MOST: Final = 20
"""Notebooks of one submission that are read."""


def is_notebook(name: str) -> bool:
    """Whether a file's name is that of a notebook."""
    return name.lower().endswith(SUFFIX)


def match_notebook(name: str, modules: Sequence[str]) -> tuple[str, bool] | None:
    """Which module a notebook stands for by its name, and whether surely so."""
    return match(f"{name[: -len(SUFFIX)]}.py", modules) if is_notebook(name) else None


def stands_for(name: str, modules: Sequence[str]) -> bool:
    """Whether a file is a module or the notebook of one, by its name."""
    return (match_notebook(name, modules) or match(name, modules)) is not None


@dataclass
class _Read:
    """A notebook that was read."""

    file: File
    notebook: Notebook
    listing: Listing


@dataclass
class Taken:
    """Modules that were made from notebooks."""

    origins: dict[str, ModuleOrigin] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    """The notebooks they were made from."""
    failed: dict[str, str] = field(default_factory=dict)
    """Notebooks that could not be read, with the reasons."""

    @property
    def problems(self) -> list[str]:
        """What is wrong with these, as sentences."""
        return [f"{shown(name)} cannot be taken: {why}" for name, why in self.failed.items()]


def take_notebooks(
    tree: Tree, modules: Sequence[str], outlines: Sequence[Outline], found: Found
) -> Taken:
    """Make modules from notebooks, where a module is missing or not finished.

    A module that was made is put into `found`, in the place of one with fewer finished tasks.

    Raises
    ------
    ProblemError
        Two different notebooks stand for one module; one that is named after a module cannot be
        read; there are too many.
    """
    taken = Taken()
    notebooks = [f for f in tree.files if is_notebook(f.base) and f.name.count("/") <= MAX_DEPTH]
    if not notebooks:
        return taken
    open_units = [
        outline for outline in _outlines(modules, outlines) if _is_open(outline.module, found)
    ]
    if not open_units:
        return taken
    if len(notebooks) > _MOST:
        raise ProblemError(f"it holds {len(notebooks)} notebooks; keep those that are to be graded")
    read: list[_Read] = []
    for file in sorted(notebooks, key=lambda file: (file.name.count("/"), file.name)):
        try:
            notebook = read_notebook(file.read(MAX_BYTES))
            listing = list_statements(notebook)
        except (NotebookError, UnreadableError) as reason:
            named = match_notebook(file.base, modules)
            if named is not None and any(unit.module == named[0] for unit in open_units):
                raise ProblemError(f"{shown(file.name)} cannot be taken: {reason}") from reason
            taken.failed[file.name] = str(reason)
            continue
        read.append(_Read(file, notebook, listing))
    for outline in open_units:
        _take(outline, read, modules, found, taken)
    _add_notes(read, found, taken)
    return taken


def _outlines(modules: Sequence[str], outlines: Sequence[Outline]) -> list[Outline]:
    by_module = {outline.module: outline for outline in outlines}
    return [by_module.get(module) or Outline(module=module) for module in modules]


def _is_open(module: str, found: Found) -> bool:
    """Whether a notebook could do better than what is there."""
    file = found.modules.get(module)
    return file is None or bool(unfinished(_decoded(read_module(file, module)[0])))


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _take(
    outline: Outline, read: Sequence[_Read], modules: Sequence[str], found: Found, taken: Taken
) -> None:
    """Make one module, if a notebook is the best there is."""
    best = _best(outline, read, modules)
    if best is None:
        return
    source, made = best
    module, notebook = outline.module, source.file
    present = found.modules.get(module)
    if present is not None:
        here = set(outline.tasks) - unfinished(_decoded(read_module(present, module)[0]))
        if len(made.done) <= len(here):
            return
        found.spare.append(present)
        done = f"{len(made.done)} of {len(outline.tasks)} tasks begun, against {len(here)}"
        found.notes.append(f"{module}: {shown(notebook.name)} was graded instead ({done})")
    content = made.text.encode("utf-8", "replace")
    name = f"{notebook.folder}/{module}" if notebook.folder else module
    found.modules[module] = File(name, len(content), lambda _most: content)
    taken.origins[module] = made.origin
    if notebook not in taken.files:
        taken.files.append(notebook)


def _best(
    outline: Outline, read: Sequence[_Read], modules: Sequence[str]
) -> tuple[_Read, Extract] | None:
    """The notebook with most of a unit, of those that stand for it most surely."""
    for tier in _tiers(outline, read, modules):
        made = [(source, _extract(source, outline, modules)) for source in tier]
        named = [(source, one) for source, one in made if one.found or not outline.names]
        if not named:
            continue
        most = max((len(one.done), one.found) for _, one in named)
        best = [(s, one) for s, one in named if (len(one.done), one.found) == most]
        if len({_body(one.text) for _, one in best}) > 1:
            names = listed([source.file.name for source, _ in best])
            raise ProblemError(
                f"two different notebooks could be {outline.id}: {names}; keep one of them"
            )
        return best[0]
    return None


def _tiers(
    outline: Outline, read: Sequence[_Read], modules: Sequence[str]
) -> list[Sequence[_Read]]:
    by_name = [(source, match_notebook(source.file.base, modules)) for source in read]
    sure = [s for s, named in by_name if named == (outline.module, True)]
    tagged = [s for s in read if s.notebook.unit == outline.id]
    copies = [s for s, named in by_name if named == (outline.module, False)]
    every = read if outline.names or len(modules) == 1 else []
    return [sure, tagged, copies, every]


def _extract(source: _Read, outline: Outline, modules: Sequence[str]) -> Extract:
    units = [module.removesuffix(".py") for module in modules]
    marked = source.notebook.marked
    return extract(source.listing, source.file.name, outline, units, marked=marked)


def _body(text: str) -> str:
    """A module without the comments that name cells."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("# cell "))


def _add_notes(read: Sequence[_Read], found: Found, taken: Taken) -> None:
    by_notebook: dict[str, list[str]] = {}
    for module, origin in taken.origins.items():
        by_notebook.setdefault(origin.notebook, []).append(module)
    notebooks = {source.file.name: source.notebook for source in read}
    for name, made in by_notebook.items():
        found.notes.append(f"{', '.join(made)}: read from the notebook {shown(name)}")
        found.notes += _about(notebooks[name])
        notes = [note for module in made for note in taken.origins[module].notes]
        several = len(by_notebook) > 1
        found.notes += [
            f"{shown(name)}: {note}" if several else note for note in dict.fromkeys(notes)
        ]


def _about(notebook: Notebook) -> list[str]:
    notes = []
    if notebook.format != 4:
        notes.append(f"the notebook has the old format {notebook.format}, which was read as it is")
    if notebook.language and not notebook.language.startswith(("python", "ipython")):
        notes.append(
            f"the notebook says that it is written in {shown(notebook.language)}; it was read as "
            "Python"
        )
    return notes
