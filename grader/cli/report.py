"""``grader report``: pages for staff and for each student."""

import sys
from pathlib import Path

import click

from grader.cli.common import FOLDER, UsageProblem


@click.command()
@click.argument("results", type=FOLDER)
@click.option(
    "--solution",
    type=FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with assignment.toml, which says what students are shown and when.",
)
def report(results: Path, solution: Path) -> None:
    """Write the class report, and the feedback of each student.

    RESULTS is the folder that `grader grade` wrote. The report is RESULTS/report/index.html, the
    feedback RESULTS/SUBMISSION/feedback.html, .md and .txt. Pages hold everything they show: open
    them from the disk, offline, or hand single ones on.

    What students see is decided by [feedback] in assignment.toml. Run the command again after the
    deadline, and after remarks.
    """
    from grader.batch.gradebook_file import GradebookError
    from grader.batch.remarks import RemarkError
    from grader.batch.results import ResultsError
    from grader.manifest import ManifestError
    from grader.report import ReportError, write_report
    from grader.texts import printable

    try:
        written = write_report(results, solution, progress=_progress)
    except (GradebookError, ManifestError, RemarkError, ReportError, ResultsError) as error:
        raise UsageProblem(printable(str(error))) from error
    except OSError as error:
        raise UsageProblem(f"{error.filename or results}: {error.strerror}") from error
    for problem in written.problems:
        click.echo(printable(problem), err=True)
    if written.without_code:
        click.echo(
            f"The code of {written.without_code} is not shown: its files are no longer where they "
            "were graded from, or have changed.",
            err=True,
        )
    click.echo(f"Report: {written.index}   Needs a person: {written.needs_person}")
    click.echo(f"Feedback of {written.submissions}: {results}/*/feedback.html ({written.shown})")


def _progress(done: int, total: int) -> None:
    """One line that counts, on a terminal only."""
    if sys.stderr.isatty() and (done % 10 == 0 or done == total):
        click.echo(f"\r{done} of {total} submissions", nl=done == total, err=True)
