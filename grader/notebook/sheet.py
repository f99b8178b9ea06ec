"""Takes the exercise sheet apart: which text belongs to which unit and task, with its pictures.

Pictures become ``data:`` addresses inside the text. Of the three ways to show one, that is the only
one that JupyterLab, VS Code and Colab share: Colab shows neither attachments nor files beside the
notebook. An SVG is an HTML element: Markdown of VS Code takes no ``data:`` address of that kind.
"""

import base64
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*)")
_FENCE: Final = re.compile(r"\s{0,3}(```+|~~~+)")
_CODE_OR_LINK: Final = re.compile(
    r"(?P<code>(?P<ticks>`+).*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<image>!?)\[(?P<label>[^\[\]]*)\]\((?P<target>[^()\s]+)(?P<title>\s+\"[^\"]*\")?\)",
    re.DOTALL,
)
_TYPES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Sections:
    """What the sheet says of a unit as a whole, and of its tasks; absent where it says nothing."""

    unit: str | None
    tasks: Mapping[str, str]


def sections(sheet: str, module: str, tasks: Sequence[str]) -> Sections:
    """Find the text of a unit: the section whose heading names its file, such as `` `ridge.py` ``.

    In it, a heading that names a task, such as `` `solve` ``, begins the text of that task. A
    section ends at the next heading of its own level or a higher one.
    """
    parts = list(_parts(sheet))
    start = next((i for i, part in enumerate(parts) if f"`{module}`" in part.title), None)
    if start is None:
        return Sections(None, {})
    unit: list[str] = []
    found: dict[str, list[str]] = {}
    into, level = unit, parts[start].level
    for number, part in enumerate(parts[start:]):
        if number and part.level <= parts[start].level:
            break
        task = next((task for task in tasks if f"`{task}`" in part.title), None)
        if number and task is not None and task not in found:
            into, level = found.setdefault(task, []), part.level
        elif number and part.level <= level and into is not unit:
            into, level = unit, parts[start].level
        into.append(part.text)
    texts = {task: "\n\n".join(lines) for task, lines in found.items()}
    return Sections("\n\n".join(unit), texts)


@dataclass(frozen=True)
class _Part:
    level: int
    title: str
    text: str


def _parts(sheet: str) -> list[_Part]:
    """The sheet from heading to heading; a fenced block has none."""
    found: list[tuple[int, str, list[str]]] = [(0, "", [])]
    fence: str | None = None
    for line in sheet.replace("\r\n", "\n").split("\n"):
        mark = _FENCE.match(line)
        heading = _HEADING.fullmatch(line) if fence is None else None
        if heading:
            found.append((len(heading[1]), heading[2], []))
        elif mark and fence is None:
            fence = mark[1]
        elif mark and fence and mark[1].startswith(fence) and not line.strip("`~ "):
            fence = None
        found[-1][2].append(line)
    return [_Part(level, title, "\n".join(lines).strip("\n")) for level, title, lines in found]


def is_picture(path: str) -> bool:
    """Whether a file of this name is a picture that a notebook can hold."""
    return PurePosixPath(path).suffix.lower() in _TYPES


def portable(markdown: str, pictures: Mapping[str, bytes], sheet: str) -> str:
    """Make Markdown of the sheet say the same in a notebook one folder further down.

    Parameters
    ----------
    markdown
        Text with links relative to the sheet.
    pictures
        Contents by path, relative to the sheet.
    sheet
        Where the sheet lies, seen from the notebook.
    """
    folder = PurePosixPath(sheet).parent

    def replace(match: re.Match[str]) -> str:
        target = match["target"]
        if match["code"] or re.match(r"[a-z][a-z0-9+.-]*:|/", target, re.IGNORECASE):
            return match[0]
        if match["image"] and unquote(target) in pictures:
            return _embed(unquote(target), pictures[unquote(target)], match)
        address = sheet + target if target.startswith("#") else (folder / target).as_posix()
        return f"{match['image']}[{match['label']}]({address}{match['title'] or ''})"

    pieces = re.split(r"(?ms)(^ {0,3}(?:```+|~~~+).*?(?:^ {0,3}(?:```+|~~~+)[ ]*$|\Z))", markdown)
    return "".join(
        piece if number % 2 else _CODE_OR_LINK.sub(replace, piece)
        for number, piece in enumerate(pieces)
    )


def _embed(path: str, content: bytes, match: re.Match[str]) -> str:
    kind = _TYPES[PurePosixPath(path).suffix.lower()]
    address = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    if kind == "image/svg+xml":
        return f'<img src="{address}" alt="{html.escape(match["label"])}">'
    return f"![{match['label']}]({address}{match['title'] or ''})"
