"""Pages from templates: everything escaped, everything invisible shown, no foreign script.

A page carries its style and script in itself, and a Content-Security-Policy that allows these two
by their hash, pictures in the page or in the same folder of results, and nothing else.
"""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.report import charts, text
from grader.report.code import SourceFile
from grader.report.feedback import TASK_WORDS, WORDS, TaskFeedback
from grader.report.pictures import Curve, caption
from grader.scores import Check, Task
from grader.texts import number

_TEMPLATES: Final = Path(__file__).with_name("templates")
_PIECES: Final = 500
"""Of a template, that are written together."""
_GAP: Final = Markup("\0")  # no text has it: it is invisible, and written as its escape


def render(
    template: str, *, script: str | None = None, extra_style: str = "", **values: Any
) -> bytes:
    """A page in UTF-8.

    Parameters
    ----------
    template
        Its file in ``templates``.
    script
        The file of the one script it may run; None: it may run none.
    extra_style
        Style rules of ours that only this page needs.
    values
        What the template names; a name that is missing is an error.
    """
    page = _environment().get_template(template)
    return page.render(_frame(script, extra_style) | values).encode()


def render_into(path: Path, template: str, *, script: str | None = None, **values: Any) -> None:
    """Write a page as :func:`render` makes it, piece by piece: it may be too long to be held."""
    pieces = _environment().get_template(template).stream(_frame(script, "") | values)
    pieces.enable_buffering(_PIECES)
    with path.open("wb") as file:
        pieces.dump(file, encoding="utf-8")


def _frame(script: str | None, extra_style: str) -> dict[str, Any]:
    style = _file("style.css") + extra_style
    code = _file(script) if script else ""
    return {
        "style": Markup(style),  # of this package
        "script": Markup(code),
        "policy": _policy(style, code),
    }


@lru_cache(maxsize=8)
def _policy(style: str, script: str) -> str:
    parts = ["default-src 'none'", f"style-src {_hash(style)}", "img-src data: file: 'self'"]
    if script:
        parts.append(f"script-src {_hash(script)}")
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def _file(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "percent": lambda share: f"{100 * share:.0f} %",
        "marked": text.marked,
        "caption": caption,
        "words": lambda name: name.replace("_", " "),
        "rows": _rows,
        "day": lambda at: at[:16].replace("T", " "),
        "by_end": _by_end,
    }
    environment.globals |= {
        "check_words": WORDS,
        "task_words": TASK_WORDS,
        "checks": _checks,
        "task_head": _task_head,
        "staff_head": _staff_head,
        "drawn": _drawn,
    }
    return environment


def _finalize(value: object) -> object:
    """Whatever a template puts out; only text that is not markup yet is a student's."""
    return text.visible(value) if type(value) is str else value


def _part(name: str, *arguments: object) -> Markup:
    """What a macro of ``parts.html.j2`` makes of something."""
    macro = getattr(_environment().get_template("parts.html.j2").module, name)
    return Markup(macro(*arguments))  # of our template


def _task_head(task: TaskFeedback, level: int) -> Markup:
    return _once("head", level, task.title, task.good, task.status, task.points)


def _staff_head(task: Task) -> Markup:
    said = (task.title, task.status, task.unit, task.id, task.score, task.max_score)
    return _once("staff_head", *said)


@lru_cache(maxsize=2000)
def _once(name: str, *arguments: object) -> Markup:
    """The same, made once of what most of a class have."""
    return _part(name, *arguments)


@lru_cache(maxsize=32)
def _drawn(data: Curve) -> Markup:
    """A curve; staff and student are shown the same."""
    return _part("curve", data, charts.curve_chart(data))


def _by_end(task: Task) -> tuple[list[Check], list[Check]]:
    """Checks that did not pass, and those that did."""
    ends: tuple[list[Check], list[Check]] = ([], [])
    for check in task.checks:
        ends[check.status == "passed"].append(check)
    return ends


def _checks(items: Iterable[Check], *, staff: bool = False) -> Markup:
    """Checks as list items."""
    return Markup("".join(_check(item, staff=staff) for item in items))  # of our template


def _check(item: Check, *, staff: bool) -> str:
    """One check as a list item; most of a class get the same ones, so each is made once."""
    said = (item.visibility, item.weight, item.message, item.expected, item.actual)
    begin, end = _check_around(item.status, item.title, *said, item.misconception, item.hint, staff)
    return f"{begin}{item.duration_s:.2f}{end}" if staff else begin


@lru_cache(maxsize=2000)
def _check_around(
    status: str,
    title: str,
    visibility: str,
    weight: float,
    message: str | None,
    expected: str | None,
    actual: str | None,
    misconception: str | None,
    hint: str | None,
    staff: bool,
) -> tuple[str, str]:
    """A check's HTML before and after the seconds that it took."""
    names = ("status", "title", "visibility", "weight", "message", "expected", "actual")
    values = (status, title, visibility, weight, message, expected, actual)
    item = dict(zip(names, values, strict=True)) | {"misconception": misconception, "hint": hint}
    made = _environment().get_template("check.html.j2").render(item=item, staff=staff, seconds=_GAP)
    begin, _, end = f"{made}\n".partition(_GAP)
    return begin, end


def _rows(file: SourceFile) -> Markup:
    """Rows of a table: the lines of a file, numbered, with what stopped at them."""
    rows = []
    codes = text.marked_lines([line.text for line in file.lines])
    for line, code in zip(file.lines, codes, strict=True):
        row, said, why = "<tr>", "", ""
        if line.stopped:
            row = '<tr class="stop">'
            said = '<span class="hidden-text">checks stopped at line </span>'
            why = f'<div class="why">{text.marked("; ".join(line.stopped))}</div>'
        head = f'<th scope="row">{said}{line.number}</th>'
        rows.append(f"{row}{head}<td><pre>{code}</pre>{why}</td></tr>")
    return Markup("\n".join(rows))  # every text in it is escaped
