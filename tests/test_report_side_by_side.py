"""Work on all cores gives what it would give here, in order."""

import os

import pytest

from grader.report import side_by_side
from grader.report.side_by_side import on_all_cores


@pytest.fixture(params=[1, 3], ids=["one core", "three cores"])
def several(request, monkeypatch):
    monkeypatch.setattr(side_by_side, "cores", lambda: request.param)
    return request.param


def test_results_come_in_order_and_from_as_many_processes_as_there_are_cores(several):
    held = {"factor": 3}  # such as cannot be told to another process but by a copy of this one
    found = list(on_all_cores(lambda x: (x * held["factor"], os.getpid()), range(200)))
    assert [value for value, _ in found] == [3 * x for x in range(200)]
    processes = {process for _, process in found}
    assert processes == {os.getpid()} if several == 1 else os.getpid() not in processes
    assert len(processes) <= several


def test_little_work_is_done_here(monkeypatch):
    monkeypatch.setattr(side_by_side, "cores", lambda: 3)
    assert set(on_all_cores(lambda _: os.getpid(), range(50))) == {os.getpid()}


def test_an_error_reaches_the_caller(several):
    def fail(x):
        if x == 70:
            raise ValueError("seventy")
        return x

    with pytest.raises(ValueError, match="seventy"):
        list(on_all_cores(fail, range(200)))
