"""A judge's fork that waits for its one job."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import family
import msgspec
import pytest

from grader.judge.fork import Fork
from grader.judge.messages import Job, Verdict

JOB = Job(id="ada", folder="/somewhere", seed=3, artifacts="/elsewhere")


class Worker:
    """Stands in for one whose sockets the fork has inherited."""

    def __init__(self):
        self.held = True

    def let_go(self):
        self.held = False


def answer(job):
    return Verdict(id=job.id, score=f"{os.getpid()} {job.seed}".encode())


def test_a_job_is_graded_by_the_process_that_waited_for_it():
    fork = Fork(answer, Worker())
    assert fork.alive()
    fork.begin(JOB)
    verdict = fork.verdict(JOB, 10)
    assert verdict == Verdict(id="ada", score=f"{fork._process} 3".encode())
    assert fork.end() == 0
    assert family.is_gone(fork._process)


def test_the_worker_is_held_by_the_fork_alone():
    worker = Worker()
    fork = Fork(lambda job: Verdict(id=job.id, fault=str(worker.held)), worker)
    assert not worker.held
    fork.begin(JOB)
    assert fork.verdict(JOB, 10).fault == "True"
    fork.end()


def test_an_error_of_the_judge_is_a_fault_and_said_in_its_log(capfd):
    def fail(job):
        raise OSError("no room")

    fork = Fork(fail, Worker())
    fork.begin(JOB)
    assert fork.verdict(JOB, 10) == Verdict(id="ada", fault="the judge ended with status 1")
    assert capfd.readouterr().err == "judge of ada: OSError('no room')\n"


@pytest.mark.timeout(60)
def test_one_that_takes_too_long_is_killed():
    fork = Fork(lambda job: time.sleep(600), Worker())
    fork.begin(JOB)
    assert fork.verdict(JOB, 0.2).fault == "the judge took longer than any submission may"
    assert fork.end() == -signal.SIGKILL
    assert family.is_gone(fork._process)


def test_a_verdict_that_breaks_off_is_a_fault(monkeypatch):
    whole = msgspec.msgpack.encode
    monkeypatch.setattr(msgspec.msgpack, "encode", lambda message: whole(message)[:-3])
    fork = Fork(answer, Worker())
    monkeypatch.undo()
    fork.begin(JOB)
    assert fork.verdict(JOB, 10).fault == "the judge ended with status 0"


def test_one_that_is_discarded_ends_without_a_job(capfd):
    fork = Fork(answer, Worker())
    fork.discard()
    assert family.is_gone(fork._process)
    assert capfd.readouterr().err == ""


def test_one_that_was_killed_while_it_waited_is_known_and_can_still_be_discarded():
    fork = Fork(answer, Worker())
    os.kill(fork._process, signal.SIGKILL)
    os.waitid(os.P_PID, fork._process, os.WEXITED | os.WNOWAIT)
    assert not fork.alive()
    fork.discard()


def test_one_that_was_killed_between_the_question_and_the_job_is_a_fault():
    fork = Fork(answer, Worker())
    os.kill(fork._process, signal.SIGKILL)
    os.waitid(os.P_PID, fork._process, os.WEXITED | os.WNOWAIT)
    fork.begin(JOB)
    assert fork.verdict(JOB, 10).fault == "the judge ended with status -9"


@pytest.mark.parametrize("job", ["", "fork.begin(Job(id='', folder='', seed=1, artifacts=''))"])
@pytest.mark.timeout(60)
def test_one_that_waits_or_grades_ends_with_the_judge_that_made_it(job):
    code = (
        "import time\n"
        "from grader.judge.fork import Fork\n"
        "from grader.judge.messages import Job\n"
        "class Worker:\n"
        "    def let_go(self): pass\n"
        "fork = Fork(lambda job: time.sleep(600), Worker())\n"
        f"{job}\n"
        "print(fork._process, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as server:
        process = int(server.stdout.readline())
        assert Path(f"/proc/{process}").exists()
        server.kill()
    family.until(lambda: family.is_gone(process))
