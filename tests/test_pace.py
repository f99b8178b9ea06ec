"""How many submissions travel to a worker together."""

import pytest

from grader.batch.cluster.pace import MOST, TASK_S, Pace


def paced(*seconds):
    pace = Pace()
    for each in seconds:
        pace.took(each, 1)
    return pace


def test_submissions_travel_alone_until_it_is_known_what_they_take():
    pace = Pace()
    for _ in range(3):
        pace.took(0.01, 1)
        assert pace.together(1000, 6) == 1
    pace.took(0.01, 1)
    assert pace.together(1000, 6) == MOST


def test_quick_ones_travel_together_as_many_as_half_a_second_takes():
    assert paced(*[0.05] * 4).together(1000, 6) == round(TASK_S / 0.05)


def test_what_several_took_together_is_shared_out():
    pace = paced(*[1.0] * 4)
    for _ in range(4):
        pace.took(0.4, 4)
    assert pace.together(1000, 6) == 5


@pytest.mark.parametrize("slowest", [0, 1, 2, 3])
def test_one_that_takes_seconds_among_the_last_has_the_next_travel_alone(slowest):
    seconds = [0.01] * 4
    seconds[slowest] = 3.0
    assert paced(*seconds).together(1000, 6) == 1


def test_a_first_one_that_waited_for_its_judge_is_forgotten():
    assert paced(5.0, *[0.05] * 4).together(1000, 6) == 10


def test_the_last_ones_are_shared_out_among_the_workers():
    pace = paced(*[0.01] * 4)
    assert [pace.together(waiting, 6) for waiting in (60, 13, 6, 1)] == [10, 3, 1, 1]


def test_none_that_took_no_time_at_all_is_no_division_by_zero():
    assert paced(0, 0, 0, 0).together(1000, 6) == MOST
