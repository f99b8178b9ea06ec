"""The hooks of a pytest run that grades a submission."""

import gc
import math
from collections.abc import Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.judge import fixtures
from grader.judge.diagnosis_run import WRONG, explain_failures, note_states
from grader.judge.distributed import Distribution
from grader.judge.fixtures import ARTIFACTS, METRICS, SESSION
from grader.judge.interrupts import Interrupts
from grader.judge.opening import (
    broken_file,
    is_named,
    open_session,
    quieten,
    refuse_missing,
    shows_details,
)
from grader.judge.outcome import Blocked, Result, judge_end
from grader.judge.points import blocked_message
from grader.judge.scoring import first_blocker
from grader.judge.session import Session
from grader.judge.specs import (
    MARKER_HELP,
    Spec,
    check_specs,
    in_order,
    is_switched_off,
    needed,
    read_spec,
)
from grader.judge.surroundings import Surroundings
from grader.judge.table import print_score
from grader.scores import ScoreError, write_score
from grader.variants import FOLDERS

SETUP_S = pytest.StashKey[float]()
_PROPERTY = "grader_result"
_NEW_OBJECTS = 5000
"""Objects made before garbage is looked for. Python's 700 cost a figure of 200 axes a quarter of
its time; with many more, cycles of large tensors would lie in memory too long."""
_NOTHING_FOUND = (
    pytest.ExitCode.USAGE_ERROR,
    pytest.ExitCode.INTERNAL_ERROR,
    pytest.ExitCode.NO_TESTS_COLLECTED,  # all left out by -k or --deselect
)
_SHORT = {"todo": "t", "timed_out": "T", "crashed": "C", "grader_error": "E"}


def start(config: pytest.Config, root: Path) -> None:
    """Set a run up to grade with the assignment in `root`; UsageError for a bad option."""
    config.addinivalue_line("markers", MARKER_HELP)
    config.stash[SESSION] = open_session(config, root)
    quieten(config)
    config.pluginmanager.register(fixtures, "grader_fixtures")
    places = list(config.args)
    refuse_missing(places, config.invocation_params.dir)
    config.args = [str(root)]  # every check is collected, so that none can leave the denominator
    session = config.stash[SESSION]
    config.pluginmanager.register(Surroundings(), "grader_surroundings")
    config.pluginmanager.register(Interrupts(session), "grader_interrupts")
    distribution = Distribution(config, session)
    config.pluginmanager.register(distribution, "grader_distributed")
    grading = Grading(config, session, places, distribution)
    config.pluginmanager.register(grading, "grader_grading")


