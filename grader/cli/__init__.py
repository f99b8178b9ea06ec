"""The command ``grader``.

One module per command. Each imports what it needs when it runs, so that ``grader --help`` answers
at once and without torch.
"""

import click

from grader.cli.bundle import bundle
from grader.cli.doctor import doctor
from grader.cli.export import export
from grader.cli.grade import grade
from grader.cli.new import new
from grader.cli.notebook import notebook
from grader.cli.publish import publish
from grader.cli.release import release
from grader.cli.remark import remark
from grader.cli.report import report
from grader.cli.verify import verify

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="autoencoder-grader", prog_name="grader")
def main() -> None:
    """Make assignments, grade submissions, and report on both."""


for command in (
    new, release, verify, grade, remark, report, export, publish, bundle, notebook, doctor,
):  # fmt: skip
    main.add_command(command)
