"""What judges are forks of, as a process."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import family
import msgspec
import pytest
import tiny

from grader.batch.device import Device
from grader.batch.judge_process import Judge, JudgeDiedError, JudgeError, Template
from grader.batch.options import judge_options
from grader.judge.messages import Job, Options
from grader.manifest import load_manifest
from grader.worker.layers import in_force, survey

HERE = in_force(survey())
pytestmark = pytest.mark.timeout(120)


def options(folder, layers=()) -> Options:
    root = tiny.write(folder / "course")
    manifest = load_manifest(root)
    sandbox = "auto" if layers else "none"
    return judge_options(
        root, manifest, tasks=manifest.task_ids(), layers=layers, sandbox=sandbox, device=Device()
    )


@contextlib.contextmanager
def template(chosen):
    made = Template(chosen)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def judge(of):
    made = Judge(of)
    try:
        yield made
    finally:
        made.close()


def zygotes(of):
    """Below a template, or bubblewrap around them; not the keepers and workers that they forked."""
    below = family.descendants(of._process.pid)
    found = [pid for pid in below if b"grader.worker.zygote" in family.command(pid)]
    forked = [child for pid in found for child in family.children(pid)]
    return [pid for pid in found if pid not in forked]


def grades(made, folder, name, code=tiny.SOLUTION):
    submission, artifacts = folder / name, folder / f"{name}.artifacts"
    submission.mkdir()
    (submission / "ridge.py").write_text(code)
    artifacts.mkdir()
    job = Job(id=name, folder=str(submission), seed=1, artifacts=str(artifacts))
    return made.grade(job).fault is None


def test_without_namespaces_of_workers_each_judge_has_a_zygote(tmp_path):
    with template(options(tmp_path)) as made, judge(made) as one, judge(made) as two:
        one.wait()
        two.wait()
        assert grades(one, tmp_path, "ada")
        assert grades(two, tmp_path, "ben")
        parents = [pid for pid in zygotes(made) if family.children(pid)]  # keepers of spare workers
        assert len(parents) == 2


def test_a_zygote_ends_with_the_one_judge_that_has_it(tmp_path):
    with template(options(tmp_path)) as made:
        with judge(made) as one:
            one.wait()
            (zygote,) = zygotes(made)
        family.until(lambda: family.is_gone(zygote))
        with judge(made) as two:
            two.wait()
            assert grades(two, tmp_path, "ben")


@pytest.mark.skipif("namespaces" not in HERE, reason="this machine has no bubblewrap")
def test_a_judge_after_the_end_of_a_shared_zygote_gets_another(tmp_path):
    with template(options(tmp_path, HERE)) as made, judge(made) as one:
        one.wait()
        for pid in zygotes(made):
            family.kill(pid)
        family.until(lambda: all(map(family.is_gone, zygotes(made))))
        with judge(made) as two:
            two.wait()
            assert grades(two, tmp_path, "ben")
        assert grades(one, tmp_path, "ada")


@pytest.mark.skipif("namespaces" not in HERE, reason="this machine has no bubblewrap")
def test_a_judge_that_lost_a_worker_leaves_the_shared_zygote_to_others(tmp_path):
    with (
        template(options(tmp_path, HERE)) as made,
        judge(made) as one,
        judge(made) as two,
        ThreadPoolExecutor(1) as thread,
    ):
        one.wait()
        two.wait()
        lost = thread.submit(grades, one, tmp_path, "ada", tiny.SLEEPING)
        below = made._process.pid
        asleep = family.until(
            lambda: [p for p in family.descendants(below) if family.name(p) == "asleep"]
        )
        (keeper,) = [p for p in family.descendants(below) if asleep[0] in family.children(p)]
        shared = zygotes(made)
        family.kill(keeper)
        family.kill(asleep[0])
        assert not lost.result()
        assert grades(one, tmp_path, "ben")
        assert len(zygotes(made)) == 2 * len(shared)
        assert not any(map(family.is_gone, shared))
        assert grades(two, tmp_path, "cleo")


def test_what_is_wrong_with_the_sandbox_is_said_to_each_judge(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen = msgspec.structs.replace(options(tmp_path), isolate=True)
    with template(chosen) as made:
        for _ in range(2):
            with judge(made) as one, pytest.raises(JudgeError, match="apt-get install bubblewrap"):
                one.wait()
        assert made.alive()


def test_what_is_wrong_with_the_solution_is_said_to_each_judge(tmp_path):
    chosen = options(tmp_path)
    (tmp_path / "course" / "checks" / "public" / "test_ridge.py").write_text("def test(:\n")
    with template(chosen) as made, judge(made) as one, judge(made) as two:
        for waiting in (one, two):
            with pytest.raises(JudgeError, match=r"test_ridge\.py"):
                waiting.wait()
        assert not made.alive()
        with judge(made) as late, pytest.raises(JudgeError):
            late.wait()


def test_judges_end_with_their_template(tmp_path):
    with template(options(tmp_path)) as made, judge(made) as one:
        one.wait()
        everybody = family.descendants(made._process.pid)
        assert len(everybody) >= 2  # the judge and a zygote
        family.kill(made._process.pid)
        family.until(lambda: all(map(family.is_gone, everybody)))
        assert not one.alive()
        with pytest.raises(JudgeDiedError):
            grades(one, tmp_path, "ada")
        with judge(made) as late, pytest.raises(JudgeDiedError, match="killed by signal 9"):
            late.wait()


def test_a_template_that_nobody_can_ask_any_more_ends_and_leaves_no_process(tmp_path):
    with template(options(tmp_path)) as made, judge(made) as one:
        one.wait()
        everybody = [made._process.pid, *family.descendants(made._process.pid)]
        made._control.close()
        family.until(lambda: all(map(family.is_gone, everybody)))


@pytest.mark.skipif("namespaces" not in HERE, reason="this machine has no bubblewrap")
def test_a_judge_that_is_closed_ends_and_others_go_on(tmp_path):
    with template(options(tmp_path, HERE)) as made, judge(made) as one:
        one.wait()
        before = family.children(made._process.pid)
        with judge(made) as two:
            two.wait()
            assert two.alive()
            (process,) = {*family.children(made._process.pid)} - {*before}
            assert not family.is_gone(process)
        assert family.is_gone(process)
        assert grades(one, tmp_path, "ada")


def test_descriptors_of_judges_that_ended_are_given_back(tmp_path):
    with template(options(tmp_path)) as made:
        counts = []
        for _ in range(3):
            with judge(made) as one:
                one.wait()
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
    assert counts[0] == counts[2]
