"""Judges side by side. What a killed one costs a whole run is in test_faults.py."""

import contextlib
import threading
import time
from concurrent.futures import CancelledError

import pytest

from grader.batch import judge_process, pool
from grader.batch.judge_process import JudgeDiedError, JudgeError
from grader.batch.pool import Pool
from grader.judge.messages import Job, Options, Verdict
from grader.worker.bounds import Bounds

OPTIONS = Options(
    solution="solution",
    tasks=[],
    data=None,
    isolate=False,
    layers=[],
    isolation=[],
    bounds=Bounds(
        memory_mb=1, processes=1, files_mb=1, output_mb=1, cpu_s=1, wall_s=1, namespaces=False
    ),
)


def jobs(count):
    return [Job(id=str(n), folder="", seed=1, artifacts="") for n in range(count)]


class Judge:
    """Stands in for a process: warm once `warms` says so, and killed by `kill`."""

    def __init__(self, machine):
        self.machine = machine
        self.began = time.monotonic() - machine.takes_s
        self.killed = threading.Event()
        machine.started.append(self)

    def wait(self):
        with self.machine.one_loads():
            if self is self.machine.started[0]:
                time.sleep(self.machine.loads_s)
                return
            while not self.machine.warms.wait(0.01):
                if self.killed.is_set():
                    raise JudgeDiedError("the judge was killed")

    def alive(self):
        return not self.killed.is_set()

    def grade(self, job):
        self.machine.graded.append((self, job.id))
        self.machine.may_grade.wait()
        return Verdict(id=job.id, score=b"{}")

    def kill(self):
        self.killed.set()

    def close(self):
        self.kill()


class Machine:
    def __init__(self):
        self.started, self.graded = [], []
        self.loading = self.most_loading = 0
        self.takes_s = self.loads_s = 0.0
        self.warms, self.may_grade = threading.Event(), threading.Event()
        self.may_grade.set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one_loads(self):
        with self._lock:
            self.loading += 1
            self.most_loading = max(self.most_loading, self.loading)
        try:
            yield
        finally:
            with self._lock:
                self.loading -= 1


def until(condition):
    while not condition():
        time.sleep(0.005)


@pytest.fixture
def machine(monkeypatch):
    made = Machine()
    monkeypatch.setattr(pool, "Judge", lambda options: Judge(made))
    monkeypatch.setattr(pool, "cores", lambda: 4)
    return made


@pytest.mark.timeout(60)
def test_no_submission_waits_for_a_judge_that_is_slow_to_start_while_another_is_warm(machine):
    machine.may_grade.clear()
    judges = Pool(OPTIONS, 2)
    try:
        waiting = [judges.submit(job) for job in jobs(6)]
        until(lambda: len(machine.started) >= 2)  # the second one never gets warm
        machine.may_grade.set()
        assert [future.result().id for future in waiting] == list("012345")
    finally:
        judges.close()
    assert {judge for judge, _ in machine.graded} == {machine.started[0]}


@pytest.mark.timeout(60)
def test_judges_that_are_warm_grade_side_by_side(machine):
    machine.warms.set()
    machine.may_grade.clear()
    judges = Pool(OPTIONS, 2)
    try:
        waiting = [judges.submit(job) for job in jobs(4)]
        until(lambda: len(machine.graded) >= 2)
        machine.may_grade.set()
        assert [future.result().id for future in waiting] == list("0123")
    finally:
        judges.close()
    assert len({judge for judge, _ in machine.graded}) == 2


@pytest.mark.timeout(60)
def test_no_judge_is_started_that_a_class_would_not_wait_for(machine, monkeypatch):
    monkeypatch.setattr(pool, "cores", lambda: 2)
    machine.takes_s = 3600.0  # to start
    machine.loads_s = 0.2  # both threads have asked for a judge by then
    judges = Pool(OPTIONS, 2)
    try:
        assert len(list(judges.grade(jobs(50)))) == 50
        assert len(list(judges.grade(jobs(50)))) == 50  # whichever thread takes them
    finally:
        judges.close()
    assert len(machine.started) == 1


@pytest.mark.timeout(60)
def test_a_judge_that_says_what_nobody_can_read_costs_its_submission_alone(machine, monkeypatch):
    def grade(judge, job):
        if job.id == "0":
            raise ValueError("not a message")
        return Verdict(id=job.id, score=b"{}")

    monkeypatch.setattr(Judge, "grade", grade)
    machine.warms.set()
    judges = Pool(OPTIONS, 1)
    try:
        waiting = [judges.submit(job) for job in jobs(2)]
        with pytest.raises(ValueError, match="not a message"):
            waiting[0].result()
        assert waiting[1].result().score == b"{}"
    finally:
        judges.close()
    assert len(machine.started) == 2


@pytest.mark.timeout(60)
def test_where_more_is_to_come_every_job_that_waits_gets_a_judge(machine, monkeypatch):
    monkeypatch.setattr(pool, "cores", lambda: 2)
    machine.takes_s = 3600.0
    machine.warms.set()
    machine.may_grade.clear()
    judges = Pool(OPTIONS, 2, more_to_come=True)
    try:
        waiting = [judges.submit(job) for job in jobs(2)]
        until(lambda: len(machine.graded) >= 2)
        machine.may_grade.set()
        assert [future.result().id for future in waiting] == ["0", "1"]
    finally:
        judges.close()
    assert len(machine.started) == 2


