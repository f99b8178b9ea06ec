"""What judges are started with, as an assignment and a machine have it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grader.batch.device import Device
from grader.judge.messages import Options
from grader.manifest import Manifest
from grader.worker.bounds import DYNAMO, Bounds

_IMPORTS_TORCH: Final = re.compile(rb"^\s*(import|from)\s+torch\b", re.MULTILINE)
_NEEDS_DYNAMO: Final = re.compile(rb"\b(optim|optimi[sz]ers?|convolutions)\b")


def judge_options(
    solution: Path,
    manifest: Manifest,
    *,
    tasks: Sequence[str],
    layers: Sequence[str],
    sandbox: str,
    device: Device,
    threads: int = 1,
    tolerances: bool = False,
) -> Options:
    """What a judge needs to know.

    Parameters
    ----------
    solution, manifest
        What submissions are graded with.
    tasks
        Ids of the tasks to score.
    layers
        Names of the layers of the sandbox that are in force.
    sandbox
        auto, require or none.
    device
        Where student code computes.
    threads
        Those that its torch computes with.
    tolerances
        Whether each check records how much of its tolerances a submission used.
    """
    limits = manifest.limits
    data = (solution / manifest.data).resolve() if manifest.data else None
    return Options(
        solution=str(solution.resolve()),
        tasks=list(tasks),
        data=str(data) if data else None,
        isolate="bubblewrap" in layers,
        layers=[] if sandbox == "none" else list(layers),
        preload=[*_of_torch(solution, manifest), *manifest.worker.preload],
        isolation=list(layers),
        bounds=Bounds(
            memory_mb=limits.memory_mb,
            processes=limits.processes,
            files_mb=limits.disk_mb,
            output_mb=limits.output_mb,
            cpu_s=limits.cpu_s,
            wall_s=limits.submission_s,
            namespaces="namespaces" in layers,
            threads=threads,
            gpu_mb=limits.memory_mb if device.kind == "cuda" else 0,
        ),
        device=device.kind,
        devices=list(device.nodes),
        tolerances=tolerances,
    )


def _of_torch(solution: Path, manifest: Manifest) -> list[str]:
    """What of torch students' modules and the probes of checks will use."""
    modules = [(solution / unit.module).read_bytes() for unit in manifest.units]
    if not any(_IMPORTS_TORCH.search(source) for source in modules):
        return []
    checks = (path.read_bytes() for path in (solution / "checks").rglob("*.py"))
    dynamo = any(_NEEDS_DYNAMO.search(source) for source in (*modules, *checks))
    return ["torch", DYNAMO] if dynamo else ["torch"]
