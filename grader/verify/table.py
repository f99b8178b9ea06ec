"""What ``grader verify`` prints."""

import io
from collections.abc import Sequence
from typing import Final, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.texts import encodable, one_line
from grader.verify.findings import Findings, TaskLine
from grader.verify.thresholds import Record, Threshold
from grader.verify.tolerances import RARE, Tolerances

WIDTH: Final = 96


def render(findings: Findings, *, color: bool = False, stream: TextIO | None = None) -> str:
    """Findings as text: a line for each task, then what is wrong, then what is weak."""
    console = _console(color)
    console.print(_table(findings.tasks))
    console.print()
    lines = findings.tasks
    total, caught = sum(t.misconceptions for t in lines), sum(t.caught for t in lines)
    named, misnamed = sum(t.named for t in lines), sum(t.misnamed for t in lines)
    console.print(
        Text(
            f"{findings.gradings} gradings. {total} misconceptions: {caught} caught, "
            f"{named} named, {misnamed} named wrongly."
        )
    )
    if findings.pairs:
        console.print(
            Text(f"{findings.pairs} pairs of misconceptions: {findings.pairs_named} named.")
        )
    if findings.several:
        console.print(
            Text(
                f"{findings.several} submissions with misconceptions of tasks that do not meet: "
                f"{findings.company_named} of {findings.company} named."
            )
        )
    _list(console, "Caught, but not named:", findings.unnamed)
    _list(console, "To look at:", findings.weak)
    _list(console, "Problems:", findings.problems)
    if not findings.problems:
        console.print(Text("\nNothing is wrong with these graders."))
    return _text(console, stream)


def render_calibration(
    records: Sequence[tuple[Threshold, Record]], *, stream: TextIO | None = None
) -> str:
    """What was measured, a block for each threshold."""
    console = _console(False)
    for threshold, record in records:
        console.print(
            Text(
                f"{threshold.name}: {threshold.constant} = {record.threshold:g} in "
                f"{threshold.file}; {threshold.task}.{threshold.metric} passes {threshold.passes}"
            )
        )
        for kind, groups in (("right", record.right), ("wrong", record.wrong)):
            for name, values in groups.items():
                console.print(
                    Text(
                        f"  {kind}  {name}: {min(values):.4g} to {max(values):.4g}, "
                        f"{len(values)} runs"
                    )
                )
        for name, value in record.constants.items():
            console.print(Text(f"  wrong  {name}: {value:.4g}"))
        proposed = "nothing separates them" if record.proposed is None else f"{record.proposed:g}"
        console.print(Text(f"  proposed: {proposed}"))
        console.print(
            Text(
                f"  expected at {record.threshold:g}: {record.false_fail or 0:.1g} of right work "
                f"fails, {record.false_pass or 0:.1g} of wrong work passes"
            )
        )
    return _text(console, stream)


def render_tolerances(found: Tolerances, *, stream: TextIO | None = None) -> str:
    """A line for each check that compares, the one nearest to its tolerance first."""
    console = _console(False)
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False)
    table.add_column("Check", overflow="fold")
    for name in ("Gradings", "Tolerance used", "False fails"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("By", overflow="fold")
    for name, used in sorted(found.checks.items(), key=lambda item: -item[1].worst):
        rare = f"{used.false_fails:.0g}" if used.false_fails >= RARE else "< 1e-6"
        table.add_row(name, str(used.gradings), f"{used.worst:.2g}", rare, used.by)
    console.print(table)
    threads = " and ".join(map(str, found.threads))
    console.print(
        Text(
            f"\n{found.solutions} right solutions, up to {found.seeds} seeds, on {threads} "
            "threads. A tolerance that is used up is 1."
        )
    )
    return _text(console, stream)


def _table(lines: Sequence[TaskLine]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False)
    table.add_column("Task", no_wrap=True)
    names = ("Reference", "Stub", "Alternatives", "Caught", "Named", "Wrongly", "Seeds", "Flakes")
    for name in names:
        table.add_column(name, no_wrap=True, justify="right")
    for line in lines:
        cells = [
            (f"{line.reference}/{line.references}", line.reference == line.references),
            (line.stub, line.stub == "0"),
            _share(line.alternatives_ok, line.alternatives),
            _share(line.caught, line.misconceptions),
            (f"{line.named}/{line.misconceptions}" if line.misconceptions else "", True),
            (str(line.misnamed or ""), not line.misnamed),
            (str(line.seeds), True),
            (str(line.flakes or ""), not line.flakes),
        ]
        shown = [Text(text, "" if good else "bold red") for text, good in cells]
        table.add_row(Text(line.id), *shown)
    return table


def _share(part: int, whole: int) -> tuple[str, bool]:
    return (f"{part}/{whole}", part == whole) if whole else ("", True)


def _list(console: Console, title: str, entries: Sequence[str]) -> None:
    if entries:
        console.print(Text(f"\n{title}"))
    for entry in entries:
        console.print(Padding(Text(one_line(entry), overflow="fold"), (0, 0, 0, 2)))


def _console(color: bool) -> Console:
    return Console(
        file=io.StringIO(),
        width=WIDTH,
        height=25,  # with a height too, no terminal is asked
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )


def _text(console: Console, stream: TextIO | None) -> str:
    buffer = console.file
    content = buffer.getvalue() if isinstance(buffer, io.StringIO) else ""
    return encodable("\n".join(line.rstrip() for line in content.splitlines()) + "\n", stream)
