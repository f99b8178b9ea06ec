"""``student``: data in, data out, in this process and in another."""

import signal
import sys

import numpy as np
import pytest
import torch
from pytest_timeout import PYTEST_FAILURE_MESSAGE

from grader.judge.errors import TIMED_OUT, StudentError, todo_task
from grader.judge.outcome import came_from_student
from grader.judge.sandboxed import backend
from grader.judge.student import Outcome, Remote, Student, lower
from grader.judge.workers import Zygote
from grader.worker.bounds import Bounds
from grader.worker.executor import Executor
from grader.worker.handles import Target
from grader.worker.probes import PROBES

CODE = """
import numpy as np
import torch

class Tagged(torch.Tensor):
    pass

class Friendly(np.ndarray):
    def __eq__(self, other):
        return True

def double(x):
    return 2 * x

def spoil(x):
    x[:] = 0

def odd(kind):
    return {
        "tensor subclass": torch.ones(2).as_subclass(Tagged),
        "array subclass": np.ones(2).view(Friendly),
        "objects": np.array([None]),
        "sparse": torch.eye(2).to_sparse(),
        "meta": torch.empty(2, device="meta"),
        "int keys": {1: 2},
        "big": 2**70,
        "surrogate": chr(0xD800),
        "set": {1},
    }[kind]

def plain(kind):
    return {
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "scalar": np.float64(0.5),
        "zero-d": torch.tensor(3.0),
        "nested": [1, (2.5, None), {"a": "b"}],
        "view": torch.arange(6).reshape(2, 3).T,
        "reversed": np.arange(3)[::-1],
    }[kind]

def late():
    from neighbour import NUMBER
    return NUMBER

def refuse():
    raise ValueError("no")

def todo():
    raise NotImplementedError("TODO thing")

def update(holder):
    holder["n"] = holder.get("n", 0) + 1
"""


@pytest.fixture
def student(tmp_path):
    (tmp_path / "work.py").write_text(CODE)
    (tmp_path / "neighbour.py").write_text("NUMBER = 9\n")
    student = Student(Executor(tmp_path, PROBES))
    yield student
    student.close()


def test_arguments_and_results_are_copies(student):
    x = np.ones(3)
    student.work.spoil(x)
    assert x.tolist() == [1, 1, 1]
    _, (after,) = student.observe(student.work.spoil, x)
    assert after.tolist() == [0, 0, 0]
    t = torch.ones(2, requires_grad=True)
    assert not student.work.double(t).requires_grad


@pytest.mark.parametrize(
    "kind",
    ["objects", "sparse", "meta", "int keys", "big", "set"],
)
def test_what_is_not_exactly_plain_stays_a_remote(student, kind):
    assert type(student.work.odd(kind)) is Remote


def test_a_subclass_comes_out_as_the_class_it_extends(student):
    assert type(student.work.odd("tensor subclass")) is torch.Tensor
    assert type(student.work.odd("array subclass")) is np.ndarray


def test_text_that_is_not_unicode_stays_a_remote(student):
    assert type(student.work.odd("surrogate")) is Remote


def test_plain_data_comes_out_with_exact_types(student):
    assert type(student.work.plain("parameter")) is torch.Tensor
    assert student.work.plain("scalar") == 0.5
    assert type(student.work.plain("scalar")) is float
    assert student.work.plain("zero-d").shape == ()
    assert student.work.plain("nested") == [1, (2.5, None), {"a": "b"}]
    assert torch.equal(student.work.plain("view"), torch.arange(6).reshape(2, 3).T)
    assert student.work.plain("reversed").tolist() == [2, 1, 0]


def test_a_module_may_import_its_neighbour_inside_a_function(student):
    assert student.work.late() == 9


def test_a_dict_can_live_beside_the_student(student):
    holder = student.put({})
    student.work.update(holder)
    student.work.update(holder)
    assert student.value(holder) == {"n": 2}


