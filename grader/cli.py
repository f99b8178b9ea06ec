"""The command ``grader``.

One function per command. Each imports what it needs when it runs, so that ``grader --help``
answers at once and without torch.
"""

from pathlib import Path
from typing import NoReturn

import click

_FOLDER = click.Path(path_type=Path)


class UsageProblem(click.ClickException):
    """Something the caller has to put right; exit status 2."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="autoencoder-grader", prog_name="grader")
def main() -> None:
    """Make assignments, grade submissions, and report on both."""


@main.command()
@click.option(
    "--solution",
    type=_FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with the filled-in modules, all checks and assignment.toml.",
)
@click.option(
    "--out",
    type=_FOLDER,
    default=Path("assignment"),
    show_default=True,
    help="Folder to write; an older release there is replaced whole.",
)
@click.option(
    "--zip", "archive", type=_FOLDER, help="The student zip to write.  [default: OUT.zip]"
)
@click.option(
    "--check", is_flag=True, help="Write nothing; say what differs from OUT, and exit 1 if so."
)
def release(solution: Path, out: Path, archive: Path | None, check: bool) -> None:
    """Make what students get from the solution.

    Writes the folder OUT: each module named in assignment.toml cut to a stub, assignment.toml,
    README.md, pictures/, pytest.ini, checks/conftest.py if there is one, and checks/public/ as
    checks/. Nothing else. The student zip
    holds OUT, the data, and what [release] include names in assignment.toml.

    In a module, the lines between two markers are the solution of a task:

    \b
        # TODO slope: the least-squares slope      (shown to students as it is)
        # BEGIN SOLUTION slope
        return x @ y / (x @ x)
        # END SOLUTION

    Students get:

    \b
        # TODO slope: the least-squares slope
        raise NotImplementedError("TODO slope")
        # END TODO

    Where raising does not do, at the level of a module or class, or where later lines need a
    value, say inside the region what stands there instead:

    \b
        # BEGIN SOLUTION slope
        weights = numpy.linalg.solve(a, b)
        # STUB: weights = None
        # END SOLUTION

    A module may have many regions, several of one task. Everything outside them survives byte for
    byte. Broken markers, a stub that does not import, and anything hidden that would be handed
    out are errors; then nothing is written.

    Exit status: 0 done, or nothing differs; 1 --check found differences; 2 usage, or a solution
    that cannot be released.
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    from grader.manifest import ManifestError
    from grader.release import ReleaseError

    if check and archive is not None:
        raise click.UsageError("--check looks at the folder only; leave out --zip")
    try:
        _release(solution, out, archive, check)
    except (ManifestError, ReleaseError) as error:
        raise UsageProblem(str(error)) from error


def _release(solution: Path, out: Path, archive: Path | None, check: bool) -> None:
    from grader.release import (
        build,
        differences,
        pack,
        refuse_bad_targets,
        write_file,
        write_folder,
    )

    name = out.resolve().name
    archive = archive or out.parent / f"{name}.zip"
    refuse_bad_targets(solution, out, None if check else archive)
    built = build(solution, name, say=lambda line: click.echo(line, err=True))
    if check:
        _report_differences(out, list(differences(built.files, out)))
    packed = pack(name, built.files, built.extras)
    write_folder(out, built.files)
    write_file(archive, packed)
    units, tasks = len(built.manifest.units), len(built.manifest.task_ids())
    click.echo(f"{out}: {len(built.files)} files, {units} units, {tasks} tasks")
    click.echo(f"{archive}: {len(built.files) + len(built.extras)} files, {len(packed)} bytes")


def _report_differences(out: Path, lines: list[str]) -> NoReturn:
    for line in lines:
        click.echo(line)
    if lines:
        click.echo(f"{out} differs from the solution; run 'grader release' to write it anew")
        raise SystemExit(1)
    click.echo(f"{out} is what the solution releases")
    raise SystemExit(0)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=_FOLDER, metavar="PATH...")
@click.option(
    "--solution",
    type=_FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with the reference, all checks and assignment.toml.",
)
@click.option(
    "--out",
    type=_FOLDER,
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
    type=click.Choice(["auto", "cpu"]),
    default="auto",
    show_default=True,
    help="Where student code computes; this version grades on the CPU.",
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
) -> None:
    """Grade submissions, each in a sandboxed process of its own.

    PATH is a folder of submissions, one submission (a folder, .zip, .tar.gz or .py), or a download
    from Canvas, Moodle, Gradescope or GitHub Classroom as it comes, folder or zip.

    \b
        grader grade tests/submissions
        grader grade downloads/hw9.zip --out results/hw9
        grader grade one-student/ --task encoder --task decoder

    OUT gets a folder for each submission with score.json and pictures, summary.json, and
    gradebook.db with every attempt. What is graded is kept at once: stop with Ctrl-C, or lose
    power, and the same command goes on where it was. It grades again only what is new or changed.

    Exit status: 0 every submission was graded, whatever it scored; 1 at least one needs a person;
    2 usage; 130 stopped.
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    import os
    import sys

    from grader.batch.gradebook_file import GradebookError
    from grader.batch.pool import JudgeError
    from grader.batch.progress import RunProgress
    from grader.batch.results import ResultsError
    from grader.batch.run import Request, Run, RunError
    from grader.batch.submission import IntakeError
    from grader.batch.table import render
    from grader.manifest import ManifestError
    from grader.scores import ScoreError

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    request = Request(
        paths=paths,
        solution=solution,
        out=out,
        jobs=jobs or cores or 1,
        tasks=tasks,
        seed=seed,
        sandbox=sandbox,
        fresh=fresh,
        command=tuple(sys.argv[1:]),
    )
    try:
        with RunProgress() as progress:
            outcome = Run(request, progress).execute()
    except (
        GradebookError,
        IntakeError,
        JudgeError,
        ManifestError,
        ResultsError,
        RunError,
        ScoreError,
    ) as error:
        raise UsageProblem(str(error)) from error
    except KeyboardInterrupt:
        click.echo(
            f"\nStopped. What was graded is in {out}; the same command goes on from there.",
            err=True,
        )
        raise SystemExit(130) from None
    text = render(outcome.rows, outcome.summary, color=sys.stdout.isatty(), stream=sys.stdout)
    click.echo(text, nl=False)
    click.echo(f"\nResults: {out}   Needs a person: {outcome.needs_review}")
    raise SystemExit(1 if outcome.needs_review else 0)


@main.command()
def doctor() -> None:
    """Say what this machine offers to isolate submissions, with the fix beside each gap.

    Exit status: 0 submissions can be graded in the sandbox; 1 something that it needs is missing.
    """
    from rich.console import Console

    from grader.batch.doctor import examine, print_findings

    findings = examine()
    print_findings(Console(highlight=False, markup=False), findings)
    raise SystemExit(any(finding.needed and not finding.good for finding in findings))
