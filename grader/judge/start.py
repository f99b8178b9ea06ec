"""Starts the template of a run's judges.

    python -m grader.judge.start COORDINATOR OPTIONS

COORDINATOR is the process id of the parent, with which the template ends, and OPTIONS a JSON object
(:class:`grader.judge.messages.Options`). Standard input is a socket on which judges are asked for
(:mod:`grader.judge.template`); what anything here prints goes to standard error. The zygote is
started before anything here loads torch, so that both load it side by side.
"""

import contextlib
import functools
import gc
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec

from grader.judge.messages import Options
from grader.judge.workers import Zygote, Zygotes
from grader.machine import die_with, take_standard_input


def main() -> int:
    """Start a template as the command line says; pytest's exit status."""
    die_with(int(sys.argv[1]))
    options = msgspec.json.decode(sys.argv[2], type=Options)
    control = take_standard_input()
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
        return _serve(options, zygotes, control)


def _serve(options: Options, zygotes: Zygotes, control: socket.socket) -> int:
    import pytest

    from grader.judge.template import Template

    arguments = [options.solution, "-p", "no:cacheprovider", "-p", "no:randomly", "--capture=no"]
    arguments += ["--assert=plain"]  # the package is loaded already, and cannot be rewritten
    arguments += [f"--task={task}" for task in options.tasks]
    if options.data:
        arguments.append(f"--data={options.data}")  # one word: pytest takes any other for a root
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        return int(pytest.main(arguments, plugins=[Template(options, control, zygotes)]))


if __name__ == "__main__":
    sys.exit(main())
