"""The table and the explanations that a student reads after pytest's own output."""

import io
import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import scores
from grader.judge.scoring import was_left_out
from grader.judge.session import Session
from grader.texts import encodable, number, one_line, printable

WIDTH = 80
_WORDS = {
    "passed": ("passed", "green"),
    "partial": ("partial", "yellow"),
    "failed": ("failed", "red"),
    "todo": ("todo", "cyan"),
    "timed_out": ("timed out", "red"),
    "skipped": ("skipped", "magenta"),
    "error": ("grader error", "bold red"),
    "crashed": ("crashed", "red"),
    "grader_error": ("grader error", "bold red"),
}


def print_score(reporter: Any, session: Session, score: scores.Score) -> None:
    """Write the table through pytest's terminal reporter."""
    reporter.ensure_newline()
    reporter.write(render(score, session, color=bool(reporter.hasmarkup)))


def render(score: scores.Score, session: Session, *, color: bool = False) -> str:
    """The whole text: table, what to look at, total, where the JSON lies, how to replay."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=WIDTH, force_terminal=color, highlight=False, emoji=False, markup=False
    )
    console.print()
    console.print(_table(score))
    for task in score.tasks:
        _explain(console, task)
    console.print()
    console.print(_total(score, session))
    console.print(
        f"Score: {one_line(_shown(session.scores_path))}   Seed: {score.environment.seed}"
    )
    return encodable(stream.getvalue(), sys.stdout)


def _table(score: scores.Score) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True, header_style="bold")
    table.add_column("Unit", max_width=20, overflow="fold")
    table.add_column("Task", ratio=1, overflow="fold")
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    unit = None
    for task in score.tasks:
        if all(was_left_out(check.message) for check in task.checks):
            continue
        title = Text.assemble((task.id, "bold"), f"  {one_line(task.title)}")
        points = f"{number(task.score)} / {number(task.max_score)}"
        table.add_row(task.unit if task.unit != unit else "", title, points, _status(task.status))
        unit = task.unit
    return table


def _explain(console: Console, task: scores.Task) -> None:
    open_checks = [
        check
        for check in task.checks
        if check.status not in ("passed", "todo") and not was_left_out(check.message)
    ]
    if not open_checks:
        return
    heading = Text.assemble("\n", (task.id, "bold"), f"  {one_line(task.title)}")
    console.print(heading)
    skipped: list[str] = []
    for check in open_checks:
        if check.status == "skipped" and check.message in skipped:
            continue  # the same blocker, said once for the task
        skipped += [check.message or ""] if check.status == "skipped" else []
        title = Text.assemble(_status(check.status), ": ", one_line(check.title))
        if check.visibility == "hidden":
            title.append("  (hidden)", "dim")
        console.print(Padding(title, (0, 0, 0, 2)))
        _detail(console, "", check.message)
        _detail(console, "expected", check.expected)
        _detail(console, "got", check.actual)
        _detail(console, "hint", check.hint)


def _detail(console: Console, label: str, text: str | None) -> None:
    if not text:
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=8, no_wrap=True, style="dim")
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(label, Text(printable(text)))
    console.print(Padding(grid, (0, 0, 0, 4)))


def _total(score: scores.Score, session: Session) -> Text:
    total = Text.assemble(
        ("Total ", "bold"), (f"{number(score.score)} / {number(score.max_score)}", "bold")
    )
    if score.status == "needs_review":
        total.append(f"\nNeeds a person: {printable(score.reason or '')}", "bold red")
    elif session.public_only:
        total.append(" on the public checks; hidden checks settle the points.")
    return total


def _status(status: str) -> Text:
    word, style = _WORDS[status]
    return Text(word, style)


def _shown(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive, on Windows
        return str(path)
