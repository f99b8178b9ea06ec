"""One submission as it was recognised in a folder or download, before its files are looked at."""

import functools
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from grader.batch.archives import FOREIGN, archive_kind, archive_stem, open_nested
from grader.batch.names import shown
from grader.batch.submission import Layout, Student
from grader.batch.tree import File, Tree


@dataclass
class Part:
    """One submission, recognised."""

    label: str
    """What its id is made of."""
    layout: Layout
    load: Callable[[ExitStack], Tree]
    """List its files; raises :class:`~grader.batch.tree.UnreadableError`."""
    key: str = ""
    """Tells it from the others that have the same label; as a rule its name on disk."""
    place: str = ""
    """Its folder or file in the folder it was found in; empty if it is the whole of it."""
    student: Student = field(default_factory=Student)
    partners: tuple[Student, ...] = ()
    late: bool = False
    submitted_at: datetime | None = None
    attempt: int | None = None
    problem: str | None = None


def of_tree(tree: Tree) -> Callable[[ExitStack], Tree]:
    """The ``load`` of a part whose files are listed already."""
    return lambda _stack: tree


def of_folder(folder: str, tree: Tree) -> Part:
    """The submission that one folder is."""
    return Part(folder, "folder", of_tree(tree), folder, folder)


def of_file(file: File) -> list[Part]:
    """The submission that a single file is; none if it is of a kind that nobody hands in."""
    name = file.base.lower()
    kind = archive_kind(name)
    if kind:
        load = functools.partial(open_nested, file)
        return [Part(archive_stem(file.base), kind, load, file.base, file.base)]
    tree = of_tree(Tree([file]))
    stem = file.base.rpartition(".")[0]
    if name.endswith(".py"):
        return [Part(stem, "py", tree, file.base, file.base)]
    if name.endswith(".ipynb"):
        return [Part(stem, "ipynb", tree, file.base, file.base)]
    if not name.endswith(FOREIGN):
        return []
    problem = f"{shown(file.base)} is an archive that cannot be opened; hand in a .zip"
    return [Part(stem, "file", tree, file.base, file.base, problem=problem)]
