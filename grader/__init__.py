"""Autograded deep-learning assignments: stubs, checks, and scores that course staff can trust.

In a notebook, ``%load_ext grader`` brings ``%grade TASK``; :func:`check` is the same as a function.
"""

from typing import Any as _Any

__all__ = ["__version__", "check", "load_ipython_extension", "unload_ipython_extension"]

__version__: str


def __getattr__(name: str) -> str:
    """``__version__``, looked up when it is asked for: that takes as long as ``grader --help``."""
    if name == "__version__":
        from importlib.metadata import version

        return version("autoencoder-grader")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def check(*tasks: str, seed: int | None = None) -> None:
    """Check what a notebook has defined, with the public checks, and display what came out.

    Parameters
    ----------
    tasks
        Ids of tasks; none for every task of the notebook's unit.
    seed
        To repeat an earlier run with the same random numbers.

    Raises
    ------
    IPython.core.error.UsageError
        There is no assignment around the notebook, or no such task.
    RuntimeError
        This is no notebook.
    """
    from grader.notebook.magic import check as in_kernel

    in_kernel(tasks, seed)


def load_ipython_extension(shell: _Any) -> None:
    """Run by ``%load_ext grader``."""
    from grader.notebook.magic import load

    load(shell)


def unload_ipython_extension(shell: _Any) -> None:
    """Run by ``%unload_ext grader``."""
    from grader.notebook.magic import unload

    unload(shell)
