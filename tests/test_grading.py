"""What a student and a course see of ``pytest ASSIGNMENT``, run as they run it."""

import json
import subprocess
import sys

import jsonschema
import pytest
import tiny

from grader.scores import json_schema


@pytest.fixture
def run(tmp_path):
    """``run(folder, *arguments)``: exit status, output and score of a real pytest."""

    def run(folder, *arguments):
        path = tmp_path / "scores.json"
        path.unlink(missing_ok=True)
        student = tmp_path / "student"
        if student.is_dir() and not any("--submission" in a for a in arguments):
            arguments = (*arguments, f"--submission={student}")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", str(folder), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        score = json.loads(path.read_text()) if path.is_file() else None
        return done.returncode, done.stdout + done.stderr, score

    return run


@pytest.fixture
def ridge(tmp_path):
    def make(code=tiny.SOLUTION, **files):
        student = tmp_path / "student"
        student.mkdir(exist_ok=True)
        (student / "ridge.py").write_text(code)
        return tiny.write(tmp_path / "ridge", **files)

    return make


def status(score):
    return {c["id"]: c["status"] for task in score["tasks"] for c in task["checks"]}


def message(score, check):
    return next(c for task in score["tasks"] for c in task["checks"] if c["id"] == check)["message"]


def test_the_reference_gets_all_and_its_score_follows_the_schema(run, ridge, tmp_path):
    code, text, score = run(ridge())
    assert code == 0
    assert (score["score"], score["max_score"], score["status"]) == (10, 10, "graded")
    jsonschema.validate(score, json_schema(strict=True))
    predict = score["tasks"][1]
    assert predict["metrics"] == {"size": 15}
    assert (tmp_path / predict["artifacts"][0]).read_bytes() == b"picture"
    assert "Total 10 / 10" in text
    assert max(map(len, text.splitlines())) <= 80


def test_an_untouched_stub_is_todo_throughout(run, ridge):
    code, text, score = run(ridge(tiny.STUB))
    assert code == 1
    assert score["score"] == 0
    assert {task["status"] for task in score["tasks"]} == {"todo"}
    assert set(status(score).values()) == {"todo"}
    assert "todo" in text


def test_a_wrong_gate_skips_what_depends_on_it_and_names_it(run, ridge):
    code, text, score = run(ridge(tiny.SOLUTION.replace("x.T @ y)", "x.T @ y)[:1]")))
    assert code == 1
    assert status(score) == {
        "solve.shape": "failed",
        "solve.against_reference": "failed",
        "predict.product": "skipped",
    }
    assert "solve" in message(score, "predict.product")
    shape = score["tasks"][0]["checks"][0]
    assert "(3,)" in shape["expected"]
    assert "(1,)" in shape["actual"]
    assert shape["hint"] == "One weight for each column of x."
    for part in ("expected", "got", "hint", "One weight for each column of x."):
        assert part in text


def test_a_crash_shows_the_exception_and_the_students_lines_only(run, ridge):
    broken = tiny.SOLUTION.replace("return x @ weights", "return helper(x) @ weights")
    broken += "\n\ndef helper(x):\n    return x.nothing\n"
    _, text, score = run(ridge(broken))
    assert status(score)["predict.product"] == "crashed"
    said = message(score, "predict.product")
    assert "AttributeError" in said
    assert "in helper" in said
    assert "return x.nothing" in said
    assert "executor" not in text


@pytest.mark.parametrize("how", ["sys.exit(0)", "raise SystemExit('done')"])
def test_leaving_python_is_a_crash(run, ridge, how):
    broken = "import sys\n" + tiny.SOLUTION.replace("return x @ weights", how)
    _, _, score = run(ridge(broken))
    assert status(score)["predict.product"] == "crashed"
    assert status(score)["solve.shape"] == "passed"


def test_a_hanging_check_is_stopped_and_the_others_still_run(run, ridge):
    hanging = tiny.SOLUTION.replace("return x @ weights", "while True: pass")
    _, _, score = run(ridge(hanging), "--timeout=1")
    assert status(score)["predict.product"] == "timed_out"
    assert "1 s" in message(score, "predict.product")
    assert status(score)["solve.against_reference"] == "passed"


