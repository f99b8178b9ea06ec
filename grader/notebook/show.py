"""A grading as a cell's output: a table with messages and pictures, and the same as plain text.

Students' text is escaped, and what is invisible in it is shown.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from markupsafe import Markup

from grader.judge.scoring import was_left_out
from grader.notebook.inprocess import Graded
from grader.notebook.submission import Made
from grader.report.text import visible
from grader.scores import Check, Score, Task
from grader.texts import number, printable

_PLACE: Final = re.compile(r"^(\w+\.py), line (\d{1,7}), in ", re.MULTILINE)
_LABEL: Final = len("expected") + 2
_PNG: Final = b"\x89PNG\r\n\x1a\n"
MAX_PICTURE: Final = 2_000_000
"""Bytes of a picture that a notebook is burdened with."""
_WORDS: Final = {
    "passed": ("passed", "#1b5e20", "#e0f2e1"),
    "partial": ("partial", "#5f4300", "#fdf0c8"),
    "failed": ("failed", "#8a1212", "#fde3e1"),
    "crashed": ("crashed", "#8a1212", "#fde3e1"),
    "timed_out": ("timed out", "#8a1212", "#fde3e1"),
    "todo": ("todo", "#0b4a6f", "#dff0fa"),
    "skipped": ("skipped", "#55306b", "#f0e4f7"),
    "error": ("grader error", "#ffffff", "#8a1212"),
    "grader_error": ("grader error", "#ffffff", "#8a1212"),
}
"""For each status a word, its colour and that of its ground; 7 to 1 or more in contrast."""


def placed(tasks: list[Task], made: Mapping[str, Made]) -> list[Task]:
    """The tasks with lines of modules named as the lines of cells that they come from."""

    def rename(found: re.Match[str]) -> str:
        module = made.get(found[1])
        place = module.place(int(found[2])) if module is not None else None
        return f"{place[0]}, line {place[1]}, in " if place else found[0]

    tasks = msgspec.convert(msgspec.to_builtins(tasks), list[Task])
    for check in (check for task in tasks for check in task.checks):
        if check.status == "crashed" and check.message:
            check.message = _PLACE.sub(rename, check.message)
    return tasks


def bundle(graded: Graded, notes: Sequence[str]) -> dict[str, Any]:
    """A grading by media type, for ``display(..., raw=True)``."""
    plain = "\n".join([*(f"Note: {printable(note)}" for note in notes), graded.text])
    return {"text/plain": plain, "text/html": str(_html(graded, notes))}


def _html(graded: Graded, notes: Sequence[str]) -> Markup:
    score = graded.score
    rows = [row for task in score.tasks for row in _rows(task, graded)]
    return Markup(
        '<div class="grader-result">{notes}'
        '<table style="border-collapse: collapse; margin: 0.4em 0">'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{total}</div>"
    ).format(
        notes=_join(Markup("<p>{}</p>").format(visible(note)) for note in notes),
        head=_join(
            Markup('<th style="text-align: {}; padding: 0.2em 0.8em">{}</th>').format(side, name)
            for name, side in (("Task", "left"), ("Points", "right"), ("Status", "left"))
        ),
        rows=_join(rows),
        total=_total(score, public_only=graded.session.public_only),
    )


def _rows(task: Task, graded: Graded) -> list[Markup]:
    cell = '<td style="text-align: {}; vertical-align: top; padding: 0.2em 0.8em">{}</td>'
    title = Markup("<b>{}</b> {}").format(task.id, visible(task.title))
    points = f"{number(task.score)} / {number(task.max_score)}"
    cells = [("left", title), ("right", points), ("left", _badge(task.status))]
    rows = [Markup("<tr>{}</tr>").format(_join(Markup(cell).format(*each) for each in cells))]
    details = [*_checks(task), *_pictures(task, graded.pictures)]
    if details:
        style = "text-align: left; padding: 0 0.8em 0.6em 1.6em"
        wide = Markup('<tr><td colspan="3" style="{}">{}</td></tr>')
        rows.append(wide.format(style, _join(details)))
    return rows


def _checks(task: Task) -> list[Markup]:
    """What did not pass, as in the terminal: a blocker is named once a task."""
    found = []
    blockers = set()
    for check in task.checks:
        if check.status in ("passed", "todo") or was_left_out(check.message):
            continue
        if check.status == "skipped" and check.message in blockers:
            continue
        if check.status == "skipped":
            blockers.add(check.message)
        found.append(_check(check))
    return found


def _check(check: Check) -> Markup:
    said = [check.message] if check.message else []
    said += [
        label.ljust(_LABEL) + text.replace("\n", "\n" + " " * _LABEL)
        for label, text in (("expected", check.expected), ("got", check.actual))
        if text
    ]
    title = Markup('<p style="margin: 0.4em 0 0.2em">{} {}</p>')
    parts = [title.format(_badge(check.status), visible(check.title))]
    if said:
        style = "white-space: pre-wrap; background: transparent; margin: 0 0 0.2em 1em"
        parts.append(Markup('<pre style="{}">{}</pre>').format(style, visible("\n".join(said))))
    if check.hint:
        hint = Markup('<p style="margin: 0 0 0.4em 1em"><b>Hint.</b> {}</p>')
        parts.append(hint.format(visible(check.hint)))
    return _join(parts)


def _badge(status: str) -> Markup:
    word, colour, ground = _WORDS[status]
    style = f"color: {colour}; background: {ground}; padding: 0.1em 0.5em; border-radius: 0.3em"
    return Markup('<span style="{}">{}</span>').format(style, word)


def _pictures(task: Task, kept: Mapping[str, bytes]) -> list[Markup]:
    """Pictures that checks kept: PNG only, which cannot hold a script."""
    found = []
    for name in dict.fromkeys(task.artifacts):
        content = kept.get(name, b"")
        if content.startswith(_PNG) and len(content) <= MAX_PICTURE:
            source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
            caption = name.rpartition("/")[2].removesuffix(".png").replace("_", " ")
            figure = (
                '<figure style="margin: 0.4em 0"><img src="{}" alt="{}" style="max-width: 100%">'
            )
            found.append(
                Markup(figure + "<figcaption>{}</figcaption></figure>").format(
                    source, visible(caption), visible(caption)
                )
            )
    return found


def _total(score: Score, *, public_only: bool) -> Markup:
    where = " on the public checks; hidden checks settle the points" if public_only else ""
    text = Markup("<p><b>{} / {}</b>{}. Seed: {}</p>").format(
        number(score.score), number(score.max_score), where, score.environment.seed
    )
    if score.status == "needs_review":
        text += Markup("<p><b>Needs a person:</b> {}</p>").format(visible(score.reason or ""))
    return text


def _join(parts: Any) -> Markup:
    return Markup("").join(parts)
