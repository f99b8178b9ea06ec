"""``grader publish``: send scores to a platform."""

from pathlib import Path

import click

from grader.cli.common import FOLDER, UsageProblem
from grader.cli.export import lti_users, refused, whose


@click.group()
def publish() -> None:
    """Send scores to a learning-management system."""


@publish.command()
@click.argument("results", type=FOLDER)
@click.option(
    "--platform",
    type=FOLDER,
    default=Path("lti.toml"),
    show_default=True,
    help="Where scores go: token_url, client_id, line_item, private_key, key_id, [audience].",
)
@whose
@click.option(
    "--per-minute",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    help="Scores a minute at most.",
)
@click.option(
    "--sent",
    type=FOLDER,
    help="File that keeps what was sent.  [default: RESULTS/lti-sent.json]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
def lti(
    results: Path,
    platform: Path,
    members: Path | None,
    user_field: str | None,
    per_minute: float,
    sent: Path | None,
    dry_run: bool,
) -> None:
    """Send scores by LTI's Assignment and Grade Services.

    Only what changed since the last time is sent, also after a run that was cut off. A submission
    that needs a person is sent as pending, never as a zero. Exit status: 0 every score
    is there; 1 a student is not known or a score was refused; 2 usage, or no connection.

    lti.toml, with the key pair whose public half the platform has registered:

    \b
        token_url = "https://canvas.example.edu/login/oauth2/token"
        client_id = "10000000000001"
        line_item = "https://canvas.example.edu/api/lti/courses/7/line_items/42"
        private_key = "lti-key.pem"
        key_id = "2026-09"
    """  # noqa: D301 - click takes a real backspace for "leave these lines as they are"
    try:
        from grader.export import publish as sending
    except ImportError as error:
        raise UsageProblem(
            f"{error.name} is not installed; pip install 'autoencoder-grader[lti]'"
        ) from error
    import sys

    from grader.texts import one_line

    with refused():
        target, key = sending.read_platform(platform)
        found, problems = lti_users(results, members, user_field)
        ledger = sending.Ledger(sent or results / "lti-sent.json")
        stream = sys.stderr
        with click.progressbar(length=len(found), label="Sending", file=stream) as bar:
            done = sending.publish(
                target,
                key,
                found,
                ledger,
                per_minute=per_minute,
                dry_run=dry_run,
                progress=lambda: bar.update(1),
            )
    for problem in [*problems, *done.refused]:
        click.echo(one_line(problem), err=True)
    verb = "would be sent" if dry_run else "sent"
    click.echo(
        f"{done.sent} {verb}, {done.unchanged} unchanged, {len(done.refused)} refused, "
        f"{len(problems)} left out"
    )
    if problems or done.refused:
        raise SystemExit(1)
