"""Thresholds of metrics: measured, proposed, recorded, and held against the record."""

import math
import random

import msgspec
import pytest

from grader.new import make
from grader.verify.run import Verification, Wanted
from grader.verify.running import VerifyError
from grader.verify.thresholds import (
    Record,
    Threshold,
    ThresholdError,
    check_thresholds,
    faults,
    load_thresholds,
    propose,
    rates,
    read_record,
    value_of,
)

LISTED = """
[[threshold]]
name = "gradient"
task = "solve"
metric = "gradient"
passes = "below"
file = "checks/hidden/test_metric_hidden.py"
constant = "MOST"
seeds = 3
right = ["solve.least_squares"]
wrong = ["solve.strength_forgotten"]
"""
METRIC = '''
"""A check with a metric."""
import numpy as np
import pytest

MOST = 1e-6


@pytest.mark.task("solve")
def test_gradient(student, rng, metric):
    """The gradient vanishes."""
    x, y = rng.normal(size=(20, 4)), rng.normal(size=20)
    weights = student.ridge.solve(x, y, 0.7)
    if type(weights) is np.ndarray and weights.shape == (4,):
        metric("gradient", np.abs(x.T @ (x @ weights - y) + 0.7 * weights).max())
    assert weights is not None
'''
THRESHOLD = Threshold(
    name="loss", task="train", metric="loss", passes="below", file="c.py", constant="MOST"
)


def solution(folder, listed=LISTED):
    place = folder / "solution"
    make("ridge", place)
    (place / "checks/hidden/test_metric_hidden.py").write_text(METRIC)
    (place / "calibration").mkdir()
    (place / "calibration/thresholds.toml").write_text(listed)
    return place


class Quiet:
    def begin(self, what, total):
        self.total = total

    def advance(self):
        pass

    def say(self, line):
        pass


def test_a_threshold_is_measured_and_recorded_with_a_picture(tmp_path):
    place = solution(tmp_path)
    progress = Quiet()
    wanted = Wanted(solution=place, sandbox="none", jobs=1, tasks=("solve",))
    ((threshold, record),) = Verification(wanted, progress).calibrate()
    assert progress.total == 3 * 3 + 4
    assert {name: len(values) for name, values in record.right.items()} == {
        "reference": 3,
        "solve.least_squares": 3,
    }
    assert len(record.wrong["solve.strength_forgotten"]) == 3
    assert max(record.right["reference"]) < 1e-12 < min(record.wrong["solve.strength_forgotten"])
    assert record.threshold == 1e-6
    assert max(record.right["reference"]) < record.proposed < 0.1
    assert read_record(place, threshold) == record
    assert (place / "calibration/gradient.png").read_bytes().startswith(b"\x89PNG")
    assert check_thresholds(place) == []
    checks = place / "checks/hidden/test_metric_hidden.py"
    checks.write_text(METRIC.replace("MOST = 1e-6", "MOST = 100"))
    (said,) = check_thresholds(place)
    assert "solve.strength_forgotten, which is wrong, passes it in 3 of 3 runs" in said


def test_a_threshold_that_was_never_measured_fails(tmp_path):
    (said,) = check_thresholds(solution(tmp_path))
    assert "gradient.json: was never measured; run grader verify --calibrate" in said


def test_a_solution_without_thresholds_has_none(tmp_path):
    assert load_thresholds(tmp_path) == ()
    assert check_thresholds(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("[[threshold]]", "[threshold"), "thresholds.toml: cannot be read"),
        (('"below"', '"beneath"'), "thresholds.toml: cannot be read: Invalid enum value"),
        (("solve.least_squares", "solve.other"), "gradient: no alternative 'solve.other'"),
        (("solve.strength", "solve.weak"), "gradient: no misconception 'solve.weak_forgotten'"),
        (('task = "solve"', 'task = "fit"'), "gradient: there is no task 'fit'"),
    ],
)
def test_what_is_wrong_with_the_list_is_said(tmp_path, change, message):
    place = solution(tmp_path, LISTED.replace(*change))
    with pytest.raises(ThresholdError) as error:
        Verification(Wanted(solution=place), Quiet())
    assert message in str(error.value)


def test_a_threshold_of_a_unit_that_is_off_waits_for_it(tmp_path):
    place = solution(tmp_path, LISTED.replace('task = "solve"', 'task = "shrink"'))
    off = "\n[[units]]\nmodule = 'lasso.py'\ntitle = 'Lasso'\nenabled = false\n"
    off += "tasks = [{ id = 'shrink', title = 'Shrink', points = 1 }]\n"
    with (place / "assignment.toml").open("a") as stream:
        stream.write(off)
    assert Verification(Wanted(solution=place), Quiet()).thresholds == []


def test_a_constant_that_is_not_there_is_named(tmp_path):
    (tmp_path / "c.py").write_text("LEAST = 3\nMOST = 'x'\n")
    with pytest.raises(ThresholdError, match=r"c\.py: has no constant MOST that is a number"):
        value_of(tmp_path, THRESHOLD)
    (tmp_path / "c.py").write_text("MOST = (")
    with pytest.raises(ThresholdError, match=r"c\.py: cannot be read"):
        value_of(tmp_path, THRESHOLD)


