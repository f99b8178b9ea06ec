"""``grader export``: scores in the formats of learning platforms and of machines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.common import FOLDER, UsageProblem

if TYPE_CHECKING:
    from grader.export import Export, Graded

_FORMATS = (
    "gradescope", "prairielearn", "classroom50", "github",
    "canvas", "moodle", "lti", "junit", "csv", "jsonl",
)  # fmt: skip


def whose(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say where a platform's ids of students come from."""
    members = click.option(
        "--members", type=FOLDER, help="lti: what the platform's Names and Roles answers (JSON)."
    )
    field = click.option(
        "--user-field",
        type=click.Choice(["user_id", "login", "sis_id", "email"]),
        help="lti: or else the field that holds the platform's id of a user.",
    )
    decorated: Callable[..., Any] = members(field(command))
    return decorated


@contextmanager
def refused() -> Iterator[None]:
    """Errors of what was asked for become exit status 2."""
    from grader.batch.gradebook_file import GradebookError
    from grader.batch.remarks import RemarkError
    from grader.export import ExportError
    from grader.release import ReleaseError
    from grader.scores import ScoreError
    from grader.texts import printable

    try:
        yield
    except (ExportError, GradebookError, ReleaseError, RemarkError, ScoreError) as error:
        raise UsageProblem(printable(str(error))) from error


def lti_users(
    results: Path, members: Path | None, user_field: Any
) -> "tuple[dict[str, Graded], list[str]]":
    """Submissions by the platform's id of their student, and what is left out."""
    from grader.export import members_of, read_graded, users

    graded, unread = read_graded(results)
    found, problems = users(graded, members_of(members, user_field))
    return found, [*unread, *problems]


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.argument("results", type=FOLDER)
@click.option(
    "--out",
    type=FOLDER,
    help="File to write; a folder where every submission has its own.  [default: standard output]",
)
@click.option("--submission", metavar="ID", help="Only this one.")
@click.option("--assignment-id", metavar="NUMBER", help="canvas: the assignment's number there.")
@click.option("--roster", type=FOLDER, help="canvas: a download of the gradebook.")
@click.option("--title", help="canvas, moodle: the column's title.  [default: the assignment's id]")
@click.option("--worksheet", type=FOLDER, help="moodle: the grading worksheet to fill in.")
@click.option("--grade-column", metavar="NAME", help="moodle: the worksheet's column of grades.")
@click.option("--feedback-column", metavar="NAME", help="moodle: its column of feedback.")
@click.option(
    "--feedback/--no-feedback", default=True, show_default=True, help="moodle: also write feedback."
)
@click.option(
    "--key",
    type=click.Choice(["email", "idnumber"]),
    help="moodle: make a CSV for the gradebook's import instead, with students by this.",
)
@whose
@click.option(
    "--hidden",
    type=click.Choice(["hidden", "visible", "after_due_date", "after_published"]),
    default="after_published",
    show_default=True,
    help="gradescope: when students see that hidden checks exist, and their hints.",
)
@click.option(
    "--leaderboard",
    metavar="TASK.METRIC[:desc]",
    help="gradescope: rank by this metric, the least first, or the most.",
)
@click.option(
    "--prefix",
    default="",
    metavar="FOLDER/",
    help="github: where the modules are in the repository.",
)
def export(
    format_: str, results: Path, out: Path | None, submission: str | None, **choices: Any
) -> None:
    """Write the scores in RESULTS in another FORMAT.

    \b
        gradescope   results.json of a submission     canvas  gradebook CSV
        prairielearn results.json of a submission     moodle  worksheet, or gradebook CSV
        classroom50  result.json of a submission      lti     score objects, one JSON a line
        github       annotations of GitHub Actions    junit   XML
        csv          one row a student                jsonl   one score a line, with everything

    The total is what counts: after adjustments and the late penalty. A submission that needs a
    person is never exported as a zero: it is left out, or marked as pending. csv, jsonl and junit
    are for staff.

    Exit status: 0 every submission is in; 1 some are left out, each with its reason; 2 usage, and
    nothing was written.
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    from grader.texts import printable

    with refused():
        made, problems = _made(format_, results, submission, choices)
        _write(made, out)
    for problem in problems:
        click.echo(printable(problem), err=True)
    raise SystemExit(1 if problems else 0)


def _made(
    format_: str, results: Path, submission: str | None, choices: dict[str, Any]
) -> "tuple[Export, list[str]]":
    import os
    from datetime import UTC, datetime

    from grader.export import ExportError, Options, read_graded
    from grader.export import export as make
    from grader.export.gradescope import Leaderboard

    graded, unread = read_graded(results)
    if submission is not None:
        graded = tuple(item for item in graded if item.id == submission)
        if not graded:
            raise ExportError(f"--submission {submission}: {results} has no such submission")
    board = choices.pop("leaderboard")
    options = Options(
        results=results,
        at=datetime.now(UTC),
        environment=os.environ,
        leaderboard=Leaderboard.parse(board) if board else None,
        **choices,
    )
    made = make(format_, graded, options)
    return made, [*unread, *made.problems]


def _write(made: "Export", out: Path | None) -> None:
    from grader.export import ExportError
    from grader.release import write_file, write_folder

    if len(made.files) == 1 and (out is None or not out.is_dir()):
        (content,) = made.files.values()
        if out is None:
            click.echo(content, nl=False)
        else:
            write_file(out, content)
        return
    names = {f"{name}{made.suffix}": content for name, content in made.files.items()}
    if out is None:
        raise ExportError(
            f"these are {len(names)} files: name a folder with --out, or one --submission"
        )
    if out.is_file():
        raise ExportError(f"{out}: is a file; name a folder with --out")
    if out.is_dir():
        foreign = [path.name for path in sorted(out.iterdir()) if path.suffix != made.suffix]
        if foreign or "" in made.files:
            what = f"holds {foreign[0]}" if foreign else "is a folder"
            raise ExportError(f"{out}: {what}; name another place with --out")
    write_folder(out, names)
