"""Packs the student zip: the assignment, its data, and what it takes to install the grader."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from grader.manifest import Manifest
from grader.release.errors import ReleaseError
from grader.release.folders import is_source, list_files, read

FULL_DATA = "full"
"""The folder inside the data folder that a full data set is fetched into; it is never packed."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_MODE = 0o100644 << 16  # a regular file, readable by all, writable by its owner


def files_beside(solution: Path, name: str, manifest: Manifest, sheet: bytes) -> dict[str, bytes]:
    """Collect what the zip holds beside the assignment folder, by path from the zip's root, sorted.

    Parameters
    ----------
    solution
        The solution's folder; paths of ``[release]`` are relative to its parent.
    name
        The name of the assignment's folder in the zip.
    manifest
        Names the data, the files to include and the README.
    sheet
        The exercise sheet, which is the top-level README where nothing else is.

    Raises
    ------
    ReleaseError
        An entry of the manifest leads nowhere, out of the repository, or into the solution.
    """
    solution = solution.resolve()
    root = solution.parent
    files: dict[str, bytes] = {}
    for entry in manifest.release.include:
        path = _inside(root, entry)
        if _overlap(path, solution):
            raise ReleaseError(f"[release] include: {entry!r} would hand out the solution")
        if path.is_relative_to(root / name):
            raise ReleaseError(f"[release] include: {entry!r} is the assignment; leave it out")
        files |= _below(root, path, with_full=True)
    files |= _data(root, solution, manifest)
    if manifest.release.readme is not None:
        if "README.md" in files:
            raise ReleaseError("[release] readme: include already brings a README.md; drop one")
        files["README.md"] = read(_inside(root, manifest.release.readme))
    files.setdefault("README.md", sheet)
    return dict(sorted(files.items()))


def _inside(root: Path, entry: str) -> Path:
    parts = PurePosixPath(entry)
    path = root / parts
    if parts.is_absolute() or ".." in parts.parts or not path.resolve().is_relative_to(root):
        raise ReleaseError(f"[release]: {entry!r} leads out of {root}; name something inside it")
    if not path.exists():
        raise ReleaseError(f"[release]: there is no {entry!r} in {root}; correct or remove it")
    return path


def _overlap(path: Path, solution: Path) -> bool:
    path = path.resolve()
    return path.is_relative_to(solution) or solution.is_relative_to(path)


def _data(root: Path, solution: Path, manifest: Manifest) -> dict[str, bytes]:
    if manifest.data is None:
        return {}
    folder = Path(os.path.normpath(solution / manifest.data))
    if _overlap(folder, solution) or not folder.is_relative_to(root):
        raise ReleaseError(
            f"data: {manifest.data!r} does not lie beside the solution in {root}, so the zip "
            "cannot hold it where the assignment looks for it"
        )
    return _below(root, folder, with_full=False) if folder.is_dir() else {}


def _below(root: Path, path: Path, with_full: bool) -> dict[str, bytes]:
    """Read a file, or all sources of a folder, by path from ``root``."""
    name = path.relative_to(root).as_posix()
    if not path.is_dir():
        return {name: read(path)}
    if path.is_symlink():
        raise ReleaseError(f"{path}: is a symbolic link; put the folder itself there")

    def keep(inner: str) -> bool:
        return is_source(inner) and (with_full or inner != FULL_DATA)

    return {f"{name}/{inner}": read(file) for inner, file in list_files(path, keep).items()}


def pack(name: str, files: Mapping[str, bytes], extras: Mapping[str, bytes]) -> bytes:
    """Pack the student zip; the same files give the same bytes.

    Parameters
    ----------
    name
        The assignment's folder in the zip.
    files, extras
        Contents by path: inside that folder, and from the zip's root.
    """
    members = {f"{name}/{path}": content for path, content in files.items()} | dict(extras)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in sorted(members.items()):
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = 3  # Unix, wherever this runs, so that the mode counts
            info.external_attr = _MODE
            archive.writestr(info, content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