@pytest.mark.timeout(60)
def test_a_judge_that_died_between_two_submissions_is_replaced_without_costing_a_try(machine):
    judges = Pool(OPTIONS, 1)
    try:
        assert [verdict.id for _, verdict in judges.grade(jobs(1))] == ["0"]
        machine.started[0].kill()
        machine.warms.set()
        ((_, verdict),) = judges.grade(jobs(1))
    finally:
        judges.close()
    assert verdict.score is not None
    assert len(machine.started) == 2


@pytest.mark.timeout(60)
def test_no_more_judges_load_torch_at_a_time_than_there_are_cores_for(machine):
    judges = Pool(OPTIONS, 8)  # on 4 cores, where two may load
    try:
        waiting = [judges.submit(job) for job in jobs(1)]
        assert waiting[0].result().id == "0"
        machine.may_grade.clear()
        waiting = [judges.submit(job) for job in jobs(20)]
        until(lambda: machine.loading >= 2)
        machine.warms.set()
        until(lambda: len(machine.started) >= 8)
        machine.may_grade.set()
        assert len([future.result() for future in waiting]) == 20
    finally:
        judges.close()
    assert machine.most_loading == 2


@pytest.mark.timeout(60)
def test_a_judge_that_was_started_early_takes_the_first_job(machine):
    judges = Pool(OPTIONS, 1)
    try:
        judges.start()
        assert len(machine.started) == 1
        assert [judges.submit(job).result().id for job in jobs(2)] == ["0", "1"]
    finally:
        judges.close()
    assert {judge for judge, _ in machine.graded} == set(machine.started)
    assert len(machine.started) == 1


def test_a_judge_that_was_started_early_for_nothing_is_killed_when_the_pool_is_closed(machine):
    judges = Pool(OPTIONS, 2)
    judges.start()
    judges.close()
    judges.close()  # a second time changes nothing
    (judge,) = machine.started
    assert not judge.alive()


@pytest.mark.timeout(60)
def test_a_judge_that_cannot_be_started_early_is_said_of_the_first_job(monkeypatch):
    monkeypatch.setattr(judge_process.sys, "executable", "/nowhere/python")
    judges = Pool(OPTIONS, 1)
    try:
        judges.start()
        with pytest.raises(JudgeError, match=r"a judge cannot be started: .*nowhere"):
            judges.submit(jobs(1)[0]).result()
    finally:
        judges.close()


@pytest.mark.timeout(60)
def test_what_still_waits_is_given_up_when_the_pool_is_closed(machine):
    machine.may_grade.clear()
    judges = Pool(OPTIONS, 1)
    waiting = [judges.submit(job) for job in jobs(3)]
    until(lambda: machine.graded)
    threading.Timer(0.1, machine.may_grade.set).start()
    judges.close()
    with pytest.raises((CancelledError, JudgeError)):
        waiting[2].result(timeout=0)


def test_a_job_that_no_thread_came_to_is_given_up_when_the_pool_is_closed(machine, monkeypatch):
    judges = Pool(OPTIONS, 1)
    monkeypatch.setattr(judges, "_take", lambda: None)  # as one that is cancelled before it begins
    waiting = judges.submit(jobs(1)[0])
    judges.close()
    assert waiting.cancelled()


@pytest.mark.timeout(60)
def test_whatever_keeps_a_judge_from_starting_is_told_of_a_job(monkeypatch):
    def fail(options):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(pool, "Judge", fail)
    judges = Pool(OPTIONS, 1)
    try:
        with pytest.raises(RuntimeError, match="new thread"):
            list(judges.grade(jobs(2)))
    finally:
        judges.close()


# Judges that fail


JUDGE = """
import os, sys
from grader.judge.messages import Job, Ready, Verdict, read_message, write_message
verdicts = sys.stdout.buffer
write_message(verdicts, Ready(checks=3))
job = read_message(sys.stdin.buffer, Job)
{act}
"""
"""A judge that says something else than it must."""
ACTS = {
    "a verdict on another submission": "write_message(verdicts, Verdict(id='other', score=b'{}'))",
    "half a verdict": "verdicts.write(bytes(7) + b'@' + b'half'); verdicts.flush()",
    "half a length": "verdicts.write(bytes(7)); verdicts.flush()",
    "nothing": "pass",
    "a signal": "os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("name", ACTS)
def test_a_judge_that_does_not_answer_its_job_gives_no_score(monkeypatch, name):
    monkeypatch.setattr(judge_process, "_START", ("-c", JUDGE.format(act=ACTS[name])))
    judges = Pool(OPTIONS, 1)
    try:
        job = Job(id="kim", folder="kim", seed=1, artifacts="kim")
        ((_, verdict),) = judges.grade([job])
    finally:
        judges.close()
    assert verdict.id == "kim"
    assert verdict.score is None
    assert verdict.fault is not None
    assert "the judge died" in verdict.fault
