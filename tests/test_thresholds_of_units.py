"""Every threshold of the curriculum stands between what was measured, with room on both sides."""

import itertools
from pathlib import Path

import pytest

from grader.verify.thresholds import load_thresholds, read_record, value_of

SOLUTION = Path(__file__).parents[1] / "solution"
THRESHOLDS = {threshold.name: threshold for threshold in load_thresholds(SOLUTION)}
ROOM = {"comparison_plain": 0.9, "comparison_batchnorm": 0.9, "comparison_dropout": 0.9}
"""Of those where less than a fifth is left to one side."""


@pytest.mark.parametrize("name", THRESHOLDS)
def test_the_threshold_separates_right_from_wrong_with_room_on_both_sides(name):
    threshold, room = THRESHOLDS[name], ROOM.get(name, 0.8)
    record, value = read_record(SOLUTION, threshold), value_of(SOLUTION, threshold)
    assert value == record.threshold
    assert len(record.right["reference"]) >= 20
    right = list(itertools.chain(*record.right.values()))
    wrong = [*itertools.chain(*record.wrong.values()), *record.constants.values()]
    assert wrong
    low, high = (right, wrong) if threshold.passes == "below" else (wrong, right)
    assert max(low) < room * value
    assert value < room * min(high)


def test_every_record_has_a_threshold():
    known = {threshold.record or f"{name}.json" for name, threshold in THRESHOLDS.items()}
    files = {path.name for path in (SOLUTION / "calibration").glob("*.json")}
    assert known == files - {"tolerances.json"}