def test_a_record_that_is_none_is_named(tmp_path):
    (tmp_path / "calibration").mkdir()
    (tmp_path / "calibration/loss.json").write_text("{}")
    with pytest.raises(ThresholdError, match=r"loss\.json: is no record of a threshold"):
        read_record(tmp_path, THRESHOLD)


SCRIPT = """
import json
from pathlib import Path
record = {"threshold": 0, "right": {"reference": [1e-14, 2e-14, 3e-14]}, "wrong": {"none": [3.0]}}
Path(__file__).with_name("shared.json").write_text(json.dumps({"first": record}))
"""
BY_SCRIPT = (
    LISTED.partition("seeds")[0]
    + """
script = "calibration/measure.py"
record = "shared.json"
part = "first"
"""
)


def test_a_script_may_measure_and_keep_several_records_in_one_file(tmp_path):
    place = solution(tmp_path, BY_SCRIPT)
    (place / "calibration/measure.py").write_text(SCRIPT)
    progress = Quiet()
    ((threshold, record),) = Verification(Wanted(solution=place), progress).calibrate()
    assert progress.total == 1  # script
    assert record.threshold == 1e-6
    assert record.right == {"reference": [1e-14, 2e-14, 3e-14]}
    assert 3e-14 < record.proposed < 3
    assert read_record(place, threshold).wrong == {"none": [3.0]}
    assert (place / "calibration/gradient.png").read_bytes().startswith(b"\x89PNG")
    assert check_thresholds(place) == []
    (place / "calibration/shared.json").write_text("{}")
    (said,) = check_thresholds(place)
    assert "shared.json, part 'first': is no record of a threshold" in said


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, r"thresholds\.toml: there is no script .*measure\.py"),
        ("raise SystemExit('no digits here')", r"measure\.py: ended with 1: no digits here"),
    ],
)
def test_a_script_that_does_not_measure_is_named_with_what_it_said_last(tmp_path, script, message):
    place = solution(tmp_path, BY_SCRIPT)
    if script:
        (place / "calibration/measure.py").write_text(script)
    with pytest.raises(VerifyError, match=message):
        Verification(Wanted(solution=place), Quiet()).calibrate()


def test_of_several_starts_one_has_to_pass():
    record = Record(threshold=1, right={"r": [0.5, 0.6, 0.9]}, wrong={"w": [1.1, 1.6, 2]})
    once = rates(THRESHOLD, 1, record)
    twice = rates(msgspec.structs.replace(THRESHOLD, starts=2), 1, record)
    assert twice == pytest.approx((once[0] ** 2, 1 - (1 - once[1]) ** 2))
    assert twice[0] < once[0] < 0.5
    assert once[1] < twice[1] < 0.5


def test_values_that_may_be_negative_are_not_taken_in_logarithms():
    above = msgspec.structs.replace(THRESHOLD, passes="above")
    record = Record(threshold=0.2, right={"r": [0.5, 0.6]}, wrong={"w": [-0.1, 0.0, 0.02, 0.1]})
    assert 0 < rates(above, 0.2, record)[1] < 0.1
    assert rates(above, -1, record)[1] > 0.999


def groups(low, high, count=20):
    chance = random.Random(3)
    return (
        [low * math.exp(0.02 * chance.gauss(0, 1)) for _ in range(count)],
        [high * math.exp(0.05 * chance.gauss(0, 1)) for _ in range(count)],
    )


def test_the_proposal_lies_where_both_rates_are_small_and_nearer_to_what_varies_less():
    right, wrong = groups(0.03, 0.06)
    record = Record(threshold=0.045, right={"r": right}, wrong={"w": wrong}, constants={"c": 0.07})
    value = propose(THRESHOLD, record)
    assert max(right) < value < math.sqrt(0.03 * 0.06)
    assert max(rates(THRESHOLD, value, record)) < 1e-6
    assert rates(THRESHOLD, 0.0301, record)[0] > 0.1
    assert rates(THRESHOLD, 0.0599, record)[1] > 0.1
    assert rates(THRESHOLD, 0.08, record)[1] == 1


def test_a_metric_that_has_to_be_large_is_the_other_way_round():
    wrong, right = groups(0.3, 0.9)
    above = Threshold(
        name="rate", task="t", metric="m", passes="above", file="c.py", constant="LEAST"
    )
    record = Record(threshold=0.5, right={"r": right}, wrong={"w": wrong})
    assert max(wrong) < propose(above, record) < min(right)
    assert faults(above, 0.5, record) == []
    (said,) = faults(above, 0.2, record)
    assert "w, which is wrong, passes it in 20 of 20 runs" in said
    (said,) = faults(above, 1.5, record)
    assert "r, which is right, fails it in 20 of 20 runs" in said


def test_nothing_is_proposed_where_nothing_separates():
    record = Record(threshold=1, right={"r": [1.0, 3.0]}, wrong={"w": [2.0]})
    assert propose(THRESHOLD, record) is None
    assert len(faults(THRESHOLD, 2.5, record)) == 2
