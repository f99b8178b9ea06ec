"""Finds the assignment that a notebook belongs to."""

from pathlib import Path

from grader.manifest import MANIFEST_NAME


class NotFoundError(Exception):
    """There is no assignment, or more than one; the message says what to do."""


def find_assignment(here: Path) -> Path:
    """The assignment's folder: `here`, one of those around it, or the only one directly inside.

    Raises
    ------
    NotFoundError
        There is none, or it cannot be told which.
    """
    here = here.resolve()
    for folder in (here, *here.parents):
        if (folder / MANIFEST_NAME).is_file():
            return folder
    inside = sorted(path.parent for path in here.glob(f"*/{MANIFEST_NAME}"))
    released = [path for path in inside if not (path / "checks" / "hidden").is_dir()]
    if len(released) == 1:
        return released[0]
    fix = "go to the folder of yours first, as in: %cd assignment/notebooks"
    if released:
        names = ", ".join(path.name for path in released)
        raise NotFoundError(f"{here} holds more than one assignment ({names}); {fix}")
    raise NotFoundError(f"no {MANIFEST_NAME} lies in {here}, nor around it; {fix}")
