import threading

from grader.batch.pace import Pace


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def graded(pace, clock, *seconds):
    for each in seconds:
        with pace.grading():
            clock.now += each


def test_the_first_judge_always_pays():
    assert Pace().pays(waiting=1)


def test_another_judge_pays_where_what_waits_takes_twice_as_long_as_its_start():
    clock = Clock()
    pace = Pace(clock)
    pace.started(3.0)
    graded(pace, clock, 0.125, 0.375)  # 0.25 each
    assert not pace.pays(waiting=24)
    assert pace.pays(waiting=25)


def test_what_two_judges_grade_side_by_side_keeps_a_third_one_away():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(2):
        pace.started(3.0)
    graded(pace, clock, 0.25)
    assert not pace.pays(waiting=48)
    assert pace.pays(waiting=49)


def test_a_submission_that_takes_long_says_so_before_it_is_graded():
    clock = Clock()
    pace = Pace(clock)
    pace.started(3.0)
    with pace.grading():
        assert not pace.pays(waiting=2)
        clock.now += 4
        assert pace.pays(waiting=2)
    graded(pace, clock, *[0.0] * 9)  # that one was an exception
    assert not pace.pays(waiting=2)


def test_a_submission_whose_grading_breaks_off_is_no_longer_waited_for():
    clock = Clock()
    pace = Pace(clock)
    pace.started(1.0)
    try:
        with pace.grading():
            raise OSError
    except OSError:
        clock.now += 1000
    assert not pace.pays(waiting=100)


def test_a_judge_pays_again_once_all_have_ended():
    pace = Pace()
    pace.started(3.0)
    assert not pace.pays(waiting=1)
    pace.ended()
    assert pace.pays(waiting=1)


def test_threads_grade_at_the_same_time():
    clock = Clock()
    pace = Pace(clock)
    pace.started(1.0)
    begun, ends = threading.Event(), threading.Event()

    def grade():
        with pace.grading():
            begun.set()
            ends.wait()

    thread = threading.Thread(target=grade, daemon=True)
    with pace.grading():
        thread.start()
        begun.wait()
        clock.now += 2  # two for each of two
        assert not pace.pays(waiting=1)
        clock.now += 1
        assert pace.pays(waiting=1)
        ends.set()
        thread.join()
