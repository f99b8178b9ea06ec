"""Starts a judge.

    python -m grader.judge.start OPTIONS

OPTIONS is a JSON object (:class:`grader.judge.messages.Options`). Jobs arrive on standard input and
verdicts leave on descriptor 3 (:mod:`grader.judge.messages`). The zygote is started before anything
here loads torch, so that both load it side by side.
"""

import contextlib
import functools
import os
import signal
import sys
from pathlib import Path

import msgspec

from grader.judge.messages import VERDICTS, Options
from grader.judge.workers import Zygote, Zygotes


def main() -> int:
    """Start a judge as the command line says; pytest's exit status."""
    options = msgspec.json.decode(sys.argv[1], type=Options)
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
        return _serve(options, zygotes)


def _serve(options: Options, zygotes: Zygotes) -> int:
    import pytest

    from grader.judge.server import Server

    arguments = [options.solution, "-p", "no:cacheprovider", "-p", "no:randomly", "--capture=no"]
    arguments += ["--assert=plain"]  # the package is loaded already, and cannot be rewritten
    arguments += [f"--task={task}" for task in options.tasks]
    if options.data:
        arguments.append(f"--data={options.data}")  # one word: pytest takes any other for a root
    with (
        open(VERDICTS, "wb") as verdicts,  # noqa: PTH123  # a descriptor
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        return int(pytest.main(arguments, plugins=[Server(options, verdicts, zygotes)]))


if __name__ == "__main__":
    sys.exit(main())
