"""Starts a judge.

    python -m grader.judge.start COORDINATOR OPTIONS

COORDINATOR is the process id of the parent, with which the judge ends, and OPTIONS a JSON object
(:class:`grader.judge.messages.Options`). Jobs arrive on standard input and verdicts leave on
standard output (:mod:`grader.judge.messages`); what anything else prints goes to standard error.
The zygote is started before anything here loads torch, so that both load it side by side.
"""

import contextlib
import functools
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Final

import msgspec

from grader.judge.messages import Options
from grader.judge.workers import Zygote, Zygotes
from grader.machine import die_with

_STDOUT: Final = 1
_STDERR: Final = 2


def main() -> int:
    """Start a judge as the command line says; pytest's exit status."""
    die_with(int(sys.argv[1]))
    options = msgspec.json.decode(sys.argv[2], type=Options)
    verdicts = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)
    gc.disable()  # collections find nothing while modules load; all is settled before the first job
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides when to stop
    start = functools.partial(
        Zygote,
        isolate=options.isolate,
        layers=options.layers,
        data=Path(options.data) if options.data else None,
        preload=options.preload,
        devices=[Path(node) for node in options.devices],
        cuda=options.device == "cuda",
    )
    with contextlib.closing(Zygotes(start)) as zygotes:
        return _serve(options, zygotes, verdicts)


def _serve(options: Options, zygotes: Zygotes, verdicts: int) -> int:
    import pytest

    from grader.judge.server import Server

    arguments = [options.solution, "-p", "no:cacheprovider", "-p", "no:randomly", "--capture=no"]
    arguments += ["--assert=plain"]  # the package is loaded already, and cannot be rewritten
    arguments += [f"--task={task}" for task in options.tasks]
    if options.data:
        arguments.append(f"--data={options.data}")  # one word: pytest takes any other for a root
    with (
        open(verdicts, "wb") as stream,  # a descriptor
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        return int(pytest.main(arguments, plugins=[Server(options, stream, zygotes)]))


if __name__ == "__main__":
    sys.exit(main())
