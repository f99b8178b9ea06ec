"""``grader verify``: says whether these graders are to be trusted."""

from pathlib import Path

import click

from grader.cli.common import FOLDER, UsageProblem


@click.command()
@click.option(
    "--solution",
    type=FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with the reference, all checks, misconceptions, alternatives and assignment.toml.",
)
@click.option(
    "--task", "tasks", multiple=True, metavar="ID", help="Verify this task only (repeatable)."
)
@click.option(
    "--repeat",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Seeds for the reference; a tenth as many for tasks on which it takes more than half a "
    "second, at most 20 for an alternative and 5 for a misconception.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Gradings at a time; with N threads each, an N-th of these.  [default: the cores]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**62),
    default=0,
    show_default=True,
    help="The first seed; the others follow it.",
)
@click.option(
    "--pairs",
    is_flag=True,
    help="Grade misconceptions together as well: every two that meet in a check, others many at a "
    "time.",
)
@click.option(
    "--reference",
    "reference_only",
    is_flag=True,
    help="Grade the reference alone, such as with very many seeds.",
)
@click.option(
    "--calibrate",
    is_flag=True,
    help="Measure the metrics behind thresholds, and keep what was found in solution/calibration.",
)
@click.option(
    "--tolerances",
    is_flag=True,
    help="Measure how much of their tolerances the reference and the alternatives use, on one "
    "thread and on two, and keep it in solution/calibration.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Threads that submissions compute with.",
)
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "none"]),
    default="auto",
    show_default=True,
    help="auto: as students are graded; none: no isolation, since all code is yours.",
)
@click.option(
    "--json", "record", type=FOLDER, metavar="FILE", help="Write what was found as JSON, too."
)
def verify(
    solution: Path,
    tasks: tuple[str, ...],
    repeat: int,
    jobs: int | None,
    seed: int,
    pairs: bool,
    reference_only: bool,
    calibrate: bool,
    tolerances: bool,
    threads: int,
    sandbox: str,
    record: Path | None,
) -> None:
    """Grade what must pass and what must fail, and say where the graders are wrong.

    The reference and every alternative must get full marks, the stubs nothing, and every
    misconception must fail a check of its task and be called by its name.

    \b
        grader verify
        grader verify --task encoder --repeat 20
        grader verify --reference --repeat 1000
        grader verify --calibrate --task train
        grader verify --tolerances

    Exit status: 0 nothing is wrong; 1 something is, and it is listed; 2 usage.
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    import sys

    import msgspec

    from grader.batch.isolation import IsolationError
    from grader.batch.judge_process import JudgeError
    from grader.machine import cores
    from grader.manifest import ManifestError
    from grader.release.errors import ReleaseError
    from grader.scores import ScoreError, write_whole
    from grader.splicing import VariantError
    from grader.verify import Verification, Wanted
    from grader.verify.progress import VerifyProgress
    from grader.verify.running import VerifyError
    from grader.verify.table import render, render_calibration, render_tolerances
    from grader.verify.thresholds import ThresholdError

    if pairs and reference_only:
        raise UsageProblem("--pairs grades misconceptions, and --reference none; leave one out")
    wanted = Wanted(
        solution=solution,
        tasks=tasks,
        repeat=repeat,
        jobs=jobs or cores(),
        seed=seed,
        sandbox=sandbox,
        pairs=pairs,
        reference_only=reference_only,
        threads=threads,
    )
    try:
        with VerifyProgress() as progress:
            verification = Verification(wanted, progress)
            if calibrate:
                records = verification.calibrate()
                click.echo(render_calibration(records, stream=sys.stdout), nl=False)
                return
            if tolerances:
                measured = verification.tolerances()
                click.echo(render_tolerances(measured, stream=sys.stdout), nl=False)
                return
            findings = verification.verify()
        if record is not None:
            content = msgspec.json.format(msgspec.json.encode(findings), indent=2) + b"\n"
            write_whole(record, content)
    except (
        IsolationError,
        JudgeError,
        ManifestError,
        ReleaseError,
        ScoreError,
        ThresholdError,
        VariantError,
        VerifyError,
    ) as error:
        raise UsageProblem(str(error)) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    click.echo(render(findings, color=sys.stdout.isatty(), stream=sys.stdout), nl=False)
    raise SystemExit(1 if findings.problems else 0)
