"""Reads a notebook: its cells and the few words of metadata that grading asks for, nothing else.

Notebooks are hostile: sizes are bounded before anything is decoded, outputs and what else is not
asked for are skipped without being decoded, and nothing is executed.
"""

import codecs
import json
import re
from typing import Any, Final

import msgspec

from grader.batch.tree import MIB

MAX_BYTES: Final = 128 * MIB
"""Of a notebook with its outputs."""
MAX_CELLS: Final = 5_000
MAX_CELL_BYTES: Final = 512 * 1024
"""Of the source of one cell, as JSON; a longer one is left out."""
MAX_SOURCE_BYTES: Final = MIB
"""Of the code of all cells."""
MAX_TEXT_BYTES: Final = 4 * MIB
"""Of a text, which may hold pictures; a longer one is left out."""
_MAX_LENIENT: Final = 8 * MIB
"""Of a notebook that only a laxer reader takes: one that allows NaN and halves of characters."""
_WORD: Final = 60


class NotebookError(Exception):
    """A notebook cannot be read; the message says why and what to do, without naming the file."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell."""

    number: int
    """Its place among all cells, from 1."""
    kind: str
    """code, markdown, raw or other."""
    source: str
    role: str | None = None
    unit: str | None = None
    task: str | None = None
    """What the assignment's own metadata say, where they are still there."""
    too_long: bool = False
    """Whether its source was left out for its length."""


class Notebook(msgspec.Struct, frozen=True, kw_only=True):
    """What grading needs of a notebook."""

    cells: tuple[Cell, ...]
    format: int
    """The major number of its format; 4 is that of today."""
    language: str | None
    """What it says it is written in, in lower case."""
    unit: str | None
    """The unit that it is for, as its metadata say."""

    @property
    def marked(self) -> bool:
        """Whether cells still carry the assignment's metadata."""
        return any(cell.role for cell in self.cells)


class _Grader(msgspec.Struct):
    role: Any = None
    unit: Any = None
    task: Any = None


class _Tagged(msgspec.Struct):
    grader: _Grader | None = None


class _Kernel(msgspec.Struct):
    language: str | None = None
    name: str | None = None


class _About(msgspec.Struct):
    language_info: _Kernel | None = None
    kernelspec: _Kernel | None = None


_NOTHING: Final = msgspec.Raw(b"null")


class _Cell(msgspec.Struct):
    cell_type: str
    metadata: msgspec.Raw = _NOTHING
    source: msgspec.Raw = _NOTHING
    input: msgspec.Raw = _NOTHING  # formats 2 and 3
    code: msgspec.Raw = _NOTHING  # format 1


class _Sheet(msgspec.Struct):
    cells: list[_Cell]


class _File(msgspec.Struct):
    cells: list[_Cell] | None = None
    worksheets: list[_Sheet] | None = None
    nbformat: msgspec.Raw = msgspec.Raw(b"4")
    metadata: msgspec.Raw = _NOTHING


def read_notebook(content: bytes, *, texts: bool = False) -> Notebook:
    """Read a notebook of any format, from 1 to 4.

    Parameters
    ----------
    content
        The file.
    texts
        Whether to read the sources of cells that are no code, too; otherwise these are empty.

    Raises
    ------
    NotebookError
        It is too large, no JSON, no notebook, or has too many cells or too much code.
    """
    if len(content) > MAX_BYTES:
        raise NotebookError(f"it is larger than {MAX_BYTES // MIB} MiB; {_CLEAR}")
    content = _as_utf8(content)
    if content.count(b'"cell_type"') > MAX_CELLS:  # before memory is spent on them
        raise NotebookError(f"it has more than {MAX_CELLS:,} cells; hand in your work alone")
    file = _decode(content)
    found = file.cells
    if found is None and file.worksheets is not None:
        found = [cell for sheet in file.worksheets for cell in sheet.cells]
    if found is None:
        raise NotebookError("it is no notebook: it has no cells")
    if len(found) > MAX_CELLS:
        raise NotebookError(f"it has more than {MAX_CELLS:,} cells; hand in your work alone")
    cells = tuple(_cell(number, cell, texts) for number, cell in enumerate(found, start=1))
    size = sum(len(cell.source) for cell in cells if cell.kind == "code")
    if size > MAX_SOURCE_BYTES:
        raise NotebookError(
            f"its cells hold {size:,} characters, more than the {MAX_SOURCE_BYTES:,} that are read"
        )
    about = _lenient(file.metadata, _About) or _About()
    tagged = _lenient(file.metadata, _Tagged) or _Tagged()
    language = (about.language_info and about.language_info.name) or (
        about.kernelspec and about.kernelspec.language
    )
    version = _lenient(file.nbformat, int)
    return Notebook(
        cells=cells,
        format=4 if version is None else version,
        language=language.lower()[:_WORD] if language else None,
        unit=_word(tagged.grader.unit) if tagged.grader else None,
    )


