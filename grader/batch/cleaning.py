"""Lays the files of one submission out for grading: its modules, flat, and what they may need."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from grader.batch.archives import FOREIGN, archive_kind, open_nested
from grader.batch.candidates import (
    MAX_DEPTH,
    Found,
    ProblemError,
    find,
    read_module,
    without_suffix,
)
from grader.batch.ipynb import Origin, Outline
from grader.batch.names import listed, shown, why_unwritable
from grader.batch.notebooks import take_notebooks
from grader.batch.sources import normalise
from grader.batch.tree import (
    CLUTTER,
    MAX_FILE_BYTES,
    MIB,
    File,
    LeftOut,
    Tree,
    UnreadableError,
)

MAX_KEPT_BYTES: Final = 16 * MIB
"""Of all files that are laid out for one submission; what comes later is left out."""
_MOST_ARCHIVES: Final = 10
_HANDED_OUT: Final = ("__init__.py", "manifest.py", "scores.py", "worker/zygote.py")
"""By these files in a folder ``grader``, the grader itself is known, which students were given."""


@dataclass
class Cleaned:
    """What is laid out for one submission: contents by path, and how it came to that."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    origin: Origin = field(default_factory=Origin)
    """Where modules came from that were made of notebooks."""
    notebooks: list[File] = field(default_factory=list)
    """These notebooks."""


def clean(
    tree: Tree, modules: Sequence[str], stack: ExitStack, outlines: Sequence[Outline] = ()
) -> Cleaned:
    """Choose and clean the files of a submission; nothing is written.

    Modules get their own names and lie at the top; those that are missing or not finished are
    made from notebooks. The other files of the folder where most modules lie keep their places
    from there, if they are small.

    Parameters
    ----------
    tree
        The submission's files.
    modules
        File names of the assignment's modules, such as ``layers.py``.
    stack
        Closes the archives that are opened inside the submission.
    outlines
        What each unit defines, for finding it in a notebook.

    Raises
    ------
    ProblemError
        Nothing is gradable, two files stand for one module, a module cannot be read, or the
        submission is beyond a limit.
    """
    tree = _without_grader(tree)
    _check_size(tree)
    found = find(tree, modules)
    taken = take_notebooks(tree, modules, outlines, found)
    if len(found.modules) < len(modules):
        unopened = _open_archives(tree, stack)
        _check_size(tree)
        found = find(tree, modules)
        taken = take_notebooks(tree, modules, outlines, found)
        if not found.modules:
            raise ProblemError(_nothing(tree, modules, [*taken.problems, *unopened]))
    base = _base(found)
    cleaned = Cleaned(origin=Origin(modules=taken.origins), notebooks=taken.files)
    found.spare += taken.files
    tree.left_out += [LeftOut(name, why) for name, why in taken.failed.items()]
    if base:
        cleaned.notes.append(f"found in the folder {shown(base)}")
    cleaned.notes += found.notes
    done: dict[str, list[str]] = {}
    for module, file in found.modules.items():
        if file.folder != base and file.base == module:
            cleaned.notes.append(f"{module}: taken from {shown(file.name)}")
        cleaned.files[module], actions = read_module(file, module)
        for what in actions:
            done.setdefault(what, []).append(module)
    left_out = [*tree.left_out, *_keep_others(tree, base, found, cleaned, done)]
    cleaned.notes += [f"{what}: {listed(names)}" for what, names in done.items()]
    cleaned.notes += _left_out_notes(left_out)
    return cleaned


def _check_size(tree: Tree) -> None:
    excess = tree.excess()
    if excess is not None:
        raise ProblemError(excess)


def _without_grader(tree: Tree) -> Tree:
    names = {file.name for file in tree.files}
    for folder in sorted(tree.folders):
        if folder.rpartition("/")[2] == "grader" and all(
            f"{folder}/{name}" in names for name in _HANDED_OUT
        ):
            start = folder + "/"
            return Tree(
                [file for file in tree.files if not file.name.startswith(start)],
                {name for name in tree.folders if not (name + "/").startswith(start)},
                [x for x in tree.left_out if not x.name.startswith(start)]
                + [LeftOut(folder, CLUTTER)],
            )
    return tree


def _open_archives(tree: Tree, stack: ExitStack) -> list[str]:
    """Add what archives in a submission hold, one level deep; return why some could not be."""
    archives = [
        file
        for file in sorted(tree.files, key=lambda file: file.name)
        if archive_kind(file.base) and file.name.count("/") < MAX_DEPTH
    ]
    failed = []
    for file in archives[:_MOST_ARCHIVES]:
        try:
            inner = open_nested(file, stack)
        except UnreadableError as reason:
            failed.append(f"{shown(file.name)}: {reason}")
            tree.left_out.append(LeftOut(file.name, str(reason)))
            continue
        excess = inner.excess()
        if excess is not None:
            failed.append(f"{shown(file.name)}: {excess}")
            tree.left_out.append(LeftOut(file.name, excess))
            continue
        tree.graft(file.name, _without_grader(inner))
    return failed


