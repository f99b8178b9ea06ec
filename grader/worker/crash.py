"""What an exception of a student's says, in plain words of bounded length."""

import linecache
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_TEXT: Final = 2000
MAX_FRAMES: Final = 12


@dataclass(frozen=True)
class Frame:
    """One line of a student's own code in a traceback."""

    file: str
    line: int
    function: str
    source: str


def exception_text(error: BaseException) -> str:
    """``str(error)``, whatever the exception's own ``__str__`` does."""
    try:
        text = str(error)
    except Exception as failure:
        return f"(its text cannot be had: {type(failure).__name__})"
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + " ..."


def own_frames(error: BaseException, folder: Path) -> tuple[Frame, ...]:
    """The lines in a folder's files that an exception passed through, outermost first."""
    folder = folder.resolve()
    frames = []
    for frame, number in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(folder):
            source = linecache.getline(str(file), number).strip()
            name = frame.f_code.co_name
            frames.append(Frame(file.relative_to(folder).as_posix(), number, name, source))
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        file = Path(error.filename)
        if file.is_relative_to(folder):
            place = file.relative_to(folder).as_posix()
            frames.append(Frame(place, error.lineno, "<module>", (error.text or "").strip()))
    if len(frames) > MAX_FRAMES:
        frames = [*frames[:2], *frames[2 - MAX_FRAMES :]]
    return tuple(frames)
