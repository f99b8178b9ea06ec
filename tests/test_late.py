from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_scores import make_score

from grader.batch.late import after_penalty, open_question, penalty
from grader.manifest import Late, ManifestError, load_manifest

DAY = 86_400.0
DUE = datetime(2031, 3, 4, 23, 59, tzinfo=timezone(timedelta(hours=2)))
POLICY = Late(percent_per_day=20, due=DUE, grace_minutes=10, floor_percent=30, cutoff_days=7)

MANIFEST = """
id = "straight-lines"
title = "Straight lines"

[[units]]
module = "lines.py"
title = "Lines"
tasks = [{ id = "slope", title = "Slope", points = 4 }]
"""


def manifest_with(folder: Path, late: str) -> Path:
    path = folder / "assignment.toml"
    path.write_text(f"{MANIFEST}\n[late]\n{late}\n")
    return path


def points_off(seconds: float, policy: Late = POLICY, points: float = 83.5) -> float:
    taken = penalty(points, late_seconds=seconds, policy=policy)
    return taken.points if taken else 0.0


@pytest.mark.parametrize(
    ("seconds", "lost"),
    [
        (-3600, 0),
        (0, 0),
        (600, 0),  # the whole grace period
        (601, 16.7),  # a started day counts
        (600 + DAY, 16.7),
        (601 + DAY, 33.4),
        (600 + 3 * DAY, 50.1),
        (600 + 4 * DAY, 58.45),  # 30 % remain, not 20
        (600 + 7 * DAY, 58.45),
        (601 + 7 * DAY, 83.5),  # past the cutoff nothing does
    ],
)
def test_each_started_day_costs_its_percentage_down_to_the_floor(
    seconds: float, lost: float
) -> None:
    assert points_off(seconds) == pytest.approx(lost, abs=1e-9)


@pytest.mark.parametrize(
    ("seconds", "policy", "reason"),
    [
        (1.7 * DAY, Late(percent_per_day=10), "2 days late: 20 % of 83.5 points"),
        (100, Late(percent_per_day=12.5), "1 day late: 12.5 % of 83.5 points"),
        (4.5 * DAY, POLICY, "5 days late: 70 % of 83.5 points; at least 30 % remain"),
        (4.5 * DAY, Late(percent_per_day=45), "5 days late: 100 % of 83.5 points"),
        (8.2 * DAY, POLICY, "9 days late, past the cutoff of 7 days: all of 83.5 points"),
        (
            1.2 * DAY,
            Late(percent_per_day=5, cutoff_days=1),
            "2 days late, past the cutoff of 1 day: all of 83.5 points",
        ),
    ],
)
def test_the_reason_says_how_late_and_what_it_costs(
    seconds: float, policy: Late, reason: str
) -> None:
    taken = penalty(83.5, late_seconds=seconds, policy=policy)
    assert taken is not None
    assert taken.reason == reason


def test_the_time_of_handing_in_counts_where_no_platform_says_how_late() -> None:
    handed_in = (DUE + timedelta(days=1, minutes=11)).astimezone(UTC)
    taken = penalty(41.25, submitted_at=handed_in, policy=POLICY)
    assert taken is not None
    assert taken.reason == "2 days late: 40 % of 41.25 points"
    assert taken.points == 16.5


def test_the_platform_knows_of_extensions_and_is_believed_first() -> None:
    handed_in = DUE + timedelta(days=3)
    assert penalty(41.25, late_seconds=0.0, submitted_at=handed_in, policy=POLICY) is None


def test_nothing_is_taken_off_without_a_policy_a_due_time_or_a_price() -> None:
    late = DUE + timedelta(days=3)
    assert penalty(41.25, late_seconds=3 * DAY, policy=None) is None
    assert penalty(41.25, submitted_at=late, policy=Late(percent_per_day=9)) is None
    assert penalty(41.25, late_seconds=3 * DAY, policy=Late(percent_per_day=0)) is None
    free = Late(percent_per_day=9, floor_percent=100)
    assert penalty(41.25, late_seconds=3 * DAY, policy=free) is None


@pytest.mark.parametrize("seconds", [None, float("nan"), float("inf")])
def test_marked_late_without_a_time_takes_nothing_off_and_asks_a_person(
    seconds: float | None,
) -> None:
    assert penalty(41.25, late_seconds=seconds, policy=POLICY) is None
    question = open_question(late=True, late_seconds=seconds, policy=POLICY)
    assert question is not None
    assert "not by how much" in question
    assert "adjustment" in question


def test_marked_late_but_on_time_by_the_clock_asks_a_person() -> None:
    before = DUE - timedelta(hours=3)
    question = open_question(late=True, submitted_at=before, policy=POLICY)
    assert question is not None
    assert "on time" in question


def test_where_the_rule_settles_lateness_nobody_is_asked() -> None:
    assert open_question(late=True, late_seconds=2 * DAY, policy=POLICY) is None
    assert open_question(late=False, policy=POLICY) is None
    assert open_question(late=True, policy=None) is None


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"time zone: 2031-03-09T08:00:00"):
        penalty(3.5, submitted_at=datetime(2031, 3, 9, 8), policy=POLICY)


@given(
    points=st.floats(0, 500),
    seconds=st.floats(-1e7, 1e7),
    more=st.floats(0, 1e6),
    percent=st.floats(0, 100),
    floor=st.floats(0, 100),
    cutoff=st.none() | st.floats(0.01, 40),
)
def test_later_never_costs_less_and_never_more_than_was_earned(
    points: float, seconds: float, more: float, percent: float, floor: float, cutoff: float | None
) -> None:
    policy = Late(percent_per_day=percent, floor_percent=floor, cutoff_days=cutoff)
    first, second = points_off(seconds, policy, points), points_off(seconds + more, policy, points)
    assert 0 <= first <= points + 0.005
    assert second >= first - 0.005


def test_points_after_the_penalty_are_never_below_zero() -> None:
    assert after_penalty(make_score()) == 8.5
    assert after_penalty(make_score(penalty=2.13)) == 6.37
    assert after_penalty(make_score(penalty=9.0)) == 0.0


def test_the_manifest_reads_the_policy(tmp_path: Path) -> None:
    path = manifest_with(
        tmp_path,
        "due = 2031-03-04T23:59:00+02:00\ngrace_minutes = 10\npercent_per_day = 20\n"
        "floor_percent = 30\ncutoff_days = 7",
    )
    assert load_manifest(path).late == POLICY


def test_without_a_policy_the_manifest_has_none(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(MANIFEST)
    assert load_manifest(tmp_path).late is None


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ("percent_per_day = 101", "<= 100.0"),
        ("percent_per_day = -1", ">= 0.0"),
        ("percent_per_day = nan", "percent_per_day"),
        ("grace_minutes = 5", "percent_per_day"),
        ("percent_per_day = 9\nfloor_percent = 100.5", "floor_percent"),
        ("percent_per_day = 9\ncutoff_days = 0", "cutoff_days"),
        (
            "percent_per_day = 9\ncutoff_days = inf",
            "cutoff_days is inf; it must be a finite number",
        ),
        ("percent_per_day = 9\ngrace_minutes = -2", "grace_minutes"),
        ("percent_per_day = 9\ndue = 2031-03-04T23:59:00", "timezone"),
        ("percent_per_day = 9\ndue = 2031-03-04", "due"),
        ("percent_per_day = 9\nper_week = 5", "per_week"),
    ],
)
def test_a_bad_policy_names_the_file_and_the_field(tmp_path: Path, late: str, said: str) -> None:
    path = manifest_with(tmp_path, late)
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
