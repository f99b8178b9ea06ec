"""Requests on a submission's code, run in this process."""

import random
import sys

import numpy as np
import pytest
import torch

from grader.worker.executor import Executor
from grader.worker.handles import Handle, Target
from grader.worker.wire import pack

CODE = """
import random

import numpy as np
import torch


class Network(torch.nn.Module):
    SIZES = {"a": [3, 4]}

    def __init__(self, size):
        super().__init__()
        self.layer = torch.nn.Linear(size, 2)

    def forward(self, x):
        return self.layer(x)

    class Inner:
        @staticmethod
        def triple(x):
            return 3 * x


def cached(x, *, scale=2.0):
    return x * scale, ({"x": x, "odd": {1, 2}}, "text")


def spoil(x, y):
    x += 100
    y["new"] = [x.sum()]
    return {"sum": float(x.sum())}


def graph_is_on():
    return torch.is_grad_enabled()


def draws():
    return [random.random(), float(np.random.rand()), float(torch.rand(1))]


def same(a, b):
    return a is b


def kinds(*values):
    return [type(value).__name__ for value in values]


def fail():
    raise LookupError("lost")
"""


def measure(value, factor=1):
    return {"kind": type(value).__name__, "grad": torch.is_grad_enabled(), "factor": factor}


@pytest.fixture
def executor(tmp_path):
    (tmp_path / "work_t.py").write_text(CODE)
    executor = Executor(tmp_path, {"measure": measure, "give": lambda value: value})
    yield executor
    executor.close()


def work(*path):
    return Target("work_t", path)


def of(handle, *path):
    return Target(handle.id, path)


def test_a_result_comes_out_as_data_with_handles_for_the_rest(executor):
    x = np.array([1.5, -2.5, 3.0])
    scaled, (cache, text) = executor.call(work("cached"), [x], {"scale": 3.0})
    np.testing.assert_array_equal(scaled, 3 * x)
    np.testing.assert_array_equal(cache["x"], x)
    assert text == "text"
    assert type(cache["odd"]) is Handle
    assert cache["odd"].kind == "set"
    assert executor.call(of(cache["odd"], "pop"), [], {}) in (1, 2)


def test_what_comes_out_can_always_be_sent(executor):
    found = executor.call(work("cached"), [torch.ones(2, 3)], {})
    assert pack(found)
    assert pack(executor.observe(work("spoil"), [np.ones(3), {}]))


def test_a_kept_result_stays_whole_although_it_is_plain(executor):
    handle = executor.call(work("cached"), [5.0], {}, keep=True)
    assert (type(handle), handle.kind) == (Handle, "tuple")
    assert executor.value(of(handle))[0] == 10.0
    second = executor.item(of(handle), 1)
    first_of_it = executor.item(of(second), 0)
    assert executor.value(of(executor.item(of(first_of_it), "x"))) == 5.0
    assert executor.value(of(executor.item(of(second), -1))) == "text"


def test_handles_name_the_type_and_differ(executor):
    network, other = (executor.call(work("Network"), [size], {}) for size in (3, 5))
    assert network.kind == "work_t.Network"
    assert network.id != other.id
    assert executor.call(of(network), [torch.ones(4, 3)], {}).shape == (4, 2)
    assert executor.call(of(other), [torch.ones(4, 5)], {}).shape == (4, 2)


def test_targets_follow_attributes_from_modules_and_objects(executor):
    assert executor.value(work("Network", "SIZES")) == {"a": [3, 4]}
    assert executor.call(work("Network", "Inner", "triple"), [1.5], {}) == 4.5
    network = executor.call(work("Network"), [3], {})
    assert executor.value(of(network, "layer", "weight")).shape == (2, 3)
    assert not executor.value(of(network, "layer", "bias")).requires_grad


def test_the_same_object_is_meant_wherever_it_is_named(executor):
    held = executor.put({"n": [1]})
    named = [Target(held.id), Handle(held.id, "dict")]
    assert executor.call(work("same"), named, {}) is True
    assert executor.call(work("same"), [named[0]], {"b": named[1]}) is True
    assert executor.call(work("kinds"), [[named[0]], {"k": named[1]}, named[0]], {}) == [
        "list",
        "dict",
        "dict",
    ]


def test_what_is_put_is_a_copy(executor):
    values = {"w": np.ones(3), "deep": [np.zeros(2)]}
    held = executor.put(values)
    executor.observe(work("spoil"), [np.ones(2), Target(held.id)])
    assert "new" not in values
    values["w"][:] = 7
    values["deep"][0][:] = 7
    found = executor.value(of(held))
    assert found["w"].tolist() == [1, 1, 1]
    assert found["deep"][0].tolist() == [0, 0]
    assert found["new"] == [202.0]


