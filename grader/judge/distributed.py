"""What a grading run says across the processes of pytest-xdist (``-n 2``)."""

from collections.abc import Generator
from typing import Any

import msgspec
import pytest

from grader.judge.outcome import Result
from grader.judge.session import Session
from grader.judge.specs import Spec

_SENT = "grader_sent"


class Distribution:
    """The hooks between pytest-xdist's controller and its workers; idle in a run without it."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.session = session
        self.output: dict[str, Any] | None = getattr(config, "workeroutput", None)
        """What this process sends when it ends, if it is a worker."""
        self.problem: str | None = None
        """A usage error that a worker has found."""
        self.died: set[str] = set()
        """Node ids of checks during which a worker died."""

    @property
    def is_worker(self) -> bool:
        """Whether this process is a worker, which reports to a controller."""
        return self.output is not None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give each worker the seed of the run."""
        node.workerinput["grader_seed"] = self.session.seed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Learn from a worker which checks there are."""
        sent = getattr(node, "workeroutput", {}).get(_SENT)
        if sent and not self.session.specs:
            content, self.session.stopped, self.problem = sent
            self.session.specs = msgspec.json.decode(content, type=list[Spec])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the check that a worker died in."""
        if str(report.when) == "???":  # pytest-xdist's own report
            self.died.add(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        """In a worker, send the checks; in the controller, say which of them killed a worker."""
        if self.output is not None:  # before pytest-xdist sends it, which is what follows
            content = msgspec.json.encode(self.session.specs).decode()
            self.output[_SENT] = (content, self.session.stopped, self.problem)
        yield
        for spec in self.session.specs:
            if spec.nodeid in self.died and spec.id not in self.session.results:
                self.session.results[spec.id] = Result(
                    id=spec.id,
                    status="crashed",
                    message="your code ended the whole Python process; look for os._exit",
                )
