"""Takes in submissions: folders, archives, single files and downloads of learning platforms.

Each becomes a folder of cleaned files, or a problem that concerns it alone. Student files are
hostile: links are not followed, archives are never unpacked to disk, and what is written has a
name that was checked.
"""

import functools
import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from grader.batch.archives import archive_kind, archive_stem, open_archive
from grader.batch.candidates import MAX_DEPTH, ProblemError
from grader.batch.cleaning import clean, digest, write
from grader.batch.folders import read_file, walk
from grader.batch.ipynb import MAX_BYTES, Origin, Outline
from grader.batch.layouts import recognise, unusable
from grader.batch.names import shown, slug, with_hash
from grader.batch.notebooks import stands_for
from grader.batch.parts import Part, of_file, of_folder, of_tree
from grader.batch.submission import IntakeError, Submission
from grader.batch.tree import File, Tree, UnreadableError

_ORDINARY: Final = frozenset(
    {"assignment", "code", "project", "solution", "source", "src", "submission", "work"}
)
"""Names of folders that say nothing about whose they are."""


def collect(
    paths: Sequence[Path],
    *,
    modules: Sequence[str],
    workdir: Path,
    outlines: Sequence[Outline] = (),
    notebooks: Path | None = None,
) -> list[Submission]:
    """Take in all submissions below some paths.

    A folder is a single submission if it holds a module directly, or in a folder with a name such
    as ``assignment``; otherwise it is a platform's download or a folder of submissions. An archive
    is a platform's download or a single submission.

    Parameters
    ----------
    paths
        Folders, archives (``.zip``, ``.tar``, ``.tar.gz``, ``.tgz``, ``.tar.bz2``), ``.py`` and
        ``.ipynb`` files.
    modules
        File names of the assignment's units, such as ``layers.py``.
    workdir
        A private folder; cleaned files go to ``workdir/ID``, which is made anew.
    outlines
        What each unit defines, for finding it in notebooks; without it, only notebooks named after
        a unit stand for it.
    notebooks
        A private folder for copies of the notebooks that were read; None: none are kept.

    Returns
    -------
    list of Submission
        By id.

    Raises
    ------
    IntakeError
        A path does not exist, holds no submission or is of a kind that cannot be graded, or
        ``workdir`` cannot be written.
    """
    with ExitStack() as stack:
        parts: list[tuple[Path, Part]] = []
        for path in dict.fromkeys(path.resolve() for path in paths):
            parts += [(path, part) for part in _parts(path, modules, stack)]
        ids = _ids(parts)
        submissions = [
            _take(path, part, name, modules, workdir, outlines, notebooks)
            for (path, part), name in zip(parts, ids, strict=True)
        ]
    return sorted(submissions, key=lambda submission: submission.id)


def _parts(path: Path, modules: Sequence[str], stack: ExitStack) -> list[Part]:
    """Find the submissions at one path."""
    if path.is_dir():
        return _in_folder(path, modules)
    if not path.is_file():
        raise IntakeError(
            f"{shown(str(path))}: does not exist; name a folder, an archive, a .py or .ipynb file"
        )
    if archive_kind(path.name) is None:
        parts = of_file(_on_disk(path))
        if not parts:
            raise IntakeError(
                f"{shown(str(path))}: is no submission; name a folder, a .zip, .tar.gz, .py or "
                ".ipynb"
            )
        return parts
    label = archive_stem(path.name)
    try:
        tree = open_archive(path.name, stack.enter_context(path.open("rb")), stack)
    except OSError as error:
        raise IntakeError(f"{shown(str(path))}: cannot be read ({error.strerror})") from error
    except UnreadableError as reason:
        problem = f"{shown(path.name)}: {reason}"
        return [Part(label, "file", of_tree(Tree()), path.name, problem=problem)]
    single = Part(label, archive_kind(path.name) or "file", of_tree(tree), path.name)
    return recognise(tree, label, modules) or [single]


