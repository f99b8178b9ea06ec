"""A submitted notebook as a page may show it: sources, texts, tables and figures, within bounds.

What is not on the short list of kinds here, such as scripts, widgets and plots that are programs,
is left out with a word in its place. Nothing is executed.
"""

import base64
import binascii
import io
import re
from typing import Any, Final

import msgspec

from grader.batch.ipynb.read import Notebook, NotebookError, read_notebook

_CELL_BYTES: Final = 3_000_000
"""Of the outputs of one cell, as JSON; what is larger is not shown."""
_PAGE_BYTES: Final = 12_000_000
"""Of the outputs and attachments of a page."""
_TEXT: Final = 20_000
"""Characters of one text output."""
_SOURCE: Final = 60_000
_OUTPUTS: Final = 60
"""Outputs of one cell."""
_PIXELS: Final = 16_000_000
_PICTURES: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}

_DRAWING: Final = "image/svg+xml"
_IN_TEXT: Final = re.compile(
    r"\]\(<?data:(?P<kind>image/(?:png|jpeg|gif));base64,(?P<data>[A-Za-z0-9+/=]+)>?"
)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One cell to be shown."""

    number: int
    kind: str
    source: str
    outputs: tuple[dict[str, Any], ...] = ()
    """As nbformat has them, of four kinds of content: text, tables as HTML, pictures, errors."""
    attachments: dict[str, dict[str, str]] = {}


class _Output(msgspec.Struct):
    output_type: str = ""
    name: Any = None
    text: Any = None
    png: Any = None  # formats 1 to 3 keep pictures here
    data: dict[str, msgspec.Raw] = {}
    ename: Any = None
    evalue: Any = None
    traceback: Any = None


class _Cell(msgspec.Struct):
    outputs: msgspec.Raw = msgspec.Raw(b"[]")
    attachments: msgspec.Raw = msgspec.Raw(b"{}")


class _Sheet(msgspec.Struct):
    cells: list[_Cell] = []


class _File(msgspec.Struct):
    cells: list[_Cell] | None = None
    worksheets: list[_Sheet] = []


def read_views(content: bytes) -> tuple[Notebook, list[View]]:
    """The cells of a notebook, ready to be shown.

    Raises
    ------
    NotebookError
        As :func:`grader.batch.ipynb.read_notebook`.
    """
    notebook = read_notebook(content, texts=True)
    try:
        file = msgspec.json.decode(content, type=_File)
        rest = file.cells or [cell for sheet in file.worksheets for cell in sheet.cells]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        rest = []  # read by a laxer reader; its sources are shown
    rest += [_Cell() for _ in notebook.cells[len(rest) :]]
    room = _PAGE_BYTES
    views = []
    for cell, more in zip(notebook.cells, rest, strict=False):
        size = len(memoryview(more.outputs))
        attached = len(memoryview(more.attachments))
        outputs: list[dict[str, Any]]
        if size > min(_CELL_BYTES, room):
            outputs = [_word(f"The outputs are too large to be shown ({size / 1e6:,.1f} MB).")]
        else:
            outputs = _outputs(more.outputs)
            room -= size
        attachments = {}
        if attached <= min(_CELL_BYTES, room):
            attachments = _attachments(more.attachments)
            room -= attached
        source = cell.source
        if cell.kind == "markdown" and len(source) <= room:
            room -= len(source)
            source, lifted = _lifted(source)
            attachments |= lifted
        if len(source) > _SOURCE:
            source = source[:_SOURCE] + "\n# (the rest of this cell is not shown)"
        views.append(
            View(
                number=cell.number,
                kind=cell.kind,
                source=source,
                outputs=tuple(outputs) if cell.kind == "code" else (),
                attachments=attachments,
            )
        )
    return notebook, views


def _outputs(raw: msgspec.Raw) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode(raw, type=list[_Output])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [_word("The outputs cannot be read.")]
    shown = [made for output in found[:_OUTPUTS] for made in _output(output)]
    if len(found) > _OUTPUTS:
        shown.append(_word(f"{len(found) - _OUTPUTS} more outputs are not shown."))
    return shown


def _output(output: _Output) -> list[dict[str, Any]]:
    if output.output_type == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return [{"output_type": "stream", "name": name, "text": _cut(_text(output.text))}]
    if output.output_type in ("error", "pyerr"):
        lines = output.traceback if isinstance(output.traceback, list) else []
        return [
            {
                "output_type": "error",
                "ename": _cut(_text(output.ename)),
                "evalue": _cut(_text(output.evalue)),
                "traceback": [_cut(_text(line)) for line in lines[:200]],
            }
        ]
    data = _data(output)
    if not data:
        return []
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


def _data(output: _Output) -> dict[str, str]:
    """The best that can be shown of what an output offers."""
    found = {kind: _decoded(raw) for kind, raw in list(output.data.items())[:20]}
    if isinstance(output.png, str):
        found["image/png"] = output.png
    for kind in _PICTURES:
        picture = found.get(kind)
        if picture is not None and (content := _picture(kind, picture)):
            return {kind: content}
    if found.get(_DRAWING):
        content = base64.b64encode(found[_DRAWING].encode()).decode()
        return {"text/html": f'<img alt="" src="data:{_DRAWING};base64,{content}">'}
    if found.get("text/html"):
        return {"text/html": found["text/html"]}
    plain = found.get("text/plain") or (_text(output.text) if output.text else "")
    if plain:
        return {"text/plain": _cut(plain)}
    kinds = ", ".join(sorted(re.sub(r"[^\w./+-]", "?", kind)[:60] for kind in found))
    return {"text/plain": f"(an output of a kind that is not shown: {kinds})"} if kinds else {}


def _picture(kind: str, text: str) -> str | None:
    """A picture in base64, if it is one and of a sensible size; drawings, in which nothing runs."""
    from PIL import Image

    try:
        content = base64.b64decode("".join(text.split()), validate=True)
        if kind == _DRAWING:
            return base64.b64encode(content).decode()
        with Image.open(io.BytesIO(content), formats=[_PICTURES[kind]]) as picture:
            width, height = picture.size
    except (binascii.Error, ValueError, OSError, Image.DecompressionBombError):
        return None
    return base64.b64encode(content).decode() if 0 < width * height <= _PIXELS else None


def _attachments(raw: msgspec.Raw) -> dict[str, dict[str, str]]:
    try:
        found = msgspec.json.decode(raw, type=dict[str, dict[str, msgspec.Raw]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    made: dict[str, dict[str, str]] = {}
    for name, kinds in list(found.items())[:_OUTPUTS]:
        for kind, data in kinds.items():
            known = kind in _PICTURES or kind == _DRAWING
            content = _picture(kind, _decoded(data)) if known else None
            if content:
                made[name] = {kind: content}
                break
    return made


def _lifted(source: str) -> tuple[str, dict[str, dict[str, str]]]:
    """A text whose pictures stand in it as addresses, and these pictures as attachments.

    A Markdown parser would take long for such addresses.
    """
    pictures: dict[str, dict[str, str]] = {}

    def lift(found: re.Match[str]) -> str:
        content = _picture(found["kind"], found["data"])
        if content is None:
            return found[0]
        name = f"picture-in-text-{len(pictures)}"
        pictures[name] = {found["kind"]: content}
        return f"](attachment:{name}"

    return _IN_TEXT.sub(lift, source), pictures


def _decoded(raw: msgspec.Raw) -> str:
    try:
        return _text(msgspec.json.decode(raw, type=str | list[str]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}\n... ({len(text) - _TEXT:,} more)"


def _word(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stderr", "text": text}


__all__ = ["NotebookError", "View", "read_views"]
