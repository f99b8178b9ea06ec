"""What variants replied is taken from memory only where it would come out the same."""

import subprocess
import sys

import numpy as np
import pytest
import tiny

from grader.judge import diagnosis_memory
from grader.judge.diagnosis_memory import Marks, Memory, Recalling
from grader.judge.diagnosis_replay import Answer, replaying
from grader.judge.diagnosis_transcript import Request, Transcript
from grader.worker.handles import Handle, Target

MODULE = b"""
import numpy as np

class Counter:
    def __init__(self, start):
        self.number = start

    def add(self, step):
        self.number += step
        return self.number

def draw(x):
    return x + np.random.random(x.shape)
"""
X = np.arange(6.0).reshape(2, 3)


def request(operation, *arguments, reply=None, context=0, done=True):
    return Request(context, operation, arguments, reply=reply, done=done)


def call(function, *arguments, reply=None, keep=False, **more):
    target = function if isinstance(function, Target) else Target("counts", (function,))
    return request("call", target, list(arguments), {}, keep, reply=reply, **more)


def seed(number=3):
    return request("seed", number)


def counting(handle, *steps):
    """A counter is made, and steps are added."""
    made = call("Counter", 10, reply=Handle(handle, "Counter"), keep=True)
    return [made, *(call(Target(handle, ("add",)), step) for step in steps)]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "memory"
    place.mkdir()
    return place


@pytest.fixture
def diagnose(folder, monkeypatch):
    """Replies to some checks' requests, and how many of them the variant gave itself."""
    monkeypatch.setattr(diagnosis_memory, "WORTH_S", -1.0)

    def ask(*checks, variant="a", states=None, stop=None):
        transcripts = [Transcript(requests=list(requests)) for requests in checks]
        names = [f"task.{number}" for number in range(len(checks))]
        marks = Marks(names, transcripts, states or {})
        asked = []
        with replaying({"counts.py": MODULE}) as replay:
            put = replay.ask

            def counted(request):
                asked.append(request)
                return put(request)

            replay.ask = counted
            recalling = Recalling(marks, Memory(folder), variant, lambda: replay)
            found = []
            for place in range(len(checks)):
                found.append([])
                for answer in recalling.answers(place):
                    found[-1].append(answer.error or answer.reply)
                    if stop == (place, len(found[-1])):
                        break
        return found, len(asked)

    return ask


def test_what_was_asked_before_is_not_computed_again(diagnose):
    requests = [seed(), call("draw", X)]
    first, asked = diagnose(requests)
    again, asked_again = diagnose(requests)
    assert (asked, asked_again) == (2, 0)
    np.testing.assert_array_equal(first[0][1], again[0][1])
    assert first[0][1].dtype == again[0][1].dtype


@pytest.mark.parametrize(
    "other",
    [[seed(4), call("draw", X)], [seed(), call("draw", X + 1)], [seed(), call("draw", X[:1])]],
    ids=["seed", "values", "shape"],
)
def test_another_request_is_computed(diagnose, other):
    diagnose([seed(), call("draw", X)])
    found, asked = diagnose(other)
    assert asked == 2
    assert found[0][1].shape == other[1].arguments[1][0].shape


def test_another_variant_is_asked_itself(diagnose):
    diagnose([seed(), call("draw", X)])
    assert diagnose([seed(), call("draw", X)], variant="b")[1] == 2


def test_objects_are_known_again_by_what_made_them_and_not_by_number(diagnose):
    first, _ = diagnose([seed(), *counting(4, 1, 2)])
    again, asked = diagnose([seed(), *counting(9, 1, 2)])
    assert first[0][2:] == again[0][2:] == [11, 13]
    assert asked == 0


def test_where_requests_differ_half_way_the_variant_catches_up(diagnose):
    diagnose([seed(), *counting(4, 1, 2)])
    found, asked = diagnose([seed(), *counting(4, 1, 5)])
    assert found[0][2:] == [11, 16]
    assert asked == 4


def test_more_requests_than_before_are_added_to_what_is_known(diagnose):
    diagnose([seed(), *counting(4, 1)])
    assert diagnose([seed(), *counting(4, 1, 2)])[0][0][2:] == [11, 13]
    assert diagnose([seed(), *counting(4, 1, 2)])[1] == 0


def test_an_object_of_another_check_is_part_of_what_a_reply_depends_on(diagnose):
    later = [seed(), call(Target(4, ("add",)), 100)]
    assert diagnose([seed(), *counting(4, 1)], later)[0][1][1] == 111
    assert diagnose([seed(), *counting(4, 2)], later)[0][1][1] == 112
    found, asked = diagnose([seed(), *counting(4, 2)], later)
    assert found[1][1] == 112
    assert asked == 0


def test_how_far_the_other_check_got_is_part_of_it_as_well(diagnose):
    checks = [seed(), *counting(4, 1, 2)], [seed(), call(Target(4, ("add",)), 100)]
    assert diagnose(*checks)[0][1][1] == 113
    assert diagnose(*checks, stop=(0, 3))[0][1][1] == 111


