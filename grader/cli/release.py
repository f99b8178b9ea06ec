"""``grader release``: from the solution to what students get."""

from pathlib import Path
from typing import NoReturn

import click

from grader.cli.common import FOLDER, UsageProblem


@click.command()
@click.option(
    "--solution",
    type=FOLDER,
    default=Path("solution"),
    show_default=True,
    help="Folder with the filled-in modules, all checks and assignment.toml.",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("assignment"),
    show_default=True,
    help="Folder to write; an older release there is replaced whole.",
)
@click.option("--zip", "archive", type=FOLDER, help="The student zip to write.  [default: OUT.zip]")
@click.option(
    "--check", is_flag=True, help="Write nothing; say what differs from OUT, and exit 1 if so."
)
def release(solution: Path, out: Path, archive: Path | None, check: bool) -> None:
    """Make what students get from the solution.

    Writes the folder OUT: each module named in assignment.toml cut to a stub, assignment.toml,
    README.md, pictures/, pytest.ini, checks/conftest.py if there is one, checks/public/ as
    checks/, and with a table [notebook] in assignment.toml a notebook of each module. Nothing
    else. The student zip holds OUT, the data, and what [release] include names there.

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
