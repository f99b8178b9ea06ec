"""Judges side by side. What a killed one costs a whole run is in test_faults.py."""

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


class Template:
    """Stands in for what judges are forks of."""

    def __init__(self, machine):
        self.machine = machine
        self.killed = threading.Event()
        machine.templates.append(self)

    def alive(self):
        return not self.killed.is_set()

    def kill(self):
        self.killed.set()

    def close(self):
        self.kill()


class Judge:
    """Stands in for a process: the first is warm at once, others once `warms` says so."""

    def __init__(self, template):
        self.template, self.machine = template, template.machine
        self.killed = threading.Event()
        self.machine.started.append(self)

    def wait(self):
        if self is not self.machine.started[0]:
            while not self.machine.warms.wait(0.01):
                if not self.alive():
                    raise JudgeDiedError("the judge was killed")

    def alive(self):
        return self.template.alive() and not self.killed.is_set()

    def grade(self, job):
        self.machine.graded.append((self, job.id))
        self.machine.may_grade.wait()
        return Verdict(id=job.id, score=b"{}")

    def close(self):
        self.killed.set()


class Machine:
    def __init__(self):
        self.templates, self.started, self.graded = [], [], []
        self.warms, self.may_grade = threading.Event(), threading.Event()
        self.may_grade.set()


def until(condition):
    while not condition():
        time.sleep(0.005)


@pytest.fixture
def machine(monkeypatch):
    made = Machine()
    monkeypatch.setattr(pool, "Template", lambda options: Template(made))
    monkeypatch.setattr(pool, "Judge", Judge)
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
    assert len(machine.templates) == 1


@pytest.mark.timeout(60)
def test_there_are_never_more_judges_than_jobs_at_a_time(machine):
    machine.warms.set()
    judges = Pool(OPTIONS, 3)
    try:
        for _ in range(20):
            assert len(list(judges.grade(jobs(50)))) == 50
    finally:
        judges.close()
    assert len(machine.started) <= 3


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
def test_a_judge_that_died_between_two_submissions_is_replaced_without_costing_a_try(machine):
    judges = Pool(OPTIONS, 1)
    try:
        assert [verdict.id for _, verdict in judges.grade(jobs(1))] == ["0"]
        machine.started[0].close()
        machine.warms.set()
        ((_, verdict),) = judges.grade(jobs(1))
    finally:
        judges.close()
    assert verdict.score is not None
    assert len(machine.started) == 2
    assert len(machine.templates) == 1


@pytest.mark.timeout(60)
def test_a_template_that_died_is_replaced_and_closed_with_the_pool(machine):
    machine.warms.set()
    judges = Pool(OPTIONS, 1)
    try:
        assert [verdict.id for _, verdict in judges.grade(jobs(1))] == ["0"]
        machine.templates[0].kill()
        ((_, verdict),) = judges.grade(jobs(1))
        assert verdict.score is not None
        first, second = machine.templates
        assert [judge.template for judge, _ in machine.graded] == [first, second]
        assert second.alive()
    finally:
        judges.close()
    assert not second.alive()


@pytest.mark.timeout(60)
def test_judges_are_forks_of_a_template_that_was_started_early(machine):
    judges = Pool(OPTIONS, 1)
    try:
        judges.start()
        until(lambda: machine.templates)
        assert machine.started == []
        assert [judges.submit(job).result().id for job in jobs(2)] == ["0", "1"]
    finally:
        judges.close()
    assert len(machine.templates) == len(machine.started) == 1


def test_a_template_that_was_started_early_for_nothing_is_killed_when_the_pool_is_closed(machine):
    judges = Pool(OPTIONS, 2)
    judges.start()
    until(lambda: machine.templates)
    judges.close()
    judges.close()  # a second time changes nothing
    (template,) = machine.templates
    assert not template.alive()


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


def test_judges_that_are_killed_whenever_they_start_end_the_run_with_advice(machine, monkeypatch):
    def die(judge):
        raise JudgeDiedError("the judge was killed")

    monkeypatch.setattr(Judge, "wait", die)
    judges = Pool(OPTIONS, 1)
    try:
        said = r"the judge was killed while it started, 2 times; .*fewer --jobs.*same command again"
        with pytest.raises(JudgeError, match=said):
            list(judges.grade(jobs(1)))
    finally:
        judges.close()
    assert len(machine.started) == 2


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

    monkeypatch.setattr(pool, "Template", fail)
    judges = Pool(OPTIONS, 1)
    try:
        with pytest.raises(RuntimeError, match="new thread"):
            list(judges.grade(jobs(2)))
    finally:
        judges.close()


# Judges that fail


JUDGE = """
import os, socket, sys
from grader.judge.messages import Job, Ready, Verdict, read_message, write_message
_, (jobs, verdicts), _, _ = socket.recv_fds(socket.socket(fileno=0), 64, 2)
verdicts = open(verdicts, "wb")
write_message(verdicts, Ready(checks=3, process=os.getpid()))
job = read_message(open(jobs, "rb"), Job)
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
