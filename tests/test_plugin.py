"""When pytest grades, what its options take, and which checks a command names."""

import json
import os
import subprocess
import sys

import preloaded  # noqa: F401  # for pytester
import pytest
import tiny

pytest_plugins = ["pytester"]

PASSED = {"solve.shape", "solve.against_reference", "predict.product"}


@pytest.fixture
def ridge(pytester):
    return tiny.write(pytester.path / "ridge")


@pytest.fixture
def run(pytester):
    """``run(*arguments)``: exit status, output, and the ids of what passed, or None."""

    def run(*arguments):
        scores = pytester.path / "scores.json"
        scores.unlink(missing_ok=True)
        done = pytester.runpytest_inprocess("-p", "no:randomly", *arguments)
        said = "\n".join([*done.outlines, *done.errlines])
        assert "INTERNALERROR" not in said
        if not scores.exists():
            return done.ret, said, None
        score = json.loads(scores.read_bytes())
        checks = [check for task in score["tasks"] for check in task["checks"]]
        return done.ret, said, {check["id"] for check in checks if check["status"] == "passed"}

    return run


@pytest.fixture
def usage_error(run):
    def usage_error(*arguments):
        status, said, passed = run(*arguments)
        assert status == pytest.ExitCode.USAGE_ERROR, said
        assert passed is None
        assert "Traceback" not in said
        return said

    return usage_error


def test_the_options_are_in_pytests_help(run):
    status, said, _ = run("--help")
    assert status == 0
    for option in ("--task=ID", "--scores=FILE", "--submission=DIR", "--data=DIR", "--seed=N"):
        assert option in said


@pytest.mark.parametrize("place", ["ridge", "ridge/checks", "ridge/checks/../checks/public/.."])
def test_a_folder_of_the_assignment_starts_a_grading(ridge, run, place):
    status, _, passed = run(place)
    assert status == 0
    assert passed == PASSED


def test_the_current_folder_counts_as_named(ridge, pytester, monkeypatch):
    for folder in (ridge, ridge / "checks"):
        monkeypatch.chdir(folder)
        done = pytester.runpytest_inprocess("-p", "no:randomly")
        assert done.ret == 0
        assert json.loads((folder / "scores.json").read_bytes())["score"] == 10


def test_checks_can_be_named_one_by_one(ridge, run):
    public = "ridge/checks/public/test_ridge.py"
    assert run(f"{public}::test_shape")[2] == {"solve.shape"}
    assert run(f"{public}::test_shape", f"{public}::test_product")[2] == {
        "solve.shape",
        "predict.product",
    }
    assert run("ridge/checks/hidden")[2] == {"solve.against_reference"}
    assert run(public, "-k", "product")[2] == {"predict.product"}
    assert run("ridge", "--deselect", "checks/public")[2] == {"solve.against_reference"}


def test_a_run_without_any_check_writes_no_score(ridge, run):
    status, said, passed = run("ridge", "-k", "nothing")
    assert status == pytest.ExitCode.NO_TESTS_COLLECTED
    assert passed is None
    assert "Total" not in said


def test_the_last_failed_checks_can_be_run_alone(ridge, run):
    code = tiny.SOLUTION.replace("return x @ weights", "return x")
    (ridge.parent / "mine").mkdir()
    (ridge.parent / "mine" / "ridge.py").write_text(code)
    options = ("ridge", "--submission=mine")
    assert run(*options)[2] == {"solve.shape", "solve.against_reference"}
    status, said, passed = run(*options, "--lf")
    assert status == 1
    assert passed == set()
    assert "Predict" in said
    assert "1 failed, 2 deselected" in said
    assert "Solve for the weights" not in said


def test_tasks_are_scored_in_the_manifests_order_and_once(ridge, pytester, run):
    for options in (["--task=predict", "--task=solve"], ["--task=solve"] * 2 + ["--task=predict"]):
        assert run("ridge", *options)[2] == PASSED
        score = json.loads((pytester.path / "scores.json").read_bytes())
        assert [task["id"] for task in score["tasks"]] == ["solve", "predict"]
        assert score["score"] == 10


@pytest.mark.parametrize("seed", ["0", "0012", str(2**63 - 1)])
def test_a_seed_is_a_whole_number_of_63_bits(ridge, pytester, run, seed):
    assert run("ridge", f"--seed={seed}")[0] == 0
    score = json.loads((pytester.path / "scores.json").read_bytes())
    assert score["environment"]["seed"] == int(seed)


