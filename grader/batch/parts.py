"""One submission as it was recognised in a folder or download, before its files are looked at."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from grader.batch.submission import Layout, Student
from grader.batch.tree import Tree


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
    student: Student = field(default_factory=Student)
    partners: tuple[Student, ...] = ()
    late: bool = False
    submitted_at: datetime | None = None
    attempt: int | None = None
    problem: str | None = None


def of_tree(tree: Tree) -> Callable[[ExitStack], Tree]:
    """The ``load`` of a part whose files are listed already."""
    return lambda _stack: tree
