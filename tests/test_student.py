"""``student`` in this process: data in, data out; tests/test_workers.py has the other form."""

import numpy as np
import pytest
import torch

from grader.judge.errors import todo_task
from grader.judge.outcome import came_from_student
from grader.judge.student import Remote, Student
from grader.worker.executor import Executor
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
    ["tensor subclass", "array subclass", "objects", "sparse", "meta", "int keys", "big", "set"],
)
def test_what_is_not_exactly_plain_stays_a_remote(student, kind):
    assert type(student.work.odd(kind)) is Remote


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