@pytest.mark.parametrize("seed", [str(2**63), "-1", "+1", "1e3", "", " ", "٣", "1_000"])
def test_another_seed_is_refused(ridge, usage_error, seed):
    assert f"--seed {seed}: must be a whole number" in usage_error("ridge", f"--seed={seed}")


LONG = "n" * 300


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("task", "Solve"),
        ("task", ""),
        ("submission", "missing"),
        ("submission", "ridge/ridge.py"),
        ("submission", LONG),
        ("data", "missing"),
        ("data", LONG),
        ("scores", "missing/scores.json"),
        ("scores", "ridge"),
        ("scores", f"{LONG}/scores.json"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_option(ridge, usage_error, option, value):
    said = usage_error("ridge", f"--{option}={value}")
    assert f"--{option} " in said
    assert value[-30:] in said


def test_a_score_that_cannot_be_written_ends_with_a_usage_error_after_the_table(ridge, run):
    status, said, _ = run("ridge", f"--scores={LONG}.json")
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "Total " in said
    assert f"{LONG}.json: cannot be written" in said


def test_a_score_can_go_to_another_folder(ridge, pytester, run):
    (pytester.path / "för mig").mkdir()
    assert run("ridge", "--scores", "för mig/my score.json")[0] == 0
    content = (pytester.path / "för mig" / "my score.json").read_bytes()
    assert json.loads(content)["score"] == 10
    assert not (pytester.path / "scores.json").exists()


@pytest.mark.parametrize(
    "option", ["--task=a", "--scores=b", "--submission=c", "--data=d", "--seed="]
)
def test_options_without_an_assignment_are_refused(pytester, usage_error, option):
    (pytester.path / "plain").mkdir()
    said = usage_error("plain", option)
    assert f"{option.partition('=')[0]} grades an assignment, but none was given" in said


def test_two_assignments_at_once_are_refused_by_name(ridge, pytester, usage_error):
    other = tiny.write(pytester.path / "other")
    said = usage_error("ridge", "other")
    assert f"one assignment at a time, not {other}, {ridge}" in said


@pytest.mark.parametrize("place", ["ridge/nothing.py", "ridge/checks/nothing"])
def test_a_place_that_is_not_there_is_named(ridge, usage_error, place):
    assert place in usage_error(place)


def test_a_check_that_is_not_there_is_named(ridge, usage_error):
    place = "ridge/checks/public/test_ridge.py::test_nothing"
    assert f"no check is named {place}" in usage_error(place)


MANIFESTS = {
    "id = ": "cannot be read as TOML",
    tiny.MANIFEST.replace("points = 4", "points = -4"): "points",
    tiny.MANIFEST.replace("check_s", "chek_s"): "chek_s",
    tiny.MANIFEST.replace(
        'depends = ["solve"]', 'depends = ["guess"]'
    ): "'guess', which is no task",
    tiny.MANIFEST.replace('depends = ["solve"]', 'depends = ["predict"]'): "in a circle",
}


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_wrong_manifest_is_named_with_the_value(ridge, usage_error, manifest):
    (ridge / "assignment.toml").write_text(manifest)
    said = usage_error("ridge")
    assert f"{ridge / 'assignment.toml'}: " in said
    assert MANIFESTS[manifest] in said


BROKEN = {
    "def test_new(:\n": "SyntaxError",
    "import no_such_package\n": "No module named 'no_such_package'",
    "1 / 0\n": "ZeroDivisionError",
}


@pytest.mark.parametrize("content", BROKEN)
@pytest.mark.parametrize("place", ["public/test_new.py", "hidden/test_ridge_hidden.py"])
def test_a_file_of_checks_that_does_not_import_is_named_and_nothing_is_scored(
    ridge, usage_error, content, place
):
    (ridge / "checks" / place).write_text(f"\n{content}")
    for options in ([], ["--continue-on-collection-errors", "-k", "shape"]):
        said = usage_error("ridge", *options)
        assert f"checks/{place}" in said
        assert BROKEN[content] in said
        assert "line 2" in said or f"{place}:2: " in said


def test_other_runs_of_pytest_load_nothing_of_the_grading(tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "import sys\n\n\ndef test_mine():\n"
        "    loaded = {name for name in sys.modules if name.startswith('grader.judge.')}\n"
        "    assert loaded == {'grader.judge.plugin'}\n"
        "    assert not {'torch', 'numpy', 'rich'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:hypothesispytest"],
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "test session starts" in done.stdout
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".json"] == []