def _nothing(tree: Tree, modules: Sequence[str], unopened: Iterable[str]) -> str:
    """Say that there is nothing to grade, and what there is instead."""
    expected = ", ".join(modules)
    parts = [f"nothing gradable: none of {expected} was found"]
    scripts = [file.name for file in tree.files if file.name.lower().endswith(".py")]
    notebooks = [file.name for file in tree.files if file.name.lower().endswith(".ipynb")]
    foreign = [file.name for file in tree.files if file.name.lower().endswith(FOREIGN)]
    foreign = [name for name in foreign if not archive_kind(name)]
    others = [x.name for x in tree.left_out if x.reason != CLUTTER]
    if scripts:
        parts.append(f"found under other names: {listed(scripts)}")
    if notebooks and not unopened:
        parts.append(f"nothing of it is defined in {listed(notebooks)}")
    if foreign:
        parts.append(f"cannot be opened, hand in a .zip: {listed(foreign)}")
    parts += unopened
    if others and not unopened:
        parts.append(f"left out {listed(others)} ({_reason_of(tree, others[0])})")
    if not tree.files and not others:
        parts.append("there are no files")
    return "; ".join(parts)


def _reason_of(tree: Tree, name: str) -> str:
    return next(x.reason for x in tree.left_out if x.name == name)


def _base(found: Found) -> str:
    """The folder that holds most of the modules; of equals the shallowest, then by name."""
    folders = Counter(file.folder for file in found.modules.values())
    return min(folders, key=lambda name: (-folders[name], len(name.split("/")) * bool(name), name))


def _keep_others(
    tree: Tree, base: str, found: Found, cleaned: Cleaned, done: dict[str, list[str]]
) -> list[LeftOut]:
    """Keep what else lies in the base folder; return what is left out, with reasons."""
    chosen = {id(file) for file in (*found.modules.values(), *found.spare)}
    start = f"{base}/" if base else ""
    left_out: list[LeftOut] = []
    taken = {name.casefold() for name in cleaned.files}
    folders: set[str] = set()
    kept_bytes = sum(len(content) for content in cleaned.files.values())
    others = [file for file in tree.files if id(file) not in chosen]
    occupied = {file.name.casefold() for file in tree.files} | {start + name for name in taken}
    for file in sorted(others, key=lambda f: (not f.name.lower().endswith(".py"), f.name)):
        name = _importable(file.name, occupied).removeprefix(start)
        parents = _parents(name.casefold())
        reason = _why_not(file, name, start)
        if reason is None and (name.casefold() in taken | folders or parents & taken):
            reason = "another file or folder has that name, perhaps in other case"
        if reason is None and kept_bytes + file.size > MAX_KEPT_BYTES:
            reason = f"beyond the {MAX_KEPT_BYTES // MIB} MiB that are kept"
        if reason is None:
            try:
                content = file.read(MAX_FILE_BYTES)
            except UnreadableError as error:
                reason = str(error)
        if reason is not None:
            left_out.append(LeftOut(file.name, reason))
            continue
        if name.lower().endswith(".py"):
            content, what = normalise(content)
            for action in what:
                done.setdefault(action, []).append(name)
        if name != file.name.removeprefix(start):
            cleaned.notes.append(f"{name}: recognised in {shown(file.name)}")
        cleaned.files[name] = content
        kept_bytes += len(content)
        taken.add(name.casefold())
        folders |= parents
    return left_out


def _importable(name: str, occupied: set[str]) -> str:
    """Undo the renaming of a module that could not be imported as it is called."""
    folder, slash, base = name.rpartition("/")
    plain = without_suffix(base)[0]
    if plain != base and plain.endswith(".py") and plain[:-3].isidentifier():
        restored = f"{folder}{slash}{plain}"
        if restored.casefold() not in occupied:
            return restored
    return name


def _parents(name: str) -> set[str]:
    parts = name.split("/")
    return {"/".join(parts[:end]) for end in range(1, len(parts))}


def _why_not(file: File, name: str, start: str) -> str | None:
    if not file.name.startswith(start):
        return f"outside the folder {shown(start[:-1])}"
    base = file.base.lower()
    if base.endswith((*FOREIGN, ".ipynb")) or archive_kind(base):
        return "archives and notebooks are not needed for grading"
    if file.size > MAX_FILE_BYTES:
        return f"larger than {MAX_FILE_BYTES // MIB} MiB"
    return why_unwritable(name)


def _left_out_notes(left_out: Iterable[LeftOut]) -> list[str]:
    by_reason: dict[str, set[str]] = {}
    for item in left_out:
        name = item.name.rpartition("/")[2] if item.reason == CLUTTER else item.name
        by_reason.setdefault(item.reason, set()).add(name)
    return [f"left out {listed(sorted(names))}: {why}" for why, names in by_reason.items()]


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, in the order of the names."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        for part in (name.encode(), content):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return whole.hexdigest()


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder that is made anew. Names come from :func:`clean`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
