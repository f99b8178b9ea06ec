"""Makes the files of a new assignment."""

import re
from pathlib import Path
from typing import Final

_TEMPLATE: Final = Path(__file__).with_name("template")
_SUFFIX: Final = ".in"
"""Of files in the template, so that nothing takes them for modules of this package."""
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


class NewError(Exception):
    """An assignment cannot be made as asked; the message says why."""


def make(name: str, folder: Path) -> list[Path]:
    """Write a small assignment, ridge regression in NumPy, that ``grader verify`` passes.

    Parameters
    ----------
    name
        The assignment's id: lower-case words with hyphens.
    folder
        Where it goes; it may be there, but must be empty.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    NewError
        The name is none, the folder holds something, or it cannot be written.
    """
    if not _NAME.match(name) or len(name) > 60:
        raise NewError(
            f"{name!r} cannot be the id of an assignment; use lower-case letters, digits and "
            "hyphens, such as ridge-regression"
        )
    written = []
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise NewError(f"{folder}: is there and not empty; name another folder with --out")
        for source in sorted(_TEMPLATE.rglob("*")):
            if source.suffix == _SUFFIX:
                path = folder / source.relative_to(_TEMPLATE).with_suffix("")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(source.read_text(encoding="utf-8").replace("NAME", name), "utf-8")
                written.append(path)
    except OSError as error:
        raise NewError(f"{folder}: cannot be written: {error.strerror}") from error
    return written