class Grading:
    """The hooks of a run that grades."""

    def __init__(
        self,
        config: pytest.Config,
        session: Session,
        places: list[str],
        distribution: Distribution,
    ) -> None:
        self.config = config
        self.distribution = distribution
        self.session = session
        self.places = places
        """What the command named: the assignment, or some of its checks."""
        self.by_node: dict[str, Spec] = {}
        self.broken: list[str] = []
        """What is wrong with files of checks that could not be imported."""

    def pytest_sessionstart(self) -> None:
        """With ``--lf``, too, every check is collected; pytest would pass over whole files."""
        passing_over = self.config.pluginmanager.get_plugin("lfplugin-collwrapper")
        if passing_over is not None:
            self.config.pluginmanager.unregister(passing_over)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out the catalogue, of which a file may be called like one of checks."""
        catalogue = {self.session.root / name for name in FOLDERS.values()}
        return True if catalogue & {collection_path, *collection_path.parents} else None

    def pytest_exception_interact(
        self, call: pytest.CallInfo[Any], report: pytest.CollectReport | pytest.TestReport
    ) -> None:
        """Note a file whose checks nobody can know."""
        if isinstance(report, pytest.CollectReport) and call.excinfo:
            self.broken.append(broken_file(report.nodeid, call.excinfo))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        """Fix the set of checks before anything is left out; then put what remains in order."""
        try:
            self._fix_checks(items)
        except pytest.UsageError as error:
            if not self.distribution.is_worker:
                raise
            self.distribution.problem = str(error)  # the controller says it, once
            items.clear()
        yield  # -k, -m, --deselect, and pytest-randomly, whose order would split up tasks
        left = {item.nodeid: item for item in items}
        items[:] = [left[spec.nodeid] for spec in self.session.specs if spec.nodeid in left]
        items.sort(key=self._keeps_waiting)  # what is quick to say is said first
        for item in items:  # a warning of student code is no failure, whatever an ini file says
            item.add_marker(pytest.mark.filterwarnings("default"))

    def _keeps_waiting(self, item: pytest.Item) -> bool:
        """Whether a check asks for a time limit of its own, and no other waits for it."""
        slow = item.get_closest_marker("timeout") is not None
        return slow and not self.by_node[item.nodeid].gate

    def _fix_checks(self, items: list[pytest.Item]) -> None:
        if self.broken:
            raise pytest.UsageError("\n".join(self.broken))
        session = self.session
        items[:] = [item for item in items if not is_switched_off(item, session.manifest)]
        specs = [read_spec(item, session.root, session.manifest) for item in items]
        check_specs(specs, session.root, session.manifest)
        chosen = needed(specs, session.tasks)
        session.specs = in_order([s for s in specs if s.id in chosen], session.manifest)
        self.by_node = {spec.nodeid: spec for spec in session.specs}
        folder = self.config.invocation_params.dir
        kept = [i for i in items if i.nodeid in self.by_node and is_named(i, self.places, folder)]
        dropped = [item for item in items if item not in kept]
        if not kept:
            raise pytest.UsageError(f"no check is named {' '.join(self.places)}")
        items[:] = kept
        if dropped:
            self.config.hook.pytest_deselected(items=dropped)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note that checks are left out, now that ``--lf`` has left out its own, too."""
        gc.freeze()  # no need to search all that torch has made for garbage again and again
        gc.set_threshold(_NEW_OBJECTS)
        if len(session.items) < len(self.session.specs):
            self.session.stopped = "left out on the command line"

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """What is asked from now on, by fixtures too, belongs to this check."""
        if self.session.log is not None and nodeid in self.by_node:
            self.session.log.begin(self.by_node[nodeid].id)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check whose blocker is known to have failed."""
        spec = self.by_node[item.nodeid]
        gate = first_blocker(spec, self.session.specs, self.session.results)
        if gate is not None:
            title = self.session.manifest.task(gate.task).title
            raise Blocked(blocked_message(title, gate.task, gate.title))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Note how much of its tolerances a check used, where that is asked."""
        if not self.session.tolerances:
            yield
            return
        from grader.checks.comparing import tolerance_used

        with tolerance_used() as shares:
            try:
                yield
            finally:
                finite = [share for share in shares if math.isfinite(share)]
                if finite:
                    name = f"tolerance.{self.by_node[item.nodeid].id}"
                    item.stash.setdefault(METRICS, {})[name] = max(finite)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn the end of a check into a result that travels with its report."""
        error = call.excinfo.value if call.excinfo else None  # pytest replaces unittest.SkipTest
        report = yield
        spec = self.by_node[item.nodeid]
        if report.when == "teardown" and error is None:
            return report
        if report.when == "setup" and error is None:
            item.stash[SETUP_S] = call.duration
            return report
        result = judge_end(
            error,
            check=spec.id,
            task=spec.task,
            folder=self.session.folder,
            limit_s=float(self.config.getoption("timeout") or 0),
        )
        result.duration_s = call.duration + item.stash.get(SETUP_S, 0.0)
        result.metrics = item.stash.get(METRICS, {})
        result.artifacts = item.stash.get(ARTIFACTS, [])
        self.session.record(result)
        if result.status in WRONG:
            note_states(self.session, spec.id)
        if result.status == "skipped":
            report.outcome = "skipped"
            report.longrepr = (str(item.path), item.location[1] or 0, result.message or "")
        elif error is not None:
            report.outcome = "failed"
            if isinstance(report.longrepr, tuple):  # pytest took it for a plain skip
                report.longrepr = result.message or ""
            if hasattr(report, "wasxfail"):  # pytest took it for an expected failure
                del report.wasxfail
        report.user_properties.append((_PROPERTY, msgspec.json.encode(result).decode()))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters of our own for ends that pytest does not know."""
        result = _result_of(report)
        if result is None or result.status not in _SHORT:
            return None
        word = result.status.replace("_", " ")
        category = word
        if report.failed and result.status != "todo" and shows_details(self.config):
            category = "failed"  # of which pytest prints traceback and output
        return category, _SHORT[result.status], word.upper()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a result, from this process or from a pytest-xdist worker."""
        result = _result_of(report)
        if result is not None:
            self.session.record(result)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Print the table after pytest's own output, and write the score."""
        yield
        reporter: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        if self.distribution.problem and not self.distribution.is_worker:
            reporter.write_line(f"ERROR: {self.distribution.problem}", red=True)
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if self.distribution.is_worker or self.config.option.collectonly or not self.session.specs:
            return
        if session.exitstatus in _NOTHING_FOUND:
            return
        if session.shouldstop or session.shouldfail or session.exitstatus == 2:
            self.session.stopped = "pytest stopped before it"
        explain_failures(self.session)
        score = self.session.score()
        try:
            write_score(self.session.scores_path, score)
        except ScoreError as error:
            reporter.write_line(f"ERROR: {error}", red=True)
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        print_score(reporter, self.session, score)


def _result_of(report: pytest.TestReport) -> Result | None:
    properties = getattr(report, "user_properties", [])  # a collection report has none
    found = [text for name, text in properties if name == _PROPERTY]
    return msgspec.json.decode(found[-1], type=Result) if found else None
