"""``grader remark`` from the command line."""

import pytest
from click.testing import CliRunner
from sample_scores import make_score

from grader.batch.gradebook import Gradebook
from grader.cli import main


@pytest.fixture
def results(tmp_path):
    with Gradebook(tmp_path / "gradebook.db") as book:
        book.record(None, make_score("kim"))
    return tmp_path


def remark(*arguments):
    return CliRunner().invoke(main, ["remark", *map(str, arguments)])


def final(results):
    with Gradebook(results / "gradebook.db", read_only=True) as book:
        return book.final("kim").points


def test_points_are_added_and_set_and_taken_back(results):
    before = final(results)
    done = remark("add", results, "kim", 1.5, "--because", "a typing error", "--author", "ada")
    assert (done.exit_code, final(results)) == (0, before + 1.5)
    assert done.stdout.startswith(f"adjustment 1: kim has {before + 1.5:g} of ")
    done = remark("add", results, "kim", "-2.25", "--author", "ada")
    assert (done.exit_code, final(results)) == (0, before - 0.75)
    done = remark("set", results, "kim", 7, "--author", "bob")
    assert final(results) == 7
    assert remark("withdraw", results, "adjustment", 3, "--author", "ada").exit_code == 0
    assert final(results) == before - 0.75


def test_a_task_can_be_adjusted_and_an_unknown_one_is_named(results):
    with Gradebook(results / "gradebook.db", read_only=True) as book:
        task = book.latest("kim").tasks[0]
        before = book.final("kim").points
    done = remark("set", results, "kim", task.max_score + 1, "--task", task.id, "--author", "ada")
    assert done.exit_code == 0
    assert final(results) == before - task.score + task.max_score + 1
    done = remark("add", results, "kim", 1, "--task", "encodre", "--author", "ada")
    assert done.exit_code == 2
    assert "--task encodre" in done.stderr
    assert task.id in done.stderr


def test_remarks_are_listed_in_the_order_they_were_made(results):
    remark("add", results, "kim", 1.5, "--because", "a typing error", "--author", "ada")
    remark("comment", results, "kim", "See me.\x1b[2J", "--author", "bob")
    remark("withdraw", results, "adjustment", 1, "--author", "eve")
    first, second = remark("list", results).stdout.splitlines()
    assert first.startswith("kim  adjustment 1: all +1.5  a typing error  [ada, ")
    assert first.endswith(" (withdrawn by eve)")
    assert second.startswith(r"kim  comment 1: See me.\x1b[2J  [bob, ")
    assert remark("list", results, "lee").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "nowhere", "kim", "1"], "nothing was graded"),
        (["add", "RESULTS", "lee", "1"], "no submission 'lee'"),
        (["set", "RESULTS", "kim", "-1"], "-1"),
        (["add", "RESULTS", "kim", "much"], "much"),
        (["add", "RESULTS", "kim", "nan"], "nan"),
        (["comment", "RESULTS", "kim", "Hi", "--author", " "], "author"),
        (["withdraw", "RESULTS", "comment", "4"], "no number 4"),
        (["withdraw", "RESULTS", "score", "4"], "score"),
    ],
)
def test_a_wrong_remark_is_refused_and_named(results, arguments, said):
    done = remark(*(results if word == "RESULTS" else word for word in arguments))
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
