"""Submissions with several misconceptions, and what verify says of them."""

import pytest
from test_verify import TASKS, case, check, outcome

from grader.manifest import load_manifest
from grader.new import make
from grader.variants import load_catalogue
from grader.verify.cases import missing_cases
from grader.verify.findings import examine
from grader.verify.pairs import Meetings, pair_cases, several_cases
from grader.verify.table import render

EVERYTHING = [("solve", "solve"), ("predict", "predict")]


@pytest.fixture(scope="module")
def solution(tmp_path_factory):
    place = tmp_path_factory.mktemp("new") / "solution"
    make("ridge", place)
    return place


@pytest.fixture(scope="module")
def manifest(solution):
    return load_manifest(solution)


@pytest.fixture
def chosen(solution, manifest):
    return load_catalogue(solution, manifest).misconceptions


def meetings(*failing):
    """Of pairs of tasks: without the first the second fails."""
    made = []
    for task in TASKS:
        names = [(name, (task, name) in failing) for name in TASKS]
        checks = [check(f"{name}.a", "failed" if bad else "passed") for name, bad in names]
        made.append(outcome(case("missing", f"without {task}", task), *checks))
    return Meetings(made)


def test_tasks_meet_where_one_fails_without_the_other():
    found = meetings(("solve", "predict"))
    assert found.meet("solve", "predict")
    assert found.meet("predict", "solve")
    assert found.meet("predict", "predict")
    assert not meetings(*EVERYTHING).meet("solve", "predict")


def test_a_task_is_left_out_by_an_exception_in_its_place(solution, manifest):
    without, *_ = missing_cases(solution, manifest, ["predict"])
    text = without.modules["ridge.py"].decode()
    assert (without.name, without.tasks) == ("without predict", ("predict",))
    assert text.count("raise NotImplementedError") == 1
    assert "BEGIN SOLUTION solve" in text
    assert "BEGIN SOLUTION predict" not in text


def test_pairs_are_of_one_task_or_of_tasks_that_meet(solution, manifest, chosen):
    def names(found):
        return [case.name for case in pair_cases(solution, manifest, chosen, found)]

    assert names(meetings(*EVERYTHING)) == []  # those of solve change the same line
    assert names(meetings(*EVERYTHING, ("solve", "predict"))) == [
        "solve.intercept_added + predict.summed_over_samples",
        "solve.strength_forgotten + predict.summed_over_samples",
    ]


def test_two_that_make_the_code_of_a_single_one_are_no_pair(tmp_path):
    make("ridge", tmp_path)
    place = tmp_path / "misconceptions" / "predict"
    text = (
        'def predict(x, weights):\n    """Predict."""\n    scale = {}\n    return {}x @ weights\n'
    )
    module = tmp_path / "ridge.py"
    before, mark, _ = module.read_text().partition("def predict")
    assert mark
    module.write_text(before + text.format(1, ""))
    for path in place.glob("*.py"):
        path.unlink()
    for name, values in {"a": (2, ""), "b": (1, "-"), "both": (2, "-")}.items():
        sentence = '"""You went wrong.\n\nHint: Look again.\n"""\n'
        (place / f"{name}.py").write_text(sentence + text.format(*values))
    manifest = load_manifest(tmp_path)
    found = load_catalogue(tmp_path, manifest).of_task("predict")
    assert [v.name for v in found] == ["a", "b", "both"]
    assert list(pair_cases(tmp_path, manifest, found, meetings())) == []
    names = [case.name for case in pair_cases(tmp_path, manifest, found[:2], meetings())]
    assert names == ["predict.a + predict.b"]
    chosen = load_catalogue(tmp_path, manifest).misconceptions
    slow = pair_cases(tmp_path, manifest, chosen, meetings(("solve", "predict")), {"predict"})
    assert {variant for case in slow for variant in case.variants} >= set(found)


def test_of_slow_tasks_each_misconception_is_in_one_pair_at_least(solution, manifest, chosen):
    found = meetings(*EVERYTHING, ("solve", "predict"))
    for slow, least in ({"predict"}, 1), ({"solve"}, 2), ({"solve", "predict"}, 2):
        cases = list(pair_cases(solution, manifest, chosen, found, slow))
        covered = {variant for case in cases for variant in case.variants}
        assert len(cases) == least
        assert covered >= {variant for variant in chosen if variant.task in slow}


def test_misconceptions_of_tasks_that_do_not_meet_come_together(solution, manifest, chosen):
    found = list(several_cases(solution, manifest, chosen, meetings(*EVERYTHING)))
    assert [case.name for case in found] == [
        "solve.intercept_added + predict.summed_over_samples",
        "solve.strength_forgotten + predict.summed_over_samples",
    ]
    assert found[0].tasks == TASKS
    nobody = meetings(*EVERYTHING, ("solve", "predict"))
    assert list(several_cases(solution, manifest, chosen, nobody)) == []
    assert list(several_cases(solution, manifest, (), nobody)) == []
    slow = several_cases(solution, manifest, chosen, meetings(*EVERYTHING), {"predict"})
    assert [case.name for case in slow] == ["solve.intercept_added + predict.summed_over_samples"]
    both = several_cases(solution, manifest, chosen, meetings(*EVERYTHING), set(TASKS))
    assert len(list(both)) == 1


def test_a_pair_that_is_taken_for_a_third_is_a_problem(manifest):
    pair = case("pair", "solve.a + predict.b")
    found = examine(
        [outcome(pair, check("solve.a", "failed", misconception="predict.c"))], manifest
    )
    assert found.problems == ["solve.a + predict.b together are taken for predict.c (seed 0)"]


def test_a_pair_of_which_one_is_named_is_no_problem(solution, manifest, chosen):
    pair, *_ = pair_cases(solution, manifest, chosen, meetings(("solve", "predict")))
    name = pair.variants[0].id
    found = examine([outcome(pair, check("solve.a", "failed", misconception=name))], manifest)
    assert (found.pairs, found.pairs_named, found.problems) == (1, 1, [])
    assert "1 pairs of misconceptions: 1 named." in render(found)


@pytest.fixture
def together(solution, manifest, chosen):
    first, *_ = several_cases(solution, manifest, chosen, meetings(*EVERYTHING))
    return first


def test_company_is_counted_by_task(manifest, together):
    right = "solve.intercept_added"
    made = outcome(
        together,
        check("solve.a", "failed", misconception=right),
        check("predict.b", "failed"),
    )
    found = examine([made], manifest)
    assert (found.several, found.company, found.company_named) == (1, 2, 1)
    assert found.problems == []
    said = " ".join(render(found).split())
    assert "1 submissions with misconceptions of tasks that do not meet: 1 of 2 named." in said


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (check("predict.b"), "predict.summed_over_samples passes every check of its task in"),
        (
            check("predict.b", "failed", misconception="solve.intercept_added"),
            "predict.summed_over_samples is taken for solve.intercept_added in company (seed 0)",
        ),
    ],
    ids=["not caught", "named wrongly"],
)
def test_what_company_hides_is_a_problem(manifest, together, made, problem):
    (said,) = examine([outcome(together, made)], manifest).problems
    assert problem in said
