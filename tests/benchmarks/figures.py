"""What the benchmarks share: times, their distribution, and the record of a run."""

import json
import os
import platform
import statistics
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))


def spread(values: list[float]) -> dict[str, float]:
    """Least, quartiles and most of some figures."""
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    found = (min(values), lower, median, upper, max(values))
    names = ("least", "lower_quartile", "median", "upper_quartile", "most")
    return {name: round(value, 4) for name, value in zip(names, found, strict=True)}


def record(name: str, **figures: Any) -> None:
    """Print the figures of a run and keep them beside the benchmarks."""
    content = {"cores": cores(), "python": platform.python_version(), **figures}
    text = json.dumps(content, indent=2)
    (HERE / f"{name}.json").write_text(text + "\n")
    print(text)
