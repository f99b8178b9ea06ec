"""Lists what a folder holds, the same on every machine."""

import os
from collections.abc import Callable
from pathlib import Path

from grader.release.errors import ReleaseError

CACHES = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".DS_Store"}
)
"""What tools leave behind while people work in a folder."""


def list_files(folder: Path, keep: Callable[[str], bool]) -> dict[str, Path]:
    """List the files below a folder by their path inside it (with ``/``), sorted by that path.

    ``keep`` is asked for the path of each file and folder; what it refuses is not entered.
    Symbolic links are listed like files and never followed. An absent folder holds nothing.
    """
    found: dict[str, Path] = {}

    def enter(prefix: str, current: Path) -> None:
        with os.scandir(current) as entries:
            for entry in entries:
                name = prefix + entry.name
                if not keep(name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    enter(name + "/", Path(entry.path))
                else:
                    found[name] = Path(entry.path)

    if folder.is_dir():
        enter("", folder)
    return dict(sorted(found.items()))


def is_source(name: str) -> bool:
    """Whether a path inside a folder is neither hidden (a leading dot) nor compiled by Python."""
    last = name.rpartition("/")[2]
    return not (last.startswith(".") or last == "__pycache__" or last.endswith(".pyc"))


def read(path: Path) -> bytes:
    """Read the bytes of a regular file.

    Raises
    ------
    ReleaseError
        It is missing, a symbolic link (it could lead to anything), or unreadable.
    """
    if path.is_symlink():
        raise ReleaseError(f"{path}: is a symbolic link; put the file itself there")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReleaseError(f"{path}: is missing; a release needs it") from None
    except OSError as error:
        raise ReleaseError(f"{path}: cannot be read: {error.strerror}") from error


def decode(content: bytes) -> str:
    """Decode a file for looking at it: as UTF-8, or else as Latin-1, which fits any bytes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
