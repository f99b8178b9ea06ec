"""Diagnoses a graded submission, in a process of its own and within a time, and says what it found.

What is found changes what a student reads, never a status or points.
"""

import contextlib
import json
import math
import os
import select
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Final

import pytest

from grader.judge.diagnosis import Case, diagnose
from grader.judge.diagnosis_memory import Memory
from grader.judge.diagnosis_order import leaves
from grader.judge.diagnosis_transcript import Transcript
from grader.judge.outcome import Result
from grader.judge.session import Session
from grader.judge.specs import Spec
from grader.variants import Variant

WRONG: Final = ("failed", "crashed")
_TOLD: Final = ("passed", *WRONG)
PATIENCE: Final = 2.0
"""Wall-clock seconds for a second of processor time, on a machine that does other things too."""
_MOST_NETWORKS: Final = 4
"""Of one check, whose parameters are read."""


def note_states(session: Session, check: str) -> None:
    """Read the parameters of networks that a failed check made, while they are there.

    They are what the submission says they are, so they serve a diagnosis only. Buffers are left
    out: running averages begin the same everywhere, and have moved by now.
    """
    from grader.worker.handles import Handle, Target

    transcript = session.log.transcripts.get(check) if session.log else None
    if transcript is None or session.backend is None:
        return
    made = [
        request.reply.id
        for request in transcript.requests
        if request.operation == "call"
        and request.context == 0
        and type(request.reply) is Handle
        and type(request.arguments[0].root) is str
    ]
    set_anew = any(
        request.operation == "probe" and request.arguments[0] == "load_state"
        for request in transcript.requests
    )
    if set_anew:  # maybe one of these, under another handle
        return
    given = _given_away(transcript)
    for handle in [handle for handle in made if handle not in given][:_MOST_NETWORKS]:
        try:
            state = session.backend.probe("parameters", [Target(handle)], {})
        except (Exception, pytest.fail.Exception):  # no network, its process gone, or time up
            return
        if type(state) is dict:
            session.states[handle] = state


def _given_away(transcript: Transcript) -> set[int | str]:
    """Objects that were given to functions of the submission, which could train them."""
    from grader.worker.handles import Target

    calls = [request for request in transcript.requests if request.operation == "call"]
    return {target.root for call in calls for target in leaves(call.arguments[1:], Target)}


def explain_failures(session: Session) -> None:
    """Name the misconceptions behind a submission's failed checks in its results."""
    tasks = _told(session)
    if not tasks or not hasattr(os, "fork"):
        return
    with contextlib.ExitStack() as stack:
        folder = session.memory
        if folder is None:
            made = tempfile.TemporaryDirectory(prefix="grader-memory-")
            folder = Path(stack.enter_context(made))
        found = _in_a_fork(_case(session, tasks, folder))
    specs = {spec.id: spec for spec in session.specs}
    for check, name in found.items():
        variant = session.catalogue.by_id(name)
        result = session.results.get(check)
        if variant is not None and result is not None and result.status in WRONG:
            explain(result, variant, specs[check])


def explain(result: Result, variant: Variant, spec: Spec) -> None:
    """Say in a result which misconception is behind it.

    Of a hidden check students see nothing but the hint, so the sentence stands there as well.
    """
    result.misconception = variant.id
    crashed = result.status == "crashed"
    parts = [result.message, variant.sentence] if crashed else [variant.sentence, result.message]
    result.message = "\n".join(part for part in parts if part)
    both = spec.visibility == "hidden" or crashed
    result.hint = f"{variant.sentence} {variant.hint}" if both else variant.hint


def _told(session: Session) -> dict[str, str]:
    """Checks that say something of a submission, with their tasks; none if nothing can be named."""
    if session.log is None or not session.log.transcripts:
        return {}
    tasks = {
        spec.id: spec.task
        for spec in session.specs
        if spec.id in session.results and session.results[spec.id].status in _TOLD
    }
    failed = _failed(session, tasks)
    return tasks if any(session.catalogue.of_task(tasks[check]) for check in failed) else {}


def _failed(session: Session, tasks: dict[str, str]) -> frozenset[str]:
    return frozenset(check for check in tasks if session.results[check].status in WRONG)


def _case(session: Session, tasks: dict[str, str], memory: Path) -> Case:
    """What there is to diagnose."""
    assert session.log is not None
    return Case(
        solution=session.root,
        manifest=session.manifest,
        catalogue=session.catalogue,
        transcripts=session.log.transcripts,
        tasks=tasks,
        failed=_failed(session, tasks),
        states=session.states,
        memory=Memory(memory),
        seconds=session.manifest.limits.diagnosis_s,
    )


def _in_a_fork(case: Case) -> dict[str, str]:
    """The misconceptions behind failed checks, as far as they are found in time."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the child starts afresh
        child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            os.close(reader)
            _tell(case, writer)
            status = 0
        os._exit(status)
    os.close(writer)
    try:
        content = _read(reader, time.monotonic() + PATIENCE * case.seconds)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    *lines, _ = content.decode("utf-8", "replace").split("\n")  # the last may be half a line
    return dict(json.loads(line) for line in lines)


def _tell(case: Case, writer: int) -> None:
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(math.ceil(PATIENCE * case.seconds) + 1)  # an end, also if nobody waits any more
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)  # a fork has none of the threads it was computing with
    for found in diagnose(case):
        os.write(writer, json.dumps(found).encode() + b"\n")


def _read(descriptor: int, deadline: float) -> bytes:
    """All that a pipe gives until it closes or time is up."""
    content = b""
    with open(descriptor, "rb", buffering=0) as stream:  # a descriptor
        while True:
            ready: Any
            ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
            part = stream.read(65536) if ready else b""
            if not part:
                return content
            content += part
