"""What a grading ran on, and with what; loads neither torch nor pytest to find out."""

import functools
import platform
import sys
from collections.abc import Sequence
from importlib import metadata

from grader import scores

SOLUTION_FILES = ("assignment.toml", "*.py", "checks/**/*.py")
"""What of a solution decides a score: manifest, reference and checks."""


version = functools.cache(metadata.version)  # a file each time otherwise


def environment(seed: int, isolation: Sequence[str], device: str = "cpu") -> scores.Environment:
    """What this process grades on; loads neither torch nor NumPy to find out."""
    torch = sys.modules.get("torch")
    return scores.Environment(
        grader=version("autoencoder-grader"),
        python=platform.python_version(),
        torch=version("torch"),
        numpy=version("numpy"),
        device=device,
        threads=torch.get_num_threads() if torch else 1,
        seed=seed,
        isolation=list(isolation),
    )