def test_a_refusal_is_an_outcome_and_a_todo_is_not(student):
    outcome = student.attempt(student.work.refuse)
    assert (outcome.ok, outcome.error) == (False, "ValueError: no")
    assert student.attempt(student.work.double, 4).value == 8
    with pytest.raises(NotImplementedError) as caught:
        student.attempt(student.work.todo)
    assert todo_task(caught.value) == "thing"
    assert came_from_student(caught.value)
    assert todo_task(NotImplementedError("later")) is None
    assert todo_task(ValueError("TODO thing")) is None


def test_two_folders_with_modules_of_one_name_live_side_by_side(student, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "work.py").write_text("def double(x):\n    return 20 * x\n")
    second = Student(Executor(other, PROBES))
    assert second.work.double(1) == 20
    assert student.work.double(1) == 2
    second.close()
    assert student.work.double(1) == 2


def test_a_missing_module_is_named(student):
    with pytest.raises(ModuleNotFoundError, match=r"no file absent\.py"):
        student.absent.function()


def test_seeding_makes_global_randomness_repeatable(student, tmp_path):
    (tmp_path / "neighbour.py").write_text("")
    draws = []
    for _ in range(2):
        student.seed(11)
        draws.append((np.random.rand(), torch.rand(()).item()))  # the global one
    assert draws[0] == draws[1]


BOTH = """
import sys

import numpy as np
import torch


class Network(torch.nn.Module):
    NAMES = ["a", "b"]

    def __init__(self, size, out=2):
        super().__init__()
        self.layer = torch.nn.Linear(size, out)

    def forward(self, x):
        return self.layer(x)


def forward(x, w, *, shift=0.5):
    return x @ w + shift, {"x": x, "w": w, "odd": {3}}


def backward(dout, cache):
    return {"x": dout @ cache["w"].T, "odd": len(cache["odd"])}


def spoil(x, holder):
    x *= 0
    holder["mean"] = float(x.mean())
    return x


def step(weights, rate):
    for name in ("w", "b"):
        weights[name] -= rate * np.ones_like(weights[name])
    weights["steps"] = weights.get("steps", 0) + 1


def flat(x):
    return x.view(-1)


def describe(*values, **named):
    return [type(value).__name__ for value in (*values, *named.values())]


def dtypes(*values):
    return [str(value.dtype) for value in values]


def same(a, b):
    return a is b


def odd():
    return {
        "numbers": [np.float32(0.5), np.int8(-3), np.bool_(True)],
        "big endian": np.arange(3, dtype=">f4"),
        "transposed": torch.arange(6.0).reshape(2, 3).T,
        "complex": np.complex64(1 + 2j),
        "half": {chr(0xD800): 1},
    }


def refuse(x):
    if len(x) < 2:
        raise ValueError(f"{len(x)} row is too few")
    return x.mean()


def leave():
    sys.exit(3)


def todo():
    raise NotImplementedError("TODO thing")


def not_for_one():
    raise NotImplementedError("needs two samples")


def draws():
    import random

    return [random.random(), float(np.random.rand()), float(torch.rand(1))]
"""
ENDLESS = "while True:\n    pass\n"
BOUNDS = Bounds(
    memory_mb=512, processes=20, files_mb=16, output_mb=1, cpu_s=30, wall_s=60, namespaces=False
)


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote(isolate=False, data=None)  # what a worker may do is tested elsewhere
    yield zygote
    zygote.close()


@pytest.fixture(params=["in-process", "worker"])
def work(request, tmp_path):
    """The same submission in this process, then in another."""
    if request.param == "worker":
        if sys.platform != "linux":
            pytest.skip("workers need Linux")
        zygote = request.getfixturevalue("zygote")
        files = {"work.py": BOTH.encode(), "endless.py": ENDLESS.encode()}
        student = Student(backend(zygote, files, BOUNDS))
    else:
        (tmp_path / "work.py").write_text(BOTH)
        (tmp_path / "endless.py").write_text(ENDLESS)
        student = Student(Executor(tmp_path, PROBES))
    yield student
    student.close()


def test_a_call_gives_data_and_remotes_for_the_rest(work):
    rng = np.random.default_rng(3)
    x, w, dout = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
    out, cache = work.work.forward(x, w, shift=0.25)
    np.testing.assert_array_equal(out, x @ w + 0.25)
    assert type(cache["odd"]) is Remote
    assert repr(cache["odd"]) == "<set>"
    back = work.work.backward(dout, cache)
    np.testing.assert_array_equal(back["x"], dout @ w.T)
    assert back["odd"] == 1


