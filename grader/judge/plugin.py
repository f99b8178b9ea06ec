"""The pytest plugin's front door: its options, and the decision whether a run grades.

It wakes only where pytest runs on one folder that holds an ``assignment.toml``; elsewhere its
options are known and nothing else is loaded.
"""

from pathlib import Path

import pytest

from grader.manifest import MANIFEST_NAME

TASK_HELP = "run the checks of this task only (repeatable), with the gates it depends on"
SCORES_HELP = "where the JSON score goes (default: scores.json in the current folder)"
SUBMISSION_HELP = "grade the modules of this folder with the checks of the assignment given"
DATA_HELP = "use this data folder instead of the assignment's own, such as the full MNIST"
DEVICE_HELP = "where checks that ask for the device compute: cpu (default), cuda, or auto"
SEED_HELP = "replay a run with the seed it recorded (default: a fresh one)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options of ``pytest assignment``."""
    group = parser.getgroup("grader", "grading an assignment")
    group.addoption("--task", action="append", metavar="ID", help=TASK_HELP)
    group.addoption("--scores", metavar="FILE", help=SCORES_HELP)
    group.addoption("--submission", metavar="DIR", help=SUBMISSION_HELP)
    group.addoption("--data", metavar="DIR", help=DATA_HELP)
    group.addoption("--seed", metavar="N", help=SEED_HELP)
    group.addoption("--device", choices=["auto", "cpu", "cuda"], help=DEVICE_HELP)


@pytest.hookimpl(tryfirst=True)  # pytest-timeout reads in its own what a grading sets
def pytest_configure(config: pytest.Config) -> None:
    """Find the assignment, if this run is about one."""
    root = assignment_root(config)
    if root is not None:
        from grader.judge.grading import start  # loads torch, which only a grading needs

        start(config, root)
        return
    for option in ("task", "scores", "submission", "data", "seed", "device"):
        if config.getoption(option) is not None:
            raise pytest.UsageError(
                f"--{option} grades an assignment, but none was given; "
                f"name a folder that holds {MANIFEST_NAME}, as in: pytest assignment"
            )


def assignment_root(config: pytest.Config) -> Path | None:
    """The folder of the assignment that the command names; UsageError if it names two."""
    places = [
        Path(config.invocation_params.dir, str(arg).partition("::")[0]) for arg in config.args
    ]
    roots = {
        folder
        for place in places
        for folder in (place.resolve(), *place.resolve().parents)
        if (folder / MANIFEST_NAME).is_file()
    }
    if len(roots) > 1:
        listed = ", ".join(str(root) for root in sorted(roots))
        raise pytest.UsageError(f"one assignment at a time, not {listed}")
    return roots.pop() if roots else None
