"""What this machine offers for grading batches, each gap with the command that mends it."""

import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from grader.machine import cores
from grader.worker.layers import survey

_MEMORY_PER_JOB_GB = 1.5
"""A judge, a zygote and a worker that trains on digits, measured together, with room to spare."""
_DISK_GB = 1.0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: str
    good: bool
    detail: str
    fix: str | None = None


def examine() -> list[Finding]:
    """Look at everything; takes well under a second."""
    findings = [
        Finding(
            name=layer.name,
            good=layer.works,
            detail=f"{layer.what}: {layer.detail}",
            fix=layer.fix,
        )
        for layer in survey()
    ]
    return [*findings, *_packages(), *_resources()]


def _packages() -> list[Finding]:
    findings = []
    for package in ("torch", "torchvision"):
        try:
            findings.append(Finding(name=package, good=True, detail=version(package)))
        except PackageNotFoundError:
            findings.append(
                Finding(
                    name=package,
                    good=False,
                    detail="not installed",
                    fix="pip install -c constraints.txt -e .",
                )
            )
    return findings


def _resources() -> list[Finding]:
    free_disk = shutil.disk_usage(Path.cwd()).free / 2**30
    findings = [
        Finding(name="cores", good=True, detail=f"{cores()}: as many submissions at a time"),
        Finding(
            name="disk",
            good=free_disk >= _DISK_GB,
            detail=f"{free_disk:.1f} GB free here",
            fix=None if free_disk >= _DISK_GB else "free some space, or grade in another folder",
        ),
    ]
    memory = _available_memory_gb()
    if memory is not None:
        enough = memory >= _MEMORY_PER_JOB_GB * cores()
        fix = f"grader grade --jobs {max(1, int(memory / _MEMORY_PER_JOB_GB))}"
        findings.append(
            Finding(
                name="memory",
                good=enough,
                detail=f"{memory:.1f} GB available",
                fix=None if enough else fix,
            )
        )
    return findings


def _available_memory_gb() -> float | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = [int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
    return found[0] / 2**20 if found else None


def print_findings(console: Console, findings: list[Finding]) -> None:
    """A table, and below it the fix of each gap."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("What")
    table.add_column("Found")
    for finding in findings:
        table.add_row("ok" if finding.good else "missing", finding.name, finding.detail)
    console.print(table)
    gaps = [finding for finding in findings if not finding.good and finding.fix]
    for finding in gaps:
        console.print(f"\n{finding.name}: {finding.detail}\n    {finding.fix}")
    if all(finding.good for finding in findings):
        console.print("\nSubmissions can be graded in the sandbox here.")