def test_keep_item_and_value_reach_into_a_result_that_stays(work):
    x, w = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)
    kept = work.keep(work.work.forward, x, w)
    assert (type(kept), repr(kept)) == (Remote, "<tuple>")
    cache = work.item(kept, 1)
    assert repr(cache) == "<dict>"
    np.testing.assert_array_equal(work.value(work.item(cache, "w")), w)
    assert type(work.value(cache)["odd"]) is Remote
    assert work.work.backward(np.ones((3, 4)), cache)["odd"] == 1


def test_attributes_and_methods_of_remotes_are_reached(work):
    network = work.work.Network(3, out=5)
    assert type(network) is Remote
    assert repr(network) == "<work.Network>"
    assert network(torch.ones(4, 3)).shape == (4, 5)
    assert network.forward(torch.ones(2, 3)).shape == (2, 5)
    assert work.value(network.layer.weight).shape == (5, 3)
    assert work.value(work.work.Network.NAMES) == ["a", "b"]
    assert type(work.value(network.layer)) is Remote


def test_parameters_of_a_network_of_the_checks_can_be_loaded(work):
    network = work.work.Network(3, out=5)
    own = torch.nn.ModuleDict({"layer": torch.nn.Linear(3, 5)})
    work.probes.load_state(network, own.state_dict())  # an OrderedDict
    x = torch.ones(2, 3)
    torch.testing.assert_close(network.layer(x), own["layer"](x), rtol=0, atol=0)


def test_a_put_dict_is_updated_in_place_and_read_again(work):
    weights = {"w": np.array([1.0, 2.0, 4.0]), "b": np.array([0.5])}
    held = work.put(weights)
    work.work.step(held, 0.25)
    work.work.step(held, 0.25)
    found = work.value(held)
    np.testing.assert_array_equal(found["w"], [0.5, 1.5, 3.5])
    np.testing.assert_array_equal(found["b"], [0.0])
    assert found["steps"] == 2
    assert weights["w"].tolist() == [1, 2, 4]
    assert "steps" not in weights
    found["w"][:] = 99
    assert work.value(held)["w"][0] == 0.5


def test_a_put_object_is_one_object_wherever_it_is_handed_in(work):
    held, twin = work.put({"a": 1}), work.put({"a": 1})
    assert work.work.same(held, held) is True
    assert work.work.same(held, b=held) is True
    assert work.work.same(held, twin) is False
    assert work.work.describe(held, [held], (held,), key={"a": held}) == [
        "dict",
        "list",
        "tuple",
        "dict",
    ]
    assert work.value(work.item(work.put([held, 4]), 0)) == {"a": 1}


@pytest.mark.parametrize(
    "x", [np.array([[1.0, 2.0, 4.0]]), torch.tensor([[1.0, 2.0, 4.0]])], ids=["array", "tensor"]
)
def test_a_student_that_spoils_its_input_spoils_a_copy(work, x):
    holder = {"old": 1}
    work.work.spoil(x, holder)
    result, (after, told) = work.observe(work.work.spoil, x, holder)
    assert x.tolist() == [[1, 2, 4]]
    assert holder == {"old": 1}
    assert result.tolist() == after.tolist() == [[0, 0, 0]]
    assert told == {"old": 1, "mean": 0.0}
    assert type(after) is type(x)


def test_observing_a_remote_argument_shows_it_after_the_call(work):
    held = work.put({})
    _, (_, told) = work.observe(work.work.spoil, np.ones(3), held)
    assert told == {"mean": 0.0}
    assert work.value(held) == {"mean": 0.0}


def test_views_and_byte_orders_arrive_the_same_in_both_forms(work):
    x = torch.arange(6.0).reshape(2, 3)
    assert work.work.flat(x.T).tolist() == [0, 3, 1, 4, 2, 5]
    assert work.work.flat(x[:1].expand(2, 3)).tolist() == [0, 1, 2, 0, 1, 2]
    assert work.work.dtypes(np.arange(3, dtype=">f8"), np.arange(3, dtype=">i2")) == [
        "float64",
        "int16",
    ]
    assert work.work.describe(torch.ones(2, requires_grad=True), np.ones(2)) == [
        "Tensor",
        "ndarray",
    ]


