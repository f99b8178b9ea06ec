"""Folders as records: what travels to a worker, and how it is laid out there."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from grader.batch.cluster.errors import ClusterError

MIB: Final = 2**20
MAX_ASSIGNMENT_BYTES: Final = 512 * MIB
"""Of solution and data together, each of which every worker holds in memory once."""
_LEFT_OUT: Final = frozenset(
    {"__pycache__", ".pytest_cache", ".git", ".venv", ".ipynb_checkpoints", ".hypothesis"}
)


def read_folder(folder: Path, *, most: int = MAX_ASSIGNMENT_BYTES) -> dict[str, bytes]:
    """Contents of a folder's files by relative path; caches are left out, links followed.

    Raises
    ------
    ClusterError
        The files have more than `most` bytes together, or one of them cannot be read.
    """
    content: dict[str, bytes] = {}
    size = 0
    try:
        for path in _files(folder):
            size += path.stat().st_size
            if size > most:
                raise ClusterError(
                    f"{folder}: has more than {most // MIB} MB, which is too much to send to every "
                    "worker; leave out what no check needs, or grade without --cluster"
                )
            content[path.relative_to(folder).as_posix()] = path.read_bytes()
    except OSError as error:
        raise ClusterError(f"{error.filename}: cannot be read: {error.strerror}") from error
    return content


def lay_out(folder: Path, content: Mapping[str, bytes], *, mode: int) -> None:
    """Write files below a new folder with permissions `mode`; ValueError for a path leading out."""
    folder.mkdir(0o700)
    folder.chmod(mode)
    for name, data in content.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise ValueError(f"{name!r}: leads out of its folder")
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            path = Path(place, name)
            if path.is_file():
                yield path
