"""``grader grade``: submissions in, scores out."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from grader.cli.common import FOLDER, UsageProblem


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FOLDER, metavar="PATH...")
@click.option(
    "--solution",
    type=FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with the reference, all checks and assignment.toml.",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("results"),
    show_default=True,
    help="Folder of results; made if it is missing.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Submissions graded at a time.  [default: the cores]",
)
@click.option(
    "--task", "tasks", multiple=True, metavar="ID", help="Grade this task only (repeatable)."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    help="Seed of every submission.  [default: a fresh one, recorded]",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where student code may compute; auto: on a graphics processor, if there is one. That "
    "opens its driver to student code: see docs/sandbox.md.",
)
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "require", "none"]),
    default="auto",
    show_default=True,
    help="auto: what this machine has, said loudly where something is missing; require: refuse to "
    "grade then; none: no isolation, for code you trust.",
)
@click.option("--fresh", is_flag=True, help="Grade everything again, also what has not changed.")
@click.option("--explain", is_flag=True, help="Say why submissions are graded again.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Grade on the workers of a Dask scheduler, such as tcp://10.0.0.5:8786, as many at a time "
    "as they have threads; see docs/cluster.md.  [default: on this machine]",
)
def grade(
    paths: tuple[Path, ...],
    solution: Path,
    out: Path,
    jobs: int | None,
    tasks: tuple[str, ...],
    seed: int | None,
    device: str,
    sandbox: str,
    fresh: bool,
    explain: bool,
    cluster: str | None,
) -> None:
    """Grade submissions, each in a sandboxed process of its own.

    PATH is a folder of submissions, one submission (a folder, .zip, .tar.gz, .py or .ipynb), or a
    download from Canvas, Moodle, Gradescope or GitHub Classroom as it comes, folder or zip.

    \b
        grader grade tests/submissions
        grader grade downloads/hw9.zip --out results/hw9
        grader grade one-student/ --task encoder --task decoder

    OUT gets a folder for each submission with score.json and pictures, summary.json, and
    gradebook.db with every attempt. What is graded is kept at once: stop with Ctrl-C, or lose
    power, and the same command goes on where it was. It grades again only the tasks whose checks,
    reference, data, limits, versions or submitted files changed.

    Exit status: 0 every submission was graded, whatever it scored; 1 at least one needs a person;
    2 usage; 130 stopped.
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    import sys

    with _said_if_stopped(out):
        from concurrent.futures import ThreadPoolExecutor

        from grader.worker.layers import survey

        found = survey
        if sandbox != "none" and cluster is None:  # the sandbox is tried while modules load
            found = ThreadPoolExecutor(1).submit(survey).result

        from grader.batch.cluster.errors import ClusterError
        from grader.batch.device import DeviceError
        from grader.batch.gradebook_file import GradebookError
        from grader.batch.isolation import IsolationError
        from grader.batch.judge_process import JudgeError
        from grader.batch.progress import RunProgress
        from grader.batch.results import ResultsError
        from grader.batch.run import Request, Run, RunError
        from grader.batch.submission import IntakeError
        from grader.batch.table import render
        from grader.machine import cores
        from grader.manifest import ManifestError
        from grader.scores import ScoreError

        if cluster is not None and jobs is not None:
            raise UsageProblem(
                "--jobs says how many are graded at a time on this machine; with --cluster the "
                "threads of its workers do (dask worker --nthreads N): leave one of the two out"
            )
        request = Request(
            paths=paths,
            solution=solution,
            out=out,
            jobs=jobs or cores(),
            tasks=tasks,
            seed=seed,
            sandbox=sandbox,
            fresh=fresh,
            explain=explain,
            cluster=cluster,
            device=device,
            command=tuple(sys.argv[1:]),
        )
        try:
            with RunProgress() as progress:
                outcome = Run(request, progress, found=found).execute()
        except (
            ClusterError,
            DeviceError,
            GradebookError,
            IntakeError,
            IsolationError,
            JudgeError,
            ManifestError,
            ResultsError,
            RunError,
            ScoreError,
        ) as error:
            raise UsageProblem(str(error)) from error
    text = render(
        outcome.rows,
        outcome.summary,
        questions=outcome.questions,
        color=sys.stdout.isatty(),
        stream=sys.stdout,
    )
    click.echo(text, nl=False)
    click.echo(f"\nResults: {out}   Needs a person: {outcome.needs_review}")
    raise SystemExit(1 if outcome.needs_review else 0)


@contextlib.contextmanager
def _said_if_stopped(out: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(
            f"\nStopped. What was graded is in {out}; the same command goes on from there.",
            err=True,
        )
        raise SystemExit(130) from None