def test_the_limit_of_the_manifest_holds_without_an_option(run, ridge):
    hanging = tiny.SOLUTION.replace("return x @ weights", "while True: pass")
    quick = tiny.MANIFEST.replace("check_s = 10", "check_s = 1")
    _, _, score = run(ridge(hanging, **{"assignment.toml": quick}))
    assert status(score)["predict.product"] == "timed_out"


def test_a_fault_of_ours_asks_for_a_person_and_is_no_lost_points(run, ridge):
    faulty = tiny.PUBLIC.replace("x @ weights, name", "x @ undefined_name, name")
    code, text, score = run(ridge(**{"checks/public/test_ridge.py": faulty}))
    assert code == 1
    assert score["status"] == "needs_review"
    assert "predict.product" in score["reason"]
    assert status(score)["predict.product"] == "grader_error"
    assert score["tasks"][0]["score"] == 6
    assert "not your fault" in text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def solve(x, y, s):\n    return (\n", "SyntaxError"),
        ("import no_such_package\n", "No module named 'no_such_package'"),
        ("1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_a_module_that_does_not_import_names_the_line(run, ridge, code, said):
    _, _, score = run(ridge(code))
    assert status(score)["solve.shape"] == "crashed"
    assert said in message(score, "solve.shape")
    assert "ridge.py, line " in message(score, "solve.shape")


def test_printing_and_warnings_change_nothing(run, ridge):
    noisy = tiny.SOLUTION.replace(
        "return x @ weights",
        "import sys, warnings; print('out' * 9); print('err', file=sys.stderr); "
        "warnings.warn('careful'); return x @ weights",
    )
    code, _, score = run(ridge(noisy))
    assert code == 0
    assert score["score"] == 10


def test_one_task_runs_with_its_gates_and_is_scored_alone(run, ridge):
    _, text, score = run(ridge(), "--task=predict")
    assert [task["id"] for task in score["tasks"]] == ["predict"]
    assert (score["score"], score["max_score"]) == (4, 4)
    assert "2 passed" in text


def test_what_is_left_out_is_said_and_never_shrinks_the_denominator(run, ridge):
    folder = ridge()
    for arguments in (
        ["-k", "shape"],
        ["--deselect", f"{folder}/checks/public/test_ridge.py::test_product", "-k", "shape"],
    ):
        _, _, score = run(folder, *arguments)
        assert score["max_score"] == 10
        assert score["score"] == 2
        assert message(score, "solve.against_reference").startswith("not run")
    _, _, score = run(folder / "checks" / "public" / "test_ridge.py")
    assert status(score)["solve.against_reference"] == "skipped"
    assert score["max_score"] == 10


def test_stopping_at_the_first_failure_leaves_the_rest_not_run(run, ridge):
    _, _, score = run(ridge(tiny.SOLUTION.replace("strength *", "2 * strength *")), "-x")
    assert status(score)["solve.against_reference"] == "failed"
    assert message(score, "predict.product").startswith("not run")
    assert score["status"] == "graded"


def test_a_random_order_gives_the_same_score(run, ridge):
    wrong = tiny.SOLUTION.replace("x.T @ y)", "x.T @ y)[:1]")
    _, _, ordered = run(ridge(wrong), "-p", "no:randomly", "--seed=7")
    _, text, score = run(ridge(wrong), "--seed=7", "-p", "randomly")
    assert status(score) == status(ordered), text
    assert score["score"] == ordered["score"]
    assert score["environment"]["seed"] == 7


def test_collecting_only_writes_nothing(run, ridge):
    code, text, score = run(ridge(), "--collect-only")
    assert code == 0
    assert score is None
    assert "test_shape" in text


def test_seeds_are_drawn_recorded_and_replayed(run, ridge):
    telling = tiny.PUBLIC + (
        '\n\n@pytest.mark.task("solve")\ndef test_seed(seed, metric):\n    """Tells."""\n'
        '    metric("seed", seed % 2**40)\n'
    )
    folder = ridge(**{"checks/public/test_ridge.py": telling})
    drawn = [run(folder, *a)[2] for a in ([], [], ["--seed=5"], ["--seed=5"])]
    seeds = [score["environment"]["seed"] for score in drawn]
    assert seeds[0] != seeds[1]
    assert seeds[2:] == [5, 5]
    told = [score["tasks"][0]["metrics"]["seed"] for score in drawn]
    assert told[2] == told[3]
    assert told[0] != told[1]


BAD_CHECKS = {
    "no task": ("def test_new(student):\n    '''New.'''\n", "belongs to no task"),
    "unknown task": ("@pytest.mark.task('sovle')\ndef test_new():\n    '''N.'''\n", "'sovle'"),
    "two tasks": (
        "@pytest.mark.task('solve')\n@pytest.mark.task('predict')\ndef test_new():\n    '''N.'''\n",
        "more than one task",
    ),
    "unknown option": (
        "@pytest.mark.task('solve', wieght=2)\ndef test_new():\n    '''N.'''\n",
        "'wieght'",
    ),
    "bad weight": (
        "@pytest.mark.task('solve', weight=0)\ndef test_new():\n    '''N.'''\n",
        "weight=0",
    ),
    "no docstring": ("@pytest.mark.task('solve')\ndef test_new():\n    pass\n", "no docstring"),
    "no gate": (
        "@pytest.mark.task('solve', depends=['predict'])\ndef test_new():\n    '''N.'''\n",
        "no check is a gate",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_CHECKS)
def test_a_check_that_cannot_be_scored_is_a_usage_error(run, ridge, case):
    text, said = BAD_CHECKS[case]
    folder = ridge(**{"checks/public/test_new.py": f"import pytest\n{text}"})
    code, output, score = run(folder)
    assert code == 4
    assert score is None
    assert said in output
    assert "test_new" in output
    assert "Traceback" not in output
    assert "INTERNALERROR" not in output


def test_two_checks_of_one_name_are_a_usage_error(run, ridge):
    twin = "import pytest\n@pytest.mark.task('solve')\ndef test_shape():\n    '''N.'''\n"
    code, output, _ = run(ridge(**{"checks/public/test_twin.py": twin}))
    assert code == 4
    assert "test_twin.py::test_shape" in output
    assert "test_ridge.py::test_shape" in output


def test_a_task_without_a_check_and_a_circle_are_usage_errors(run, ridge):
    extra = '{ id = "extra", title = "E", points = 1 },'
    more = tiny.MANIFEST.replace('["solve"] },', '["solve"] }, ' + extra)
    code, output, _ = run(ridge(**{"assignment.toml": more}))
    assert code == 4
    assert "assignment.toml" in output
    assert "'extra' has no check" in output
    circle = tiny.MANIFEST.replace("points = 6 }", 'points = 6, depends = ["predict"] }')
    code, output, _ = run(ridge(**{"assignment.toml": circle}))
    assert code == 4
    assert "circle" in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--task=sovle"], "--task sovle"),
        (["--seed=-1"], "--seed -1"),
        (["--seed=many"], "--seed many"),
        (["--scores=/no/such/folder/s.json"], "--scores /no/such/folder/s.json"),
        (["--submission=/no/such/folder"], "--submission /no/such/folder"),
        (["--data=/no/such/folder"], "--data /no/such/folder"),
    ],
)
def test_an_unknown_value_is_a_usage_error_that_names_it(run, ridge, arguments, said):
    code, output, score = run(ridge(), *arguments)
    assert code == 4
    assert said in output
    assert score is None
    assert "Traceback" not in output


def test_options_without_an_assignment_say_what_to_name(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    code, output, _ = run(tmp_path / "elsewhere", "--task=solve")
    assert code == 4
    assert "assignment.toml" in output


def test_other_pytest_runs_are_left_alone(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "test_mine.py").write_text(
        "import sys\ndef test_mine():\n    assert 'torch' not in sys.modules\n"
    )
    code, _, score = run(tmp_path / "elsewhere")
    assert code == 0
    assert score is None
