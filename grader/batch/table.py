"""The class table: one line for each submission, and what they say together."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TextIO

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.batch.late import after_penalty
from grader.batch.summary import Summary
from grader.scores import Score
from grader.texts import encodable, number, one_line

WIDTH: Final = 80
_LISTED: Final = 20
"""How many submissions that need a person are listed with the whole reason."""
_STATUSES: Final = {"graded": ("graded", "green"), "needs_review": ("review", "bold red")}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One submission, in words."""

    submission: str
    name: str | None
    points: str
    late: str
    status: str
    note: str


def table_row(
    score: Score, *, name: str | None = None, late: bool = False, points: float | None = None
) -> Row:
    """The line of a submission.

    Parameters
    ----------
    score
        Its score.
    name
        Its student's.
    late
        Whether it is marked as late, for one that lost no points for it.
    points
        What counts in the end, adjustments included; None: the score after its penalty.
    """
    points = after_penalty(score) if points is None else points
    taken = number(score.penalty.points) if score.penalty else ""
    return Row(
        submission=score.submission,
        name=name,
        points=f"{number(points)} / {number(score.max_score)}",
        late=f"-{taken}" if taken else "late" if late else "",
        status=score.status,
        note=_note(score),
    )


def _note(score: Score) -> str:
    """Why it needs a person, or else the task that lost the largest share, the first if several."""
    if score.status == "needs_review":
        return score.reason or "needs a person"
    short = [t for t in score.tasks if t.max_score and t.score < t.max_score]
    if not short:
        return ""
    weakest = min(short, key=lambda task: task.score / task.max_score)
    return f"{weakest.id}: {weakest.status.replace('_', ' ')}"


def render(
    rows: Iterable[Row],
    summary: Summary,
    *,
    questions: Mapping[str, str] | None = None,
    color: bool = False,
    width: int = WIDTH,
    stream: TextIO | None = None,
) -> str:
    """The table and its totals as text.

    Parameters
    ----------
    rows
        In the order to be shown.
    summary
        What they say together.
    questions
        What a person has to settle about the lateness of submissions, by id.
    color
        Whether to use the control sequences of a terminal; without, there are none at all.
    width
        Columns; no line is longer.
    stream
        Where it will be written: letters that its encoding lacks become question marks.
    """
    ordered = list(rows)
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width,
        height=25,  # with a height too, no terminal is asked
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    if ordered:
        console.print(_table(ordered))
        console.print()
    console.print(Text(_counts(summary)))
    if summary.points:
        console.print(Text(_points(summary)))
    reviews = [(each.submission, each.reason or "no reason given") for each in summary.needs_review]
    _list(console, "Need a person:", reviews, rest="in summary.json")
    _list(console, "Lateness to settle:", list((questions or {}).items()), rest="like these")
    lines = buffer.getvalue().splitlines()
    return encodable("\n".join(line.rstrip() for line in lines) + "\n", stream)


def _list(console: Console, title: str, entries: Sequence[tuple[str, str]], *, rest: str) -> None:
    if entries:
        console.print(Text(f"\n{title}"))
    for submission, said in entries[:_LISTED]:
        text = one_line(f"{submission}: {said}")
        console.print(Padding(Text(text, overflow="fold"), (0, 0, 0, 2)))
    if len(entries) > _LISTED:
        console.print(Text(f"  and {len(entries) - _LISTED} more, {rest}"))


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False, expand=True)
    named = any(row.name for row in rows)
    longest = max(len(one_line(row.submission)) for row in rows)
    table.add_column("Submission", no_wrap=True, min_width=min(longest, 20), max_width=20)
    if named:
        table.add_column("Name", no_wrap=True, min_width=10, max_width=16)
    table.add_column(
        "Points", no_wrap=True, justify="right", min_width=max(map(_points_width, rows))
    )
    table.add_column("Late", no_wrap=True, justify="right", min_width=4)
    table.add_column("Status", no_wrap=True, min_width=6)
    table.add_column("Weakest task", no_wrap=True, ratio=1)
    for row in rows:
        word, style = _STATUSES.get(row.status, (row.status, ""))
        cells = [row.submission, *([row.name or ""] if named else []), row.points, row.late]
        shown = [Text(one_line(cell)) for cell in cells]
        table.add_row(*shown, Text(one_line(word), style), Text(one_line(row.note)))
    return table


def _points_width(row: Row) -> int:
    return len(row.points)


def _counts(summary: Summary) -> str:
    many = f"{summary.submissions} submission{'' if summary.submissions == 1 else 's'}"
    graded = summary.statuses.get("graded", 0)
    review = summary.statuses.get("needs_review", 0)
    parts = [f"{graded} graded"]
    if review:
        parts.append(f"{review} need{'s' if review == 1 else ''} a person")
    if summary.penalized:
        parts.append(f"{summary.penalized} lost points for lateness")
    return f"{many}: {', '.join(parts)}"


def _points(summary: Summary) -> str:
    points = summary.points
    if points is None:
        return ""
    return (
        f"Points of {number(summary.max_score)}: mean {number(points.mean)}, "
        f"median {number(points.median)}, "
        f"middle half {number(points.lower_quartile)} to {number(points.upper_quartile)}"
    )
