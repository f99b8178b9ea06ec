"""A warm judge as a process: how it has the next submission's grading ready."""

from concurrent.futures import ThreadPoolExecutor

import family
import pytest
import tiny

from grader.batch.device import Device
from grader.batch.judge_process import Judge, Template
from grader.batch.options import judge_options
from grader.judge.messages import Job
from grader.manifest import load_manifest
from grader.scores import decode_score

WITH_PID = """
import os

import pytest


@pytest.mark.task("predict")
def test_pid(metric{fixtures}):
    \"\"\"It says who grades.\"\"\"
    {first}
    metric("pid", os.getpid())
"""
pytestmark = pytest.mark.timeout(120)


def judge(folder, fixtures="", first="pass"):
    text = WITH_PID.format(fixtures=fixtures, first=first)
    root = tiny.write(folder / "course", **{"checks/hidden/test_pid_hidden.py": text})
    manifest = load_manifest(root)
    options = judge_options(
        root, manifest, tasks=manifest.task_ids(), layers=[], sandbox="none", device=Device()
    )
    made = Judge(Template(options))
    made.wait()
    return made


def closed(made):
    made.close()
    made._template.close()


def zygotes(made):
    """Those of the template."""
    return [
        p for p in family.children(made._template._process.pid) if b"zygote" in family.command(p)
    ]


def process(made):
    """The judge's: the one of the template that is no zygote."""
    others = {*family.children(made._template._process.pid)} - {*zygotes(made)}
    (pid,) = [pid for pid in others if not family.is_gone(pid)]
    return pid


def own_zygotes(made):
    return [p for p in family.children(process(made)) if b"zygote" in family.command(p)]


def forks(made):
    return [p for p in family.children(process(made)) if p not in own_zygotes(made)]


def asked(made, folder, name, code=tiny.SOLUTION):
    submission, artifacts = folder / name, folder / f"{name}.artifacts"
    submission.mkdir()
    (submission / "ridge.py").write_text(code)
    artifacts.mkdir()
    return made.grade(Job(id=name, folder=str(submission), seed=1, artifacts=str(artifacts)))


def graded(made, folder, name):
    verdict = asked(made, folder, name)
    assert verdict.fault is None
    score = decode_score(verdict.score)
    assert score.score == score.max_score, score
    return next(task.metrics["pid"] for task in score.tasks if task.id == "predict")


@pytest.fixture
def made(tmp_path):
    made = judge(tmp_path)
    yield made
    closed(made)


def test_each_submission_has_a_process_of_its_own_that_waited_for_it(made, tmp_path):
    pids = []
    for name in ("ada", "ben", "cleo"):
        waiting = forks(made) if pids else None
        pids.append(graded(made, tmp_path, name))
        assert waiting is None or pids[-1] in waiting
    assert len(set(pids)) == 3


def test_what_a_check_or_a_library_prints_is_not_taken_for_a_verdict(tmp_path):
    made = judge(tmp_path, first="os.write(1, bytes(64)); print('noise', flush=True)")
    try:
        assert graded(made, tmp_path, "ada")
        assert bytes(64) in family.until(lambda: made._template.said().encode())
    finally:
        closed(made)


def test_garbage_is_collected_again_while_checks_run(tmp_path):
    made = judge(tmp_path, first="import gc; assert gc.isenabled()")
    try:
        assert graded(made, tmp_path, "ada")
    finally:
        closed(made)


def test_one_that_is_killed_while_it_waits_costs_no_submission(made, tmp_path):
    first = graded(made, tmp_path, "ada")
    spare = forks(made)
    assert spare
    for process in spare:
        assert family.kill(process)
        family.until(lambda gone=process: family.is_gone(gone))
    second = graded(made, tmp_path, "ben")
    assert second not in [first, *spare]


def test_a_sandbox_that_is_killed_while_it_waits_is_replaced(made, tmp_path):
    graded(made, tmp_path, "ada")
    (zygote,) = zygotes(made)
    assert family.kill(zygote)
    family.until(lambda: family.is_gone(zygote))
    graded(made, tmp_path, "ben")  # outside of namespaces, what waited for it has survived
    graded(made, tmp_path, "cleo")


def test_after_a_worker_that_was_lost_the_next_comes_from_another_sandbox(made, tmp_path):
    """Whether the sandbox is dying, too, cannot be told at that moment."""
    (zygote,) = zygotes(made)
    with ThreadPoolExecutor(1) as thread:
        lost = thread.submit(asked, made, tmp_path, "ada", tiny.SLEEPING)
        keeper = family.until(
            lambda: [k for k in family.children(zygote) if "asleep" in named(family.children(k))]
        )
        for pid in (*keeper, *family.children(keeper[0])):
            family.kill(pid)
        assert "the sandbox died" in lost.result().fault
    graded(made, tmp_path, "ben")
    assert len(own_zygotes(made)) == 1
    family.until(lambda: not family.children(zygote))


def named(processes):
    return [family.name(pid) for pid in processes]


def holds(folder, line, fixtures=""):
    """Whether a line of a check runs through in a judge."""
    made = judge(folder, fixtures=fixtures, first=line)
    try:
        graded(made, folder, "ada")
    finally:
        closed(made)


def test_a_check_may_still_ask_for_what_the_judge_logs(tmp_path):
    line = 'import logging; logging.getLogger("x").warning("said"); assert "said" in caplog.text'
    holds(tmp_path, line, fixtures=", caplog")


def test_where_no_check_asks_for_logs_no_handler_is_put_on_loggers(tmp_path):
    holds(tmp_path, "import logging; assert 'LogCapture' not in str(logging.getLogger().handlers)")


def test_what_forks_use_is_loaded_before_they_are_made(tmp_path):
    holds(tmp_path, "import sys; assert 'numpy.testing' in sys.modules")
