"""What can be read off a submission's files without running them."""

import contextlib
import hashlib
from collections.abc import Iterable
from pathlib import Path

from grader.todo import unfinished

_IGNORED = {"__pycache__", ".pytest_cache", ".git", ".venv", ".ipynb_checkpoints"}


def untouched_tasks(folder: Path, modules: Iterable[str]) -> frozenset[str]:
    """Tasks of which a TODO still stands in the source as the stub left it.

    Parameters
    ----------
    folder
        The submission.
    modules
        File names to look into; a missing file or one that is not Python has no TODO.
    """
    found: set[str] = set()
    for name in modules:
        with contextlib.suppress(OSError):
            found |= unfinished((folder / name).read_bytes())
    return frozenset(found)


def digest(folder: Path, patterns: Iterable[str]) -> str:
    """SHA-256 over the relative names and bytes of a folder's files, in sorted order."""
    files = {
        path
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.is_file() and not _IGNORED & set(path.relative_to(folder).parts)
    }
    total = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
