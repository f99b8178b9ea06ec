"""The template of a run's judges: pytest, checks and reference loaded once for all of them.

:class:`Template` is a pytest plugin that runs no check. It forks a judge for each message that
arrives on its control socket, which brings two descriptors: where that judge's jobs arrive
(:mod:`grader.judge.messages`), and where its verdicts go. However many judges there are, torch is
loaded twice: here, and in the zygote that they share. Where workers have no namespaces of their own
each judge has a zygote, since processes of one are not hidden from each other.
"""

import contextlib
import os
import socket
import sys
import traceback
from typing import Final, NoReturn

import pytest

from grader.judge.environment import environment
from grader.judge.fixtures import SESSION
from grader.judge.messages import Options, Ready, write_message
from grader.judge.server import Server
from grader.judge.workers import SandboxError, Zygote, Zygotes
from grader.machine import die_with
from grader.scores import Digest, Score, encode_score
from grader.worker.bounds import DYNAMO
from grader.worker.huge_pages import settle_memory

_DESCRIPTORS: Final = 2


class Template:
    """A pytest plugin that forks judges instead of running the checks."""

    def __init__(self, options: Options, control: socket.socket, zygotes: Zygotes) -> None:
        self.options = options
        self._control = control
        self._zygotes = zygotes
        self._zygote: Zygote | None = None
        """For the next judge; None until it is asked for."""
        self._lent: list[Zygote] = []
        """Those of single judges."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork judges until the coordinator hangs up."""
        _rehearse(self.options, session)
        _leave_logs_alone(session)
        session.config.stash[SESSION].solution_digest  # noqa: B018  # read once for all forks
        settle_memory()  # all this while the zygote gets ready
        with contextlib.ExitStack() as ending:
            ending.callback(self._close)
            while True:
                _, descriptors, _, _ = socket.recv_fds(self._control, 64, _DESCRIPTORS)
                if len(descriptors) < _DESCRIPTORS:
                    return True
                try:
                    self._fork(session, *descriptors)
                finally:
                    for descriptor in descriptors:
                        os.close(descriptor)

    def _fork(self, session: pytest.Session, jobs: int, verdicts: int) -> None:
        """Fork a judge, or say why there is none."""
        template = os.getpid()
        try:
            if self._zygote is None or not self._zygote.alive():
                self._renew()
        except SandboxError as error:
            _refuse(verdicts, str(error))
            return
        zygote = self._zygote
        assert zygote is not None
        try:
            judge = os.fork()
        except OSError as error:
            _refuse(verdicts, f"a judge cannot be forked: {error}; use fewer --jobs")
            return
        if judge == 0:
            die_with(template)
            self._control.close()
            zygote.borrow()
            self._serve(Server(self.options, session, zygote, self._zygotes), jobs, verdicts)
        if not self.options.bounds.namespaces:
            zygote.let_go()
            self._lent.append(zygote)
            self._zygote = None

    def _renew(self) -> None:
        dead, self._zygote = self._zygote, None
        if dead is not None:
            dead.close()
        self._zygote = self._zygotes.get()

    def _serve(self, server: Server, jobs: int, verdicts: int) -> NoReturn:
        """Be a judge, and end without unwinding into the template."""
        try:
            with open(jobs, "rb") as incoming, open(verdicts, "wb") as outgoing:  # descriptors
                server.serve(incoming, outgoing)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)

    def _close(self) -> None:
        for zygote in [*self._lent, *([self._zygote] if self._zygote else [])]:
            zygote.close()


def _refuse(verdicts: int, problem: str) -> None:
    """Say why there is no judge; nobody may be listening any more."""
    with (
        contextlib.suppress(BrokenPipeError),
        open(os.dup(verdicts), "wb") as stream,  # noqa: PTH123  # a descriptor
    ):
        write_message(stream, Ready(problem=problem))


def _leave_logs_alone(session: pytest.Session) -> None:
    """Have pytest put no handlers on each of torch's loggers, three times a check.

    What student code logs is not in this process; a check may still ask for what the judge logs.
    """
    manager = session.config.pluginmanager
    if not any("caplog" in getattr(item, "fixturenames", ()) for item in session.items):
        manager.unregister(name="logging-plugin")


def _rehearse(options: Options, session: pytest.Session) -> None:
    """Use once what loads or builds more at its first use, so that no fork has to."""
    import numpy.random
    import numpy.testing  # noqa: F401  # NumPy loads both when they are first used
    import torch

    if DYNAMO in options.preload:
        parameter = torch.nn.Parameter(torch.ones(2))
        for kind in (torch.optim.SGD, torch.optim.Adam):
            kind([parameter], lr=0.1).step()
    if any(b"gradcheck" in path.read_bytes() for path in {item.path for item in session.items}):
        x = torch.ones(2, dtype=torch.float64, requires_grad=True)
        torch.autograd.gradcheck(torch.sin, x, fast_mode=True)  # loads sympy
    nothing = Score(
        assignment="rehearsal",
        submission="rehearsal",
        status="graded",
        score=0,
        max_score=0,
        tasks=[],
        environment=environment(0, options.isolation),
        started_at="",
        duration_s=0,
        digest=Digest(submission="", solution=""),
    )
    encode_score(nothing)