_CLEAR: Final = "clear its outputs and hand it in again"
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _as_utf8(content: bytes) -> bytes:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding).encode()
            except UnicodeError:
                raise NotebookError(f"it begins like {encoding.upper()} and is not") from None
    return content


def _decode(content: bytes) -> _File:
    try:
        return msgspec.json.decode(content, type=_File)
    except msgspec.ValidationError as error:
        raise NotebookError(f"it is no notebook: {error}") from error
    except RecursionError:
        raise NotebookError("it is no notebook: its JSON is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = str(error)
    if len(content) <= _MAX_LENIENT:
        try:
            loose = json.loads(content, parse_constant=lambda _: None)
            strict = json.dumps(loose, ensure_ascii=False).encode("utf-8", "replace")
            return msgspec.json.decode(strict, type=_File)
        except msgspec.ValidationError as error:
            raise NotebookError(f"it is no notebook: {error}") from error
        except (ValueError, RecursionError, MemoryError):
            pass
    raise NotebookError(_damage(content, reason))


def _damage(content: bytes, reason: str) -> str:
    """Where JSON is damaged, in words for whoever handed it in."""
    found = re.search(r"\(byte (\d+)\)", reason)
    place = int(found[1]) if found else len(content)
    cell = content.count(b'"cell_type"', 0, place)
    line = content.count(b"\n", 0, place) + 1
    near = f", in or near cell {cell}" if cell else ""
    if re.search(rb"^(<{7}|>{7}) ", content, re.MULTILINE):
        why = "it holds the marks of a git merge; settle the merge"
    elif not found:
        why = "it ends in the middle, as an upload that was cut off does"
    else:
        why = "it is damaged there"
    return f"it is no JSON (line {line}{near}): {why}, open it in Jupyter, and hand it in again"


def _cell(number: int, cell: _Cell, texts: bool) -> Cell:
    kind = cell.cell_type if cell.cell_type in ("code", "markdown", "raw") else "other"
    parts = (cell.source, cell.input, cell.code)
    raw = next((part for part in parts if part is not _NOTHING), _NOTHING)
    too_long = len(memoryview(raw)) > (MAX_CELL_BYTES if kind == "code" else MAX_TEXT_BYTES)
    wanted = not too_long and (texts or kind == "code")
    text = _text(raw) if wanted else ""
    tagged = _lenient(cell.metadata, _Tagged)
    grader = (tagged and tagged.grader) or _Grader()
    return Cell(
        number=number,
        kind=kind,
        source=text.replace("\r\n", "\n").replace("\r", "\n"),
        role=_word(grader.role),
        unit=_word(grader.unit),
        task=_word(grader.task),
        too_long=too_long,
    )


def _text(raw: msgspec.Raw) -> str:
    found = _lenient(raw, str | list[str])
    return "".join(found) if isinstance(found, list) else found or ""


def _lenient(raw: msgspec.Raw, kind: Any) -> Any:
    """What a piece of JSON says, or None where it says something else."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _word(value: object) -> str | None:
    """A plain name, as the assignment writes them; None for anything else."""
    plain = isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,59}", value)
    return value if plain and isinstance(value, str) else None
