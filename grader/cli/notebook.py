"""``grader notebook``: what staff do with single notebooks."""

from pathlib import Path

import click

from grader.cli.common import UsageProblem


@click.group()
def notebook() -> None:
    """Work with notebooks."""


@notebook.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the notebook with its outputs goes.  [default: FILE with -executed in its name]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1, max=86_400),
    default=600,
    show_default=True,
    help="Wall-clock seconds for all cells together.",
)
@click.option(
    "--sandbox",
    type=click.Choice(["require", "none"]),
    default="require",
    show_default=True,
    help="require: refuse to run it without bubblewrap; none: no isolation, for code you trust.",
)
def execute(file: Path, out: Path | None, timeout: float, sandbox: str) -> None:
    """Run a notebook from top to bottom in the sandbox, and keep its outputs.

    FILE stays as it is. The folder of the assignment around it is copied into the sandbox; what the
    notebook writes there is gone afterwards. There is no network.

    Exit status: 0 every cell ran; 1 one failed, or the time was over: what ran until then is kept;
    2 usage.
    """
    from grader.notebook.execute import ExecuteError
    from grader.notebook.execute import execute as run
    from grader.scores import ScoreError, write_whole
    from grader.texts import one_line
    from grader.worker.layers import survey

    if sandbox == "require":
        first = survey()[0]
        if not first.works:
            raise UsageProblem(
                f"--sandbox require: {first.name}: {first.detail}; {first.fix}. For a notebook "
                "that you trust: --sandbox none"
            )
    else:
        click.echo("WARNING: --sandbox none: the notebook can do whatever you can", err=True)
    out = out or file.with_name(f"{file.stem}-executed.ipynb")
    try:
        made = run(file.resolve(), timeout_s=timeout, isolate=sandbox == "require")
        if made.notebook is not None:
            write_whole(out, made.notebook.encode("utf-8", "replace"))
    except (ExecuteError, ScoreError) as error:
        raise UsageProblem(one_line(str(error))) from error
    except OSError as error:
        raise UsageProblem(f"{out}: {error.strerror}") from error
    where = f"cell {made.cell}" if made.cell else "the start"
    said = one_line(made.said)[:500]
    told = {
        "done": f"{made.ran} code cells ran to their end.",
        "error": f"{where} stopped with {said}",
        "timeout": f"{where} was not done when the {timeout:g} s were over.",
        "died": f"the kernel died in {where}: {said}",
        "unreadable": f"it cannot be read: {said}",
    }
    click.echo(told.get(made.end, "it ended in a way that is not known"))
    if made.left_out:
        click.echo("Outputs beyond 20 MB were left out.")
    if made.notebook is not None:
        click.echo(f"With its outputs: {out}")
    raise SystemExit(0 if made.end == "done" else 1)
