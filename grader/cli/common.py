"""What the commands share."""

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path)


class UsageProblem(click.ClickException):
    """Something the caller has to put right; exit status 2."""

    exit_code = 2
