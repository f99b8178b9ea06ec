"""How many submissions travel to a worker together."""

from collections import deque

import pytest

from grader.batch.cluster.pace import MOST, MOST_BYTES, TASK_S, Pace, take
from grader.judge.messages import Job


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


@pytest.fixture
def waiting(tmp_path):
    """Makes jobs whose folders hold so many bytes, half of them in a folder within."""

    def make(*sizes):
        jobs = deque()
        for number, size in enumerate(sizes):
            folder = tmp_path / str(number)
            (folder / "deep").mkdir(parents=True)
            for path in (folder / "one.py", folder / "deep" / "two.py"):
                with path.open("wb") as stream:
                    stream.truncate(size // 2)
            jobs.append(Job(id=str(number), folder=str(folder), seed=1, artifacts="/nowhere"))
        return jobs

    return make


def ids(jobs):
    return "".join(job.id for job in jobs)


def test_as_many_are_taken_as_may_go_together_in_their_order(waiting):
    jobs = waiting(10, 10, 10, 10)
    assert [ids(take(jobs, 3)), ids(jobs)] == ["012", "3"]
    assert [ids(take(jobs, 3)), ids(jobs)] == ["3", ""]


def test_together_they_are_no_larger_than_one_message_should_be(waiting):
    jobs = waiting(MOST_BYTES // 2, MOST_BYTES // 2, 2, 2)
    assert [ids(take(jobs, 9)), ids(jobs)] == ["01", "23"]


def test_one_that_is_larger_goes_alone(waiting):
    jobs = waiting(2 * MOST_BYTES, 2, 2)
    assert [ids(take(jobs, 9)), ids(jobs)] == ["0", "12"]
