"""Finds the modules of an assignment among a submission's files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.batch.names import listed, shown
from grader.batch.sources import normalise
from grader.batch.tree import MAX_FILE_BYTES, File, Tree, UnreadableError

MAX_DEPTH: Final = 3
"""How many folders deep a module may lie."""
_MOST: Final = 20
"""How many files are compared for one module."""

_RENAMED: Final = re.compile(r"(?P<stem>.+?)(?:-(?P<canvas>\d{1,3})| ?\(\d{1,3}\))", re.DOTALL)
_COPIED: Final = re.compile(
    r"(?:copy of )(?P<of>.+)|(?P<stem>.+?)(?: - copy| copy| copy \d| \d|_\d)(?: ?\(\d\))?",
    re.DOTALL,
)


class ProblemError(Exception):
    """A submission cannot be graded; the message says why, to staff and student."""


def without_suffix(name: str) -> tuple[str, int | None]:
    """Undo what Canvas and browsers add to a name that was taken: ``a-1.py``, ``a (1).py``.

    Returns
    -------
    tuple
        The name, and the number that Canvas added, if it did.
    """
    stem, dot, suffix = name.rpartition(".")
    found = _RENAMED.fullmatch(stem)
    if not dot or found is None:
        return name, None
    number = found["canvas"]
    return f"{found['stem'].rstrip()}.{suffix}", int(number) if number else None


def match(name: str, modules: Sequence[str]) -> tuple[str, bool] | None:
    """Which module a file name stands for, and whether surely so.

    Not surely: names such as ``layers copy.py``, which count only where nothing better is found.
    """
    by_name = {module.casefold(): module for module in modules}
    plain = name.casefold()
    for candidate in (plain, without_suffix(plain)[0]):
        if candidate in by_name:
            return by_name[candidate], True
    found = _COPIED.fullmatch(plain.removesuffix(".py"))
    if found and plain.endswith(".py"):
        candidate = f"{(found['of'] or found['stem']).strip()}.py"
        if candidate in by_name:
            return by_name[candidate], False
    return None


@dataclass
class Found:
    """The modules that a submission has."""

    modules: dict[str, File] = field(default_factory=dict)
    spare: list[File] = field(default_factory=list)
    """Files under another name, or copies, that stand for a module and need not be kept."""
    notes: list[str] = field(default_factory=list)


def find(tree: Tree, modules: Sequence[str]) -> Found:
    """Choose the file of each module.

    Raises
    ------
    ProblemError
        Two different files stand for one module, or one of several cannot be read.
    """
    sure: dict[str, list[File]] = {}
    unsure: dict[str, list[File]] = {}
    for file in sorted(tree.files, key=_order):
        matched = match(file.base, modules) if file.name.count("/") <= MAX_DEPTH else None
        if matched is not None:
            (sure if matched[1] else unsure).setdefault(matched[0], []).append(file)
    found = Found()
    for module in modules:
        files = sure.get(module) or unsure.get(module)
        if files:
            found.modules[module] = _choose(module, files, found)
    return found


def _order(file: File) -> tuple[int, int, str]:
    """Shallow before deep, shorter (without additions) before longer."""
    return file.name.count("/"), len(file.base), file.name


def _choose(module: str, files: list[File], found: Found) -> File:
    if len(files) > _MOST:
        raise ProblemError(f"{len(files)} files could be {module}; keep one of them")
    first, *others = sorted(files, key=lambda file: (file.base != module, _order(file)))
    content = read_module(first, module)[0] if others else b""
    for other in others:
        if read_module(other, module)[0] != content:
            where = listed([first.name, other.name])
            twice = " (twice)" if first.name == other.name else ""
            raise ProblemError(
                f"two different files could be {module}: {where}{twice}; keep one of them"
            )
    if others:
        names = listed([first.name, *(other.name for other in others)])
        found.notes.append(f"{module}: found {len(files)} times with the same content: {names}")
    elif first.base != module:
        found.notes.append(f"{module}: recognised in {shown(first.name)}")
    found.spare += [file for file in others if file.base != module]
    return first


def read_module(file: File, module: str) -> tuple[bytes, list[str]]:
    """Read a module and bring it to one form; what was done to it as :func:`normalise` says it.

    Raises
    ------
    ProblemError
        It cannot be read, or is too large to be source.
    """
    try:
        return normalise(file.read(MAX_FILE_BYTES))
    except UnreadableError as reason:
        where = "" if file.name == module else f" ({shown(file.name)})"
        raise ProblemError(f"{module}{where} cannot be taken: {reason}") from reason
