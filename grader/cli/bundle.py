"""``grader bundle``: zips that a platform runs, and that students get."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from grader.cli.common import FOLDER, UsageProblem

_SOLUTION = click.option(
    "--solution",
    type=FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with the filled-in modules, all checks and assignment.toml.",
)


@click.group()
def bundle() -> None:
    """Make the zip that a platform runs, or the one that students get."""


@bundle.command()
@_SOLUTION
@click.option(
    "--out", type=FOLDER, default=Path("autograder.zip"), show_default=True, help="Zip to write."
)
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "require", "none"]),
    default="auto",
    show_default=True,
    help="As in `grader grade`; require: no submission is graded where a layer is missing.",
)
@click.option(
    "--hidden",
    type=click.Choice(["hidden", "visible", "after_due_date", "after_published"]),
    default="after_published",
    show_default=True,
    help="When students see that hidden checks exist, and their hints.",
)
@click.option("--leaderboard", metavar="TASK.METRIC[:desc]", help="Rank by this metric.")
def gradescope(
    solution: Path, out: Path, sandbox: Any, hidden: str, leaderboard: str | None
) -> None:
    """Make the zip to upload as Gradescope's autograder.

    It holds the solution with all checks, its data, this package, and the versions of all packages
    installed here. It is for staff: keep it from students.
    """
    from grader.export.bundle import gradescope_zip
    from grader.export.gradescope import Leaderboard
    from grader.release import write_file

    with _refused():
        if leaderboard:
            Leaderboard.parse(leaderboard)
        content = gradescope_zip(solution, sandbox=sandbox, hidden=hidden, leaderboard=leaderboard)
        write_file(out, content)
    click.echo(f"{out}: {len(content)} bytes")


@bundle.command()
@_SOLUTION
@click.option(
    "--out", type=FOLDER, default=Path("assignment.zip"), show_default=True, help="Zip to write."
)
def student(solution: Path, out: Path) -> None:
    """Make the zip that students get; refuse if anything hidden would be in it.

    It is the one that `grader release` makes beside the folder, without writing the folder.
    """
    from grader.release import build, pack, write_file

    with _refused():
        name = out.stem
        built = build(solution, name, say=lambda line: click.echo(line, err=True))
        content = pack(name, built.files, built.extras)
        write_file(out, content)
    click.echo(f"{out}: {len(built.files) + len(built.extras)} files, {len(content)} bytes")


@contextmanager
def _refused() -> Iterator[None]:
    from grader.export import ExportError
    from grader.manifest import ManifestError
    from grader.release import ReleaseError
    from grader.texts import printable

    try:
        yield
    except (ExportError, ManifestError, ReleaseError) as error:
        raise UsageProblem(printable(str(error))) from error
