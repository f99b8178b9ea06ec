"""``grader doctor``: what this machine can isolate."""

import click


@click.command()
def doctor() -> None:
    """Say what this machine offers to isolate submissions, with the fix beside each gap.

    Exit status: 0 submissions can be graded in the sandbox; 1 something that it needs is missing.
    """
    from rich.console import Console

    from grader.batch.doctor import examine, print_findings

    findings = examine()
    print_findings(Console(highlight=False, markup=False), findings)
    raise SystemExit(any(not finding.good for finding in findings))