def test_observing_shows_the_arguments_after_the_call_and_leaves_ours(executor):
    x, y = np.array([1.0, 2.0, 4.0]), {"old": 1}
    result, after = executor.observe(work("spoil"), [x, y])
    assert result == {"sum": 307.0}
    np.testing.assert_array_equal(after[0], [101.0, 102.0, 104.0])
    assert after[1] == {"old": 1, "new": [307.0]}
    assert x.tolist() == [1, 2, 4]
    assert y == {"old": 1}


def test_student_code_runs_with_graphs_whatever_the_check_does(executor):
    with torch.no_grad():
        assert executor.call(work("graph_is_on"), [], {}) is True
        assert executor.observe(work("graph_is_on"), []) == (True, [])
        assert executor.probe("measure", [3], {})["grad"] is True
        assert not torch.is_grad_enabled()


def test_probes_get_objects_and_give_data(executor):
    network = executor.call(work("Network"), [3], {})
    found = executor.probe("measure", [Target(network.id)], {"factor": 4})
    assert found == {"kind": "Network", "grad": True, "factor": 4}
    assert type(executor.probe("give", [Target(network.id)], {})) is Handle
    with pytest.raises(KeyError, match="no_such_probe"):
        executor.probe("no_such_probe", [], {})


def test_seeding_repeats_every_global_generator(executor):
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        largest = 2**63 - 1  # that a check's seed may be
        seeds = (5, 5, 5 + 2**16, largest, largest)
        drawn = []
        for seed in seeds:
            executor.seed(seed)
            drawn.append(executor.call(work("draws"), [], {}))
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
    assert drawn[0] == drawn[1]
    assert drawn[3] == drawn[4]
    for column in zip(drawn[0], drawn[2], drawn[3], strict=True):
        assert len(set(column)) == 3


@pytest.mark.parametrize(
    ("request_of", "error", "said"),
    [
        (lambda e: e.call(work("fail"), [], {}), LookupError, "lost"),
        (lambda e: e.observe(work("fail"), []), LookupError, "lost"),
        (lambda e: e.call(work("absent"), [], {}), AttributeError, "no attribute 'absent'"),
        (lambda e: e.value(work("Network", "absent")), AttributeError, "absent"),
        (lambda e: e.call(Target("absent"), [], {}), ModuleNotFoundError, r"no file absent\.py"),
        (lambda e: e.call(work("cached"), [], {}), TypeError, "'x'"),
        (lambda e: e.call(work("cached"), [1], {"scael": 2}), TypeError, "'scael'"),
        (lambda e: e.item(Target(e.put([3, 4]).id), 2), IndexError, "range"),
        (lambda e: e.item(Target(e.put({"a": 3}).id), "b"), KeyError, "b"),
        (lambda e: e.value(Target(99)), KeyError, "99"),
    ],
)
def test_what_goes_wrong_comes_out_as_it_is(executor, request_of, error, said):
    with pytest.raises(error, match=said) as caught:
        request_of(executor)
    assert type(caught.value) is error


def test_in_one_process_a_snapshot_is_the_executor_itself(executor):
    with executor.snapshot() as copy:
        assert copy is executor


def test_closing_forgets_modules_and_objects(executor, tmp_path):
    held = executor.put([3])
    executor.call(work("kinds"), [], {})
    assert "work_t" in sys.modules
    executor.close()
    assert "work_t" not in sys.modules
    assert str(tmp_path) not in sys.path
    with pytest.raises(KeyError):
        executor.value(of(held))
    executor.close()


def test_names_say_what_they_stand_for():
    assert repr(Handle(3, "work_t.Network")) == "<work_t.Network>"
    assert repr(Target("work_t", ("Network", "SIZES"))) == "work_t.Network.SIZES"
    assert repr(Target(7)) == "7"


def test_what_stays_behind_is_called_by_its_type_and_what_is_odd_about_it(executor):
    odd = {
        "numpy.ndarray of object": np.array([None]),
        "torch.Tensor (torch.sparse_coo, torch.float32, on cpu)": torch.eye(2).to_sparse(),
        "torch.Tensor (torch.strided, torch.float32, on meta)": torch.empty(2, device="meta"),
        "set": {1},
    }
    for kind, value in odd.items():
        assert executor._export(value).kind == kind
