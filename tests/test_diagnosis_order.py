"""The order in which checks are asked again."""

from grader.judge.diagnosis_order import cheapest_first
from grader.judge.diagnosis_transcript import Request, Transcript
from grader.worker.handles import Handle, Target


def asked(seconds, *requests):
    return Transcript([Request(0, *request, done=True) for request in requests], seconds)


def call(root, *arguments, reply=None):
    return ("call", (Target(root), list(arguments), {}, False), reply)


def test_what_took_little_time_comes_first_and_equals_stay_in_their_order():
    assert cheapest_first([asked(5), asked(0.1), asked(2), asked(0.1)]) == [1, 3, 2, 0]
    assert cheapest_first([]) == []


def test_a_check_comes_after_the_one_that_made_what_it_speaks_of():
    dear = asked(5, call("net", reply={"made": [Handle(3, "Net")]}))
    user = asked(0.1, call("other", {"model": (Target(3),)}))
    assert cheapest_first([dear, user, asked(1)]) == [2, 0, 1]


def test_what_uses_that_in_turn_comes_later_still():
    first = asked(5, call("net", reply=Handle(1, "Net")))
    second = asked(0.1, call(1, reply=Handle(2, "Tensor")))
    third = asked(0.1, call(2))
    assert cheapest_first([first, second, third, asked(4)]) == [3, 0, 1, 2]


def test_a_module_is_there_once_the_check_is_over_that_loaded_it():
    loading = asked(5, ("load", ("training",)), call("training"))
    calling = asked(0.1, call("training"))
    assert cheapest_first([loading, calling]) == [0, 1]
    assert cheapest_first([loading, asked(0.1, ("load", ("training",)), call("training"))]) == [
        1,
        0,
    ]


def test_what_a_check_made_itself_needs_nobody_else():
    first = asked(5, call("net", reply=Handle(1, "Net")))
    second = asked(0.1, call("net", reply=Handle(1, "Net")), call(1))
    assert cheapest_first([first, second]) == [1, 0]
