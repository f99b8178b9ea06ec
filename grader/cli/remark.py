"""``grader remark``: what people add to the scores of a results folder."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import FOLDER, UsageProblem

if TYPE_CHECKING:
    from grader.batch.gradebook import Gradebook
    from grader.batch.remarks import Adjustment, Comment, Kind


@click.group()
def remark() -> None:
    """Adjust points and write comments; both survive regrading.

    RESULTS is the folder that `grader grade` wrote. Nothing is ever deleted: what is withdrawn
    stays on record. Points of a task change before the late penalty is taken off, points of the
    submission as a whole after it.

    \b
        grader remark add results kim 1.5 --task encoder --because "a typing error"
        grader remark set results kim 80 --because "graded by hand"
        grader remark comment results kim "Please come and see me."
        grader remark list results
        grader remark withdraw results adjustment 2
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"


def _author(command: Callable[..., Any]) -> Callable[..., Any]:
    option = click.option(
        "--author", default=getpass.getuser, help="Who says so.  [default: your user name]"
    )
    return option(command)


def _adjustment(kind: "Kind", text: str) -> click.Command:
    # Negative points look like options.
    @click.command(kind, help=text, context_settings={"ignore_unknown_options": True})
    @click.argument("results", type=FOLDER)
    @click.argument("submission")
    @click.argument("points", type=float)
    @click.option("--task", metavar="ID", help="The task.  [default: the submission as a whole]")
    @click.option("--because", "reason", default="", metavar="TEXT", help="Shown with the points.")
    @_author
    def command(
        results: Path, submission: str, points: float, task: str | None, reason: str, author: str
    ) -> None:
        with _opened(results) as book:
            _refuse_unknown_task(book, submission, task)
            made = book.remarks.adjust(
                submission, kind=kind, points=points, author=author, task=task, comment=reason
            )
            click.echo(f"adjustment {made.id}: {_now(book, submission)}")

    return command


remark.add_command(_adjustment("add", "Add POINTS, also negative ones, to a submission or a task."))
remark.add_command(_adjustment("set", "Set the points of a submission, or of a task of it."))


@remark.command()
@click.argument("results", type=FOLDER)
@click.argument("submission")
@click.argument("text")
@_author
def comment(results: Path, submission: str, text: str, author: str) -> None:
    """Write something about a submission."""
    with _opened(results) as book:
        click.echo(f"comment {book.remarks.comment(submission, text, author=author).id}")


@remark.command()
@click.argument("results", type=FOLDER)
@click.argument("kind", type=click.Choice(["adjustment", "comment"]))
@click.argument("number", type=int)
@_author
def withdraw(results: Path, kind: str, number: int, author: str) -> None:
    """Take back the adjustment or comment of that number."""
    with _opened(results) as book:
        book.remarks.withdraw(
            "adjustments" if kind == "adjustment" else "comments", number, author=author
        )
        click.echo(f"{kind} {number} is withdrawn")


@remark.command("list")
@click.argument("results", type=FOLDER)
@click.argument("submission", required=False)
def list_(results: Path, submission: str | None) -> None:
    """Show all remarks, or those on one submission."""
    from grader.texts import number, printable

    with _opened(results, read_only=True) as book:
        remarks = book.remarks.all()

    def said(item: "Adjustment | Comment", text: str) -> str:
        gone = f" (withdrawn by {item.withdrawn_by})" if item.withdrawn_at else ""
        kind = type(item).__name__.lower()
        return f"{item.submission}  {kind} {item.id}: {text}  [{item.author}, {item.at[:10]}]{gone}"

    lines: list[tuple[Adjustment | Comment, str]] = []
    for each in remarks.adjustments:
        sign = "=" if each.kind == "set" else "+" if each.points >= 0 else ""
        where = each.task or "all"
        lines.append((each, f"{where} {sign}{number(each.points)}  {each.comment}".rstrip()))
    lines += [(each, each.text) for each in remarks.comments]
    for item, text in sorted(lines, key=lambda line: line[0].at):
        if submission in (None, item.submission):
            click.echo(printable(said(item, text)))


@contextmanager
def _opened(results: Path, *, read_only: bool = False) -> "Iterator[Gradebook]":
    from grader.batch.gradebook import Gradebook
    from grader.batch.gradebook_file import GradebookError
    from grader.batch.rebuild import GRADEBOOK
    from grader.batch.remarks import RemarkError

    path = results / GRADEBOOK
    if not path.is_file():
        raise UsageProblem(f"{results}: nothing was graded into this folder ({path} is missing)")
    try:
        with Gradebook(path, read_only=read_only) as book:
            yield book
    except (GradebookError, RemarkError) as error:
        raise UsageProblem(str(error)) from error


def _refuse_unknown_task(book: "Gradebook", submission: str, task: str | None) -> None:
    score = book.latest(submission)
    if task is None or score is None or not score.tasks:
        return
    known = [each.id for each in score.tasks]
    if task not in known:
        raise UsageProblem(f"--task {task}: {submission} was graded on {', '.join(known)}")


def _now(book: "Gradebook", submission: str) -> str:
    from grader.texts import number

    final = book.final(submission)
    if final is None:
        return f"{submission} has no score yet"
    return f"{submission} has {number(final.points)} of {number(final.max_points)} points now"
