import json
import random
from pathlib import Path

import msgspec
import pytest
from sample_scores import ENVIRONMENT, make_score, make_task

from grader.batch.summary import distribution, summarize, write_summary
from grader.scores import ScoreError


def four() -> list[object]:
    return [
        make_score("ada", slope=4.0, spread=7.0),
        make_score("bo", slope=1.0, spread=3.5, penalty=1.5),
        make_score("cy", slope=0.0, spread=2.0),
        make_score(
            "di",
            status="needs_review",
            reason="a judge died twice",
            tasks=[make_task("slope", 3.0, 4.0), make_task("spread", 0.0, 7.0, "error")],
        ),
    ]


def test_submissions_are_counted_by_status() -> None:
    summary = summarize(four())
    assert summary.submissions == 4
    assert summary.statuses == {"graded": 3, "needs_review": 1}
    assert summary.penalized == 1
    assert summary.assignment == "straight-lines"
    assert summary.max_score == 11.0


def test_points_are_those_after_the_penalty_of_settled_submissions() -> None:
    points = summarize(four()).points
    assert points is not None
    assert (points.least, points.median, points.most) == (2.0, 3.0, 11.0)
    assert points.mean == pytest.approx(16 / 3, abs=1e-4)
    assert (points.lower_quartile, points.upper_quartile) == (2.5, 7.0)


def test_a_task_with_a_grader_error_is_counted_but_not_averaged() -> None:
    slope, spread = summarize(four()).tasks
    assert slope.mean_share == pytest.approx((4 + 1 + 0 + 3) / 4 / 4)
    assert spread.mean_share == pytest.approx((7 + 3.5 + 2) / 3 / 7, abs=1e-4)
    assert spread.statuses == {"error": 1, "partial": 3}
    assert (spread.id, spread.title, spread.unit, spread.max_score) == (
        *("spread", "Spread", "lines"),
        7.0,
    )


def test_misconceptions_are_counted_once_for_each_submission() -> None:
    task = make_task("slope", 1.0, 4.0, misconception="biased-variance")
    task.checks.append(task.checks[0])
    summary = summarize([make_score("ada", tasks=[task]), make_score("bo")])
    assert summary.tasks[0].misconceptions == {"biased-variance": 1}


def test_who_needs_a_person_is_listed_with_the_reason() -> None:
    (review,) = summarize(four()).needs_review
    assert (review.submission, review.reason) == ("di", "a judge died twice")


def test_environments_are_told_apart_but_for_the_seed() -> None:
    other = msgspec.structs.replace(ENVIRONMENT, threads=8, seed=5)
    summary = summarize(
        [make_score("ada", seed=1), make_score("bo", environment=other), make_score("cy", seed=2)]
    )
    assert [(e.submissions, e.threads) for e in summary.environments] == [(2, 3), (1, 8)]


def test_the_order_of_the_scores_changes_nothing() -> None:
    scores = four()
    first = msgspec.json.encode(summarize(scores))
    random.Random(4).shuffle(scores)
    assert scores[0] is not four()[0]
    assert msgspec.json.encode(summarize(scores)) == first


def test_the_most_complete_score_gives_the_order_of_the_tasks() -> None:
    part = make_score("ada", tasks=[make_task("spread", 2.5, 7.0)])
    assert [task.id for task in summarize([part, make_score("bo")]).tasks] == ["slope", "spread"]


def test_no_scores_give_an_empty_summary() -> None:
    summary = summarize([])
    assert (summary.submissions, summary.points, summary.assignment) == (0, None, None)


def test_a_task_worth_nothing_has_no_share() -> None:
    (task,) = summarize([make_score(tasks=[make_task("slope", 0.0, 0.0)])]).tasks
    assert task.mean_share is None


def test_one_value_is_its_own_median_and_quartiles() -> None:
    found = distribution([7.25])
    assert found is not None
    assert {found.mean, found.median, found.lower_quartile, found.upper_quartile} == {7.25}


def test_scores_of_different_assignments_are_refused() -> None:
    with pytest.raises(ValueError, match="curves, straight-lines"):
        summarize([make_score("ada"), make_score("bo", assignment="curves")])


def test_the_file_is_json_with_every_field(tmp_path: Path) -> None:
    write_summary(tmp_path / "summary.json", summarize(four()))
    content = json.loads((tmp_path / "summary.json").read_bytes())
    assert content["schema_version"] == 1
    assert content["points"]["median"] == 3.0
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]


def test_a_summary_that_cannot_be_written_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match=r"nowhere/summary\.json: cannot be written"):
        write_summary(tmp_path / "nowhere" / "summary.json", summarize([]))