def test_a_check_that_needs_nothing_of_another_is_known_beside_any_other(diagnose):
    diagnose([seed(), *counting(4, 1)], [seed(), call("draw", X)])
    assert diagnose([seed(), call("draw", X[:1])], [seed(), call("draw", X)])[1] == 2


def test_random_numbers_that_go_on_from_another_check_are_part_of_it(diagnose):
    going_on = [call("draw", X)]
    one = diagnose([seed(1), call("draw", X)], going_on)[0][1][0]
    other = diagnose([seed(2), call("draw", X)], going_on)[0][1][0]
    assert not np.array_equal(one, other)


def test_parameters_that_are_put_into_a_network_are_part_of_it(diagnose):
    checks = [seed(), *counting(4, 1)]
    diagnose(checks, states={4: {"w": X}})
    assert diagnose(checks, states={4: {"w": X}})[1] == 0
    assert diagnose(checks, states={4: {"w": X + 1}})[1] == 3


def test_an_error_is_remembered_too(diagnose):
    for expected in (2, 0):
        found, asked = diagnose([seed(), call("draw", "a word")])
        assert found[0][1] == "AttributeError"
        assert asked == expected


def test_a_request_that_nothing_can_answer_ends_a_check_from_memory_too(diagnose):
    unknown = [seed(), call(Target(77, ("add",)), 1), call("draw", X)]
    for expected in (2, 0):
        found, asked = diagnose(unknown)
        assert len(found[0]) == 1
        assert asked == expected


def test_a_request_without_an_end_is_not_asked(diagnose):
    assert diagnose([seed(), call("draw", X, done=False)]) == ([[None]], 1)


def test_copies_of_the_process_are_known_again(diagnose):
    def copied(number):
        return [
            seed(),
            *counting(4, 1),
            request("snapshot", number),
            call(Target(4, ("add",)), 5, context=number),
            request("anew", number + 1),
            call("draw", X, context=number + 1),
        ]

    first, _ = diagnose(copied(1))
    again, asked = diagnose(copied(6))
    assert first[0][4] == again[0][4] == 16
    assert asked == 0


def test_what_cannot_be_read_counts_as_nothing(folder, diagnose):
    diagnose([seed(), call("draw", X)])
    for path in folder.iterdir():
        path.write_bytes(b"\xc1 not a frame")
    assert diagnose([seed(), call("draw", X)])[1] == 2
    assert diagnose([seed(), call("draw", X)])[1] == 0


def test_a_reply_that_is_no_plain_data_is_not_kept(folder):
    Memory(folder).keep("name", [(b"mark", Answer(reply=object()))])
    assert not list(folder.iterdir())
    assert Memory(folder).recall("name") == []


def test_what_differs_by_nothing_that_can_be_told_is_never_known_again(diagnose):
    odd = [seed(), call("draw", 2**70)]
    assert diagnose(odd)[1] == diagnose(odd)[1] == 2


def test_no_more_is_kept_than_there_is_room_for(folder, monkeypatch):
    monkeypatch.setattr(diagnosis_memory, "MAX_BYTES", 1000)
    memory = Memory(folder)
    memory.keep("small", [(b"mark", Answer(reply=np.zeros(50)))])
    memory.keep("large", [(b"mark", Answer(reply=np.zeros(80)))])
    assert [path.name for path in folder.iterdir()] == ["small"]


def test_what_takes_no_time_is_not_kept(folder, diagnose, monkeypatch):
    monkeypatch.setattr(diagnosis_memory, "WORTH_S", 60.0)
    diagnose([seed(), call("draw", X)])
    assert not list(folder.iterdir())


SLOW = '''
"""You counted to no end.

Hint: Count less.
"""
import time
from pathlib import Path
import numpy as np


def solve(x, y, strength):
    """Weights, after a while."""
    with Path(PLACE).open("a") as file:
        file.write("asked ")
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    return np.zeros(x.shape[1])
'''


def test_the_submissions_of_a_run_share_what_one_misconception_replied(tmp_path):
    asked = tmp_path / "asked"
    name = "misconceptions/solve/slow.py"
    text = SLOW.strip().replace("PLACE", repr(str(asked)))
    solution = tiny.write(tmp_path / "solution", **{name: text})
    counts = []
    for size in (1, 3):
        folder = tmp_path / f"class{size}"
        for number in range(size):
            place = folder / f"student{number}"
            place.mkdir(parents=True)
            wrong = "\n\ndef solve(x, y, strength):\n    return np.zeros(x.shape[1])\n"
            (place / "ridge.py").write_text(f"{tiny.SOLUTION}{wrong}# {number}\n")
        command = [sys.executable, "-m", "grader", "grade", folder, "--solution", solution]
        command += ["--seed=3", "--jobs=1", f"--out={tmp_path / f'results{size}'}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        for path in tmp_path.glob(f"results{size}/*/score.json"):
            assert "solve.slow" in path.read_text()
        counts.append(asked.read_text().count("asked"))
        asked.unlink()
    assert counts[0] == counts[1] > 0