def _on_disk(path: Path) -> File:
    return File(path.name, path.stat().st_size, functools.partial(read_file, path))


def _in_folder(path: Path, modules: Sequence[str]) -> list[Part]:
    tree = walk(path)
    if _is_single(tree, modules):
        return [Part(path.name, "folder", of_tree(tree), path.name)]
    parts = recognise(tree, path.name, modules)
    if parts is None:
        parts = [of_folder(folder, inner) for folder, inner in tree.split().items()]
        for file in tree.top_files():
            parts += of_file(file)
        parts += unusable(tree)
    if not parts:
        raise IntakeError(
            f"{shown(str(path))}: holds no submissions; name a folder with one folder, "
            "archive, .py or .ipynb file for each"
        )
    return parts


def _is_single(tree: Tree, modules: Sequence[str]) -> bool:
    for file in tree.files:
        if file.name.count("/") <= MAX_DEPTH and stands_for(file.base, modules):
            folders = file.folder.casefold().split("/") if file.folder else []
            if _ORDINARY.issuperset(folders):
                return True
    return False


def _ids(parts: Sequence[tuple[Path, Part]]) -> list[str]:
    """Give each part an id. Those that would share one all get a suffix made of their names.

    All, and not only the second: an id must not pass from one student to another when a
    submission is added.
    """
    ids = [slug(part.label) for _, part in parts]
    keys = [part.key or part.label for _, part in parts]
    keys_and_paths = [
        f"{path.as_posix()}/{key}" for (path, _), key in zip(parts, keys, strict=True)
    ]
    numbered = [f"{key}/{index}" for index, key in enumerate(keys_and_paths)]
    for source in (keys, keys_and_paths, numbered):
        shared = {name for name, count in Counter(ids).items() if count > 1}
        ids = [
            with_hash(slug(part.label), key) if name in shared else name
            for name, key, (_, part) in zip(ids, source, parts, strict=True)
        ]
    return ids


def _take(
    path: Path,
    part: Part,
    name: str,
    modules: Sequence[str],
    workdir: Path,
    outlines: Sequence[Outline],
    notebooks: Path | None,
) -> Submission:
    """Clean one submission and lay it out, or say why it cannot be graded."""
    problem, notes, files = part.problem, list[str](), None
    whole, origin, kept = "", Origin(), list[Path]()
    if problem is None:
        try:
            with ExitStack() as stack:
                cleaned = clean(part.load(stack), modules, stack, outlines)
                if notebooks is not None:
                    kept = _keep(cleaned.notebooks, notebooks / name)
        except ProblemError as reason:
            problem = str(reason)
        except UnreadableError as reason:
            problem = f"{shown(part.key)}: {reason}"
        else:
            notes, whole, files = cleaned.notes, digest(cleaned.files), workdir / name
            origin = cleaned.origin
            try:
                write(cleaned.files, files)
            except OSError as error:
                raise IntakeError(f"{shown(str(workdir))}: cannot be written ({error})") from error
    place = path / part.place  # not there if it is in an archive or deeper in the folder
    if problem is not None:
        whole = hashlib.sha256(f"problem: {problem}".encode()).hexdigest()
    return Submission(
        id=name,
        source=place if os.path.lexists(place) else path,
        files=files,
        student=part.student,
        partners=part.partners,
        late=part.late,
        submitted_at=part.submitted_at,
        attempt=part.attempt,
        layout=part.layout,
        problem=problem,
        notes=tuple(notes),
        origin=origin,
        notebooks=tuple(kept),
        digest=whole,
    )


def _keep(notebooks: Sequence[File], folder: Path) -> list[Path]:
    """Copies of notebooks as they were handed in, under names of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for number, file in enumerate(notebooks):
        path = folder / f"{number}.ipynb"
        path.write_bytes(file.read(MAX_BYTES))
        kept.append(path)
    return kept
