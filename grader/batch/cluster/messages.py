"""What coordinator and Dask workers say to each other: these records as bytes, and nothing else.

Dask pickles the arguments and results of its tasks. What submissions had a hand in crosses as
``bytes`` that msgspec made, so nothing of a student's is ever unpickled.
"""

import msgspec

from grader.judge.messages import Job, Options, Verdict


class Fitness(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine grades with."""

    versions: dict[str, str]
    """Of what decides scores, by name; ``missing`` where it is not installed."""
    layers: list[str] = []
    """Names of the layers of isolation that work there."""
    fixes: dict[str, str] = {}
    """What would mend each layer that does not."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """All that a worker needs before the first submission."""

    options: Options
    """With the coordinator's paths, which the worker replaces by its own."""
    versions: dict[str, str]
    """What the worker must grade with."""
    solution: dict[str, bytes]
    """Contents by relative path."""
    data: dict[str, bytes] | None
    """The same of the folder that students may read; None where there is none."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to grade."""

    job: Job
    """With the coordinator's folders, which the worker replaces by its own."""
    files: dict[str, bytes]
    """Cleaned files by relative path."""


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one submission."""

    verdict: Verdict
    artifacts: dict[str, bytes] = {}
    """Its pictures by name."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What became of some parcels, in their order, or why this worker grades nothing."""

    worker: str
    """Its address."""
    graded: list[Graded] = []
    seconds: float = 0
    """Those that they took together."""
    refused: str | None = None
