import tracemalloc

import numpy as np
import pytest
from report_class import make_check
from sample_scores import make_score, make_task

from grader.batch.records import Entry
from grader.batch.remarks import final_points
from grader.report.records import Record
from grader.report.statistics import (
    LEAST,
    check_figures,
    confusions,
    discrimination,
    histogram,
    task_figures,
    weakest,
)


def record(score, adjustments=()):
    return Record(
        entry=Entry(id=score.submission),
        score=score,
        final=final_points(score, adjustments),
        adjustments=tuple(adjustments),
        comments=(),
        folder=None,
        attention=(),
    )


def check(status, **more):
    made = make_check("slope", "Slope", 0, status, "text")
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_discrimination_is_the_correlation_with_the_rest():
    rng = np.random.default_rng(7)
    rest = rng.normal(size=50)
    passed = rest + rng.normal(size=50) > 0
    found = discrimination(list(passed), list(rest))
    assert found == pytest.approx(np.corrcoef(passed, rest)[0, 1])
    assert discrimination(list(~passed), list(rest)) == pytest.approx(-found)


@pytest.mark.parametrize(
    ("passed", "rest"),
    [
        ([True, False] * (LEAST // 2 - 1), list(range(LEAST - 2))),
        ([True] * LEAST, list(range(LEAST))),
        ([True, False] * LEAST, [3.0] * 2 * LEAST),
    ],
    ids=["too few", "all pass", "the rest is the same"],
)
def test_where_nothing_can_be_said_nothing_is(passed, rest):
    assert discrimination(passed, rest) is None


def test_the_points_of_a_check_are_taken_out_of_the_sum_it_is_compared_with():
    # The other task is a coin tossed without regard to the check: with its own points left in,
    # the correlation would be 0.7.
    records = []
    for number in range(40):
        slope, spread = 4.0 * (number % 2), 4.0 * (number // 2 % 2)
        tasks = [make_task("slope", slope, 4.0), make_task("spread", spread, 4.0)]
        records.append(record(make_score(f"s{number}", tasks=tasks)))
    figures = {item.id: item for item in check_figures(records)}
    assert figures["slope.one"].discrimination == pytest.approx(0, abs=1e-12)
    assert figures["slope.one"].passed == 0.5


def test_unsettled_submissions_and_faults_of_the_grader_are_left_out_of_the_figures():
    good = record(make_score("a", slope=4.0, spread=7.0))
    open_ = record(make_score("b", slope=0.0, spread=0.0, status="needs_review"))
    broken = make_score("c", slope=0.0, spread=7.0)
    broken.tasks[0].status = "error"
    broken.tasks[0].checks[0].status = "grader_error"
    figures = {item.id: item for item in check_figures([good, open_, record(broken)])}
    assert (figures["slope.one"].submissions, figures["slope.one"].passed) == (1, 1.0)
    assert figures["spread.one"].submissions == 2
    tasks = {item.id: item for item in task_figures([good, record(broken)])}
    assert (tasks["slope"].share, tasks["slope"].statuses) == (1.0, {"partial": 1, "error": 1})


def test_the_most_complete_score_gives_the_order_of_tasks():
    part = make_score("a", tasks=[make_task("spread", 1.0, 7.0)])
    whole = make_score("b")
    assert [task.id for task in task_figures([record(part), record(whole)])] == ["slope", "spread"]


def test_figures_of_a_large_class_take_few_bytes_of_each_submission():
    task = make_task("slope", 0.0, 4.0)
    task.checks = [check("failed", id=f"slope.{n}") for n in range(30)]
    records = [record(make_score(f"s{n}", tasks=[task])) for n in range(1000)]
    tracemalloc.start()
    try:
        checks, wrong = check_figures(records), confusions(records)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(checks), len(wrong), checks[29].submissions) == (30, 1, 1000)
    assert peak < 20 * 1000 * 30  # a tuple of what was seen is 64 bytes


def test_what_was_got_wrong_is_grouped_by_misconception_then_hint_then_check():
    tasks = []
    for name, given in {
        "a": [check("failed", misconception="swap", hint="Mind the axes.", id="one")],
        "b": [
            check("crashed", misconception="swap", hint="Other words.", id="two"),
            check("failed", hint="Divide by n.", id="three"),
        ],
        "c": [check("failed", hint="Divide by n.", id="four"), check("failed", id="five")],
        "d": [check("todo", hint="Divide by n."), check("skipped", misconception="swap")],
    }.items():
        for made in given:
            made.hint = made.hint if made.hint in ("Mind the axes.", "Divide by n.") else None
            if made.misconception and made.status == "failed":
                made.message = f"You swapped the axes.\n{made.message}"
        task = make_task("slope", 0.0, 4.0)
        task.checks = given
        tasks.append(record(make_score(name, tasks=[task])))
    found = confusions(tasks)
    assert [(item.sentence, item.submissions) for item in found] == [
        ("Divide by n.", ("b", "c")),
        ("You swapped the axes.", ("a", "b")),
        ("Slope, aspect 0", ("c",)),
    ]
    assert found[1].misconception == "swap"
    assert found[0].share == 0.5
    assert found[0].example == found[1].example == "slope is off: text"
    assert (found[0].tasks, found[0].checks) == (("slope",), ("Slope, aspect 0",))


def test_the_sentence_of_a_misconception_stands_last_where_code_crashed():
    task = make_task("slope", 0.0, 4.0)
    task.checks = [check("crashed", misconception="swap", hint="You swapped. Mind the axes.")]
    task.checks[0].message = "ZeroDivisionError\nfit.py, line 3\nYou swapped."
    (found,) = confusions([record(make_score("a", tasks=[task]))])
    assert (found.sentence, found.example) == ("You swapped.", "ZeroDivisionError")


def test_the_histogram_counts_every_settled_submission_once():
    records = [record(make_score(f"s{n}", slope=n / 10, spread=0.0)) for n in range(41)]
    records.append(record(make_score("full", slope=4.0, spread=7.0)))
    records.append(record(make_score("open", status="needs_review")))
    bins = histogram(records)
    assert sum(item.count for item in bins) == 42
    assert (bins[0].low, bins[-1].high, bins[-1].count) == (0, 11, 1)
    assert histogram([record(make_score("open", status="needs_review"))]) == []


def test_the_weakest_task_is_that_which_lost_the_largest_share():
    assert weakest(make_score("a", slope=3.0, spread=2.0)).id == "spread"
    assert weakest(make_score("a", slope=4.0, spread=7.0)) is None