def test_odd_results_come_out_the_same_in_both_forms(work):
    found = work.work.odd()
    assert found["numbers"] == [0.5, -3, True]
    assert [type(number) for number in found["numbers"]] == [float, int, bool]
    assert found["big endian"].dtype == np.float32
    assert found["transposed"].is_contiguous()
    assert type(found["complex"]) is Remote
    assert type(found["half"]) is Remote


def test_an_attempt_tells_success_from_refusal(work):
    assert work.attempt(work.work.refuse, np.array([1.0, 2.5])) == Outcome(ok=True, value=1.75)
    refused = work.attempt(work.work.refuse, np.array([1.0]))
    assert refused == Outcome(ok=False, value=None, error="ValueError: 1 row is too few")
    assert work.attempt(work.work.not_for_one).error == "NotImplementedError: needs two samples"
    assert not work.attempt(work.work.absent).ok


def test_a_todo_passes_through_an_attempt(work):
    with pytest.raises((NotImplementedError, StudentError)) as caught:
        work.attempt(work.work.todo)
    assert todo_task(caught.value) == "thing"


def test_leaving_python_is_no_refusal(work):
    with pytest.raises((SystemExit, StudentError)):
        work.attempt(work.work.leave)


def test_probes_run_beside_the_submission(work):
    network = work.work.Network(3)
    assert work.probes.is_training(network) is True
    work.probes.set_training(network, mode=False)
    assert work.probe("is_training", network) is False
    assert set(work.probes.parameters(network)) == {"layer.weight", "layer.bias"}
    assert type(work.probes.stand_in(4, 2)) is Remote


def test_a_seed_repeats_the_submissions_draws(work):
    states = torch.get_rng_state(), np.random.get_state()
    drawn = []
    for seed in (8, 8, 9):
        work.seed(seed)
        drawn.append(work.work.draws())
    torch.set_rng_state(states[0])
    np.random.set_state(states[1])
    assert drawn[0] == drawn[1]
    assert all(a != b for a, b in zip(drawn[0], drawn[2], strict=True))


def test_a_snapshot_answers_as_the_original_does(work):
    held = work.put({"w": np.array([1.5]), "b": np.array([0.25])})
    with work.snapshot() as copy:
        assert type(copy) is Student
        copy.work.step(held, 0.5)
        assert copy.value(held)["w"] == 1.0


def test_the_submission_anew_answers_as_the_first_does(work):
    with work.anew() as other:
        assert type(other) is Student
        assert other.value(other.put({"w": 1.5})) == {"w": 1.5}


def test_an_import_that_does_not_end_costs_the_time_of_one_check_only(work):
    def stop(*_):
        pytest.fail(PYTEST_FAILURE_MESSAGE % 0.5)  # as pytest-timeout does

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(pytest.fail.Exception):
            work.endless.answer(1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(StudentError, match="importing endless") as caught:
        work.endless.other(2)
    assert caught.value.kind == TIMED_OUT
    assert work.work.flat(torch.ones(2, 3)).shape == (6,)


def test_private_names_are_no_modules_and_no_probes(student):
    with pytest.raises(AttributeError):
        student._secret  # noqa: B018  # the access is the test
    with pytest.raises(AttributeError):
        student.probes._secret  # noqa: B018  # the access is the test
    with pytest.raises(AttributeError):
        student.work.__wrapped__  # noqa: B018  # the access is the test
    assert repr(student.work.Network._private) == "<work.Network._private>"


def test_remotes_are_lowered_wherever_they_lie(student):
    remote = student.work.double
    found = lower([remote, (remote, 3), {"a": remote}, "text"])
    assert [type(found[0]), type(found[1]), type(found[1][0])] == [Target, tuple, Target]
    assert type(found[2]["a"]) is Target
    assert (found[1][1], found[3]) == (3, "text")
