"""Whether a worker of the cluster may grade: same versions, and the layers that the run rests on.

Loads neither torch nor NumPy: a Dask worker's own process stays small, and its threads never touch
what a judge forks.
"""

import asyncio
import functools
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

import grader
from grader.batch.cluster.messages import Fitness
from grader.judge.source import digest
from grader.worker.layers import in_force, survey

CODE: Final = "grader's code"
_DECIDING: Final = (
    "checks/**/*.py",
    "worker/**/*.py",
    "judge/**/*.py",
    "batch/judge_process.py",
    "batch/pool.py",
    "batch/cluster/*.py",
    "*.py",
)
"""Of the grader's own files: what decides scores, or has to understand the other side."""
_PACKAGES: Final = {
    "torch": "torch",
    "torchvision": "torchvision",
    "numpy": "numpy",
    "grader": "autoencoder-grader",
}


def versions() -> dict[str, str]:
    """Versions of what decides scores, in this environment.

    Of ``2.13.0+cpu`` only the part before the ``+`` counts: builds of one version for other devices
    give the same scores on the CPU.
    """
    found = {"python": platform.python_version()}
    for name, package in _PACKAGES.items():
        try:
            found[name] = metadata.version(package).partition("+")[0]
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    found[CODE] = digest(Path(grader.__file__).parent, _DECIDING)[:12]
    return found


_survey = functools.cache(survey)


def examine() -> Fitness:
    """What this machine grades with.

    Each layer of isolation is tried when a worker is asked first, which takes a moment; zygotes try
    them again, so that an old answer grades nothing without a layer.
    """
    found = _survey()
    return Fitness(
        versions=versions(),
        layers=in_force(found),
        fixes={layer.name: layer.fix for layer in found if layer.fix and not layer.works},
    )


async def examined() -> bytes:
    """:func:`examine` as bytes, without holding up the event loop of the Dask worker it runs in."""
    return msgspec.msgpack.encode(await asyncio.to_thread(examine))


def other_versions(here: Mapping[str, str], there: Mapping[str, str]) -> str | None:
    """What differs between the coordinator's versions and a worker's, and what to do about it."""
    parts = [
        f"{name} is {there.get(name, 'missing')} there and {version} here"
        for name, version in here.items()
        if there.get(name, "missing") != version
    ]
    if not parts:
        return None
    return f"{', '.join(parts)}; install the same versions there, and start the worker again"


def missing_layers(wanted: Sequence[str], found: Fitness) -> str | None:
    """Which layers of isolation a worker lacks, with what would mend each."""
    missing = [name for name in wanted if name not in found.layers]
    if not missing:
        return None
    fixes = [f"{name}: {found.fixes[name]}" for name in missing if name in found.fixes]
    return "; ".join([f"without {', '.join(missing)}", *fixes])
