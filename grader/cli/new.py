"""``grader new``: a small working assignment to begin with."""

from pathlib import Path

import click

from grader.cli.common import FOLDER, UsageProblem


@click.command()
@click.argument("name")
@click.option("--out", type=FOLDER, help="Folder that it goes to.  [default: NAME/solution]")
def new(name: str, out: Path | None) -> None:
    """Make a small assignment that works: ridge regression in NumPy.

    NAME is its id, such as ridge-regression. It has a reference, public and hidden checks, two
    misconceptions, an alternative, and a manifest; docs/authoring.md goes on from there.

    \b
        grader new ridge-regression
        grader verify --solution ridge-regression/solution
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    from grader.new import NewError, make

    folder = out or Path(name) / "solution"
    try:
        written = make(name, folder)
    except NewError as error:
        raise UsageProblem(str(error)) from error
    for path in written:
        click.echo(path)
    click.echo(f"\nNext: grader verify --solution {folder}")
