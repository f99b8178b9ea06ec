"""Puts a release where it belongs: whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.manifest import MANIFEST_NAME
from grader.release.errors import ReleaseError


def refuse_bad_targets(solution: Path, out: Path, archive: Path | None) -> None:
    """Make sure that writing a release there destroys nothing but an older release.

    Raises
    ------
    ReleaseError
        ``out`` overlaps the solution or holds something other than a release, or the zip would
        lie inside one of the two.
    """
    if _holds(solution, out) or _holds(out, solution):
        raise ReleaseError(f"{out}: overlaps the solution {solution}; choose another --out")
    _refuse_foreign_folder(out)
    if archive is not None:
        for folder in (solution, out):
            if _holds(folder, archive):
                raise ReleaseError(f"{archive}: lies inside {folder}; choose another --zip")
        if archive.is_dir() or archive.suffix != ".zip":
            raise ReleaseError(f"{archive}: is no name for a zip; name one ending in .zip")


def _holds(folder: Path, path: Path) -> bool:
    """Whether ``path`` is ``folder`` or lies inside it, also where the disk ignores case."""
    folder, path = folder.resolve(), path.resolve()
    return any(
        place == folder or (place.exists() and folder.exists() and place.samefile(folder))
        for place in (path, *path.parents)
    )


def _refuse_foreign_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ReleaseError(f"{out}: is a file; name a folder with --out")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not (out / MANIFEST_NAME).is_file():
        fix = "empty it, or choose another --out"
        raise ReleaseError(f"{out}: holds files but no {MANIFEST_NAME}, so no release; {fix}")
    for name, what in ((".git", "a repository of its own"), ("checks/hidden", "a solution")):
        if (out / name).exists():
            raise ReleaseError(f"{out}: holds {name}, so it is {what}; choose another --out")


def write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Replace the folder ``out`` by one that holds exactly ``files``.

    It is written beside its place first and then renamed, so that an error leaves the old one as
    it was. Files get mode 644 and folders 755, whatever the umask.

    Raises
    ------
    ReleaseError
        The system refuses.
    """
    out = out.resolve()
    staging = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        new, old = staging / "new", staging / "old"
        _make_folder(new)
        for name, content in files.items():
            for parent in reversed((new / name).relative_to(new).parents[:-1]):
                _make_folder(new / parent)
            (new / name).write_bytes(content)
            (new / name).chmod(0o644)
        _swap(new, out, old)
    except OSError as error:
        raise ReleaseError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _make_folder(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _swap(new: Path, out: Path, old: Path) -> None:
    if not out.exists():
        new.rename(out)
        return
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, with mode 644.

    Raises
    ------
    ReleaseError
        The system refuses.
    """
    path = path.resolve()
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise ReleaseError(f"{path}: cannot be written: {error.strerror}") from error
