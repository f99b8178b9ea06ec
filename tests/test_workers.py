"""The sandboxed side, with real processes: zygote, keepers, workers."""

import os
import signal
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from grader.judge.errors import TIMED_OUT, StudentError
from grader.judge.remote import RemoteBackend, ViolationError
from grader.judge.sandboxed import backend
from grader.judge.student import Remote, Student
from grader.judge.workers import SandboxError, Zygote
from grader.worker import sandbox
from grader.worker.bounds import Bounds
from grader.worker.layers import in_force, survey

LAYERS = in_force(survey())
SCRATCH = str(sandbox.SCRATCH)  # also called /tmp, where nothing that workers need lies below /tmp
BOUNDS = Bounds(
    memory_mb=512,
    processes=20,
    files_mb=16,
    output_mb=1,
    cpu_s=30,
    wall_s=30,
    namespaces="namespaces" in LAYERS,
)
sandboxed = pytest.mark.skipif(
    not {"bubblewrap", "namespaces"} <= set(LAYERS), reason="this machine has no bubblewrap"
)

CODE = b"""
import os, socket, sys, tempfile, time
import numpy as np
import torch

def double(x):
    return 2 * x

def spoil(x):
    x[:] = 0
    return x.sum()

class Network(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = torch.nn.Linear(size, 2)
    def forward(self, x):
        return self.layer(x)

def state():
    return {"count": 0}

def count(holder):
    holder["count"] += 1
    return holder["count"]

def wrong(x):
    return inner(x)

def inner(x):
    raise ValueError(f"bad \\x1b[31m{x}")

class Rude(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")

def rude():
    raise Rude()

def leave(status):
    sys.exit(status)

def vanish(status):
    os._exit(status)

def crash():
    os.kill(os.getpid(), 11)
    import ctypes
    ctypes.string_at(0)

def hang():
    while True:
        pass

def flood():
    while True:
        sys.stdout.write("x" * 65536)

def hoard():
    return np.ones((2 ** 28,))

def huge():
    return np.zeros(2 ** 26)

def fill():
    with open(tempfile.gettempdir() + "/big", "wb") as stream:
        for _ in range(64):
            stream.write(b"x" * 2 ** 20)

def breed():
    born = 0
    try:
        for _ in range(200):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            born += 1
    except OSError:
        pass
    return born

def exists(path):
    return os.path.exists(path)

def listing(path):
    return sorted(os.listdir(path))

def environment():
    return dict(os.environ)

def identity():
    return [os.getuid(), os.getpid()]

def connect(port):
    socket.create_connection(("127.0.0.1", port), timeout=2)

def write(path):
    open(path, "w").close()

def todo():
    raise NotImplementedError("TODO task")

def babble():
    os.write(3, b"\\0" * 7 + b"\\x05hello" * 3)
    return 1
"""


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote(isolate="bubblewrap" in LAYERS, data=None)
    yield zygote
    zygote.close()


@pytest.fixture
def student(zygote):
    student = Student(backend(zygote, {"work.py": CODE}, BOUNDS))
    yield student
    student.close()


def test_arrays_and_tensors_go_in_and_come_out_as_copies(student):
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(student.work.double(x), 2 * x)
    assert student.work.spoil(x) == 0
    assert x[1, 2] == 5
    t = student.work.double(torch.ones(3, requires_grad=True))
    assert type(t) is torch.Tensor
    assert not t.requires_grad


def test_objects_stay_and_are_named_by_handles(student):
    net = student.keep(student.work.Network, 4)
    assert type(net) is Remote
    assert net(torch.zeros(5, 4)).shape == (5, 2)
    assert set(student.probes.parameters(net)) == {"layer.weight", "layer.bias"}
    holder = student.keep(student.work.state)
    assert [student.work.count(holder) for _ in range(3)] == [1, 2, 3]
    assert student.value(holder) == {"count": 3}
    _, (after,) = student.observe(student.work.spoil, np.ones(3))
    assert after.tolist() == [0, 0, 0]
    assert student.value(student.item(student.put([7, 8]), 1)) == 8


def test_an_exception_comes_with_its_text_and_the_students_own_lines(student):
    with pytest.raises(StudentError) as caught:
        student.work.wrong(3)
    assert caught.value.kind == "ValueError"
    assert [frame.function for frame in caught.value.frames] == ["wrong", "inner"]
    assert {frame.file for frame in caught.value.frames} == {"work.py"}
    assert "raise ValueError" in caught.value.frames[-1].source
    with pytest.raises(StudentError, match="cannot be had"):
        student.work.rude()
    with pytest.raises(StudentError, match=r"no file missing\.py"):
        student.missing.function()
    with pytest.raises(StudentError, match="TODO task"):
        student.attempt(student.work.todo)


def test_sys_exit_is_an_exception_like_any_other(student):
    with pytest.raises(StudentError, match="SystemExit"):
        student.work.leave(0)
    assert student.work.double(2) == 4


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("vanish", [0], r"ended the Python process \(exit status 0\)"),
        ("vanish", [3], r"exit status 3"),
        ("crash", [], r"killed by signal 11"),
        ("flood", [], r"printed more than it may"),
    ],
)
def test_a_process_that_ends_is_named_and_replaced(student, name, arguments, message):
    kept = student.keep(student.work.state)
    with pytest.raises(StudentError, match=message):
        getattr(student.work, name)(*arguments)
    assert student.work.double(4) == 8
    with pytest.raises(StudentError, match="stopped in an earlier check"):
        student.value(kept)
    assert student.value(student.keep(student.work.state)) == {"count": 0}


def test_a_check_that_is_stopped_leaves_a_fresh_worker_to_the_next(student):
    class Stop(BaseException):
        pass

    def stop(*_):
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(Stop):
            student.work.hang()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert student.work.double(4) == 8


def test_the_wall_clock_limit_of_a_submission_holds(zygote):
    bounds = msgspec.structs.replace(BOUNDS, wall_s=0.5)
    student = Student(backend(zygote, {"work.py": CODE}, bounds))
    with pytest.raises(StudentError, match="took longer than it may"):
        student.work.hang()
    with pytest.raises(StudentError, match="took longer than it may") as caught:
        student.work.double(1)  # a fresh worker gets no time of its own
    assert caught.value.kind == TIMED_OUT
    student.close()


def test_a_worker_that_waits_for_its_files_uses_up_none_of_its_time(zygote):
    bounds = msgspec.structs.replace(BOUNDS, wall_s=0.5)
    waiting = zygote.prepare(bounds)
    time.sleep(0.7)
    student = Student(backend(zygote, {"work.py": CODE}, bounds, first=waiting))
    assert student.work.double(1) == 2
    with pytest.raises(StudentError, match="took longer than it may"):
        student.work.hang()
    student.close()


def test_what_numpy_loads_at_its_first_use_is_there_before_any_student_needs_it(zygote):
    code = b"import sys\n\ndef loaded():\n    return 'numpy.random' in sys.modules\n"
    student = Student(backend(zygote, {"work.py": code}, BOUNDS))
    assert student.work.loaded()
    student.close()


def test_a_worker_that_died_while_it_waited_is_replaced(zygote):
    waiting = zygote.prepare(BOUNDS)
    waiting.end()
    student = Student(backend(zygote, {"work.py": CODE}, BOUNDS, first=waiting))
    assert student.work.double(1) == 2
    student.close()


@pytest.mark.parametrize("threads", [1, 2])
def test_torch_computes_on_as_many_threads_as_are_given(zygote, threads):
    bounds = msgspec.structs.replace(BOUNDS, threads=threads)
    code = b"import torch\n\ndef threads():\n    return torch.get_num_threads()\n"
    student = Student(backend(zygote, {"work.py": code}, bounds))
    assert student.work.threads() == threads
    student.close()


def test_cpu_time_is_limited(zygote):
    bounds = msgspec.structs.replace(BOUNDS, cpu_s=1)
    student = Student(backend(zygote, {"work.py": CODE}, bounds))
    with pytest.raises(StudentError, match="more processor time than it may"):
        student.work.hang()
    student.close()


def test_memory_files_and_processes_are_limited(student):
    with pytest.raises(StudentError, match=r"MemoryError|allocate"):
        student.work.hoard()
    with pytest.raises(StudentError, match=r"OSError|killed by signal 25"):
        student.work.fill()
    assert student.work.double(1) == 2


@sandboxed
def test_forks_are_limited_and_end_with_the_worker(student):
    assert 0 < student.work.breed() <= BOUNDS.processes


def test_a_result_too_large_for_a_frame_is_an_error_of_that_call_only(student):
    with pytest.raises(StudentError, match=r"cannot be sent|MemoryError|allocate"):
        student.work.huge()
    assert student.work.double(1) == 2


@sandboxed
def test_nothing_of_the_host_is_within_reach(student):
    here = Path(__file__).resolve()
    assert not student.work.exists(str(here))
    assert not student.work.exists(str(Path.home() / ".bashrc"))
    assert not student.work.exists("/etc/passwd")
    assert student.work.listing("/proc") == []
    assert student.work.listing(SCRATCH) == ["submission"]
    assert student.work.listing(f"{SCRATCH}/submission") == ["work.py"]
    uid, pid = student.work.identity()
    assert uid != 0
    assert pid == 1
    os.environ["CANARY"] = "secret"
    try:
        assert "CANARY" not in student.work.environment()
    finally:
        del os.environ["CANARY"]
    for place in ("/usr/new", f"{Path(np.__file__).parent}/new.py"):
        with pytest.raises(StudentError, match=r"Read-only|Permission"):
            student.work.write(place)


@sandboxed
def test_data_below_the_tmp_of_the_host_can_be_read_and_nothing_beside_it(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits").write_text("7")
    (tmp_path / "secret").write_text("8")
    assert tmp_path.is_relative_to(tempfile.gettempdir())
    zygote = Zygote(isolate=True, data=tmp_path / "data")
    student = Student(backend(zygote, {"work.py": CODE}, BOUNDS))
    assert student.work.exists(str(tmp_path / "data" / "digits"))
    assert not student.work.exists(str(tmp_path / "secret"))
    student.work.write("mine")
    for place in ("/new", f"{tmp_path}/new", f"{tmp_path}/data/new"):
        with pytest.raises(StudentError, match=r"Read-only|Permission"):
            student.work.write(place)
    student.close()
    zygote.close()


@sandboxed
def test_there_is_no_network(student):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        with pytest.raises(StudentError, match=r"unreachable|refused|not permitted"):
            student.work.connect(listener.getsockname()[1])
        with pytest.raises(TimeoutError):
            listener.accept()


@sandboxed
def test_workers_do_not_see_each_others_files(zygote, student):
    student.work.write(f"{SCRATCH}/mine")
    other = Student(backend(zygote, {"work.py": CODE}, BOUNDS))
    assert not other.work.exists(f"{SCRATCH}/mine")
    assert student.work.exists(f"{SCRATCH}/mine")
    other.close()


def test_a_snapshot_knows_what_was_and_tells_nothing_back(student):
    holder = student.keep(student.work.state)
    student.work.count(holder)
    with student.snapshot() as copy:
        assert copy.work.count(holder) == 2
        assert copy.work.count(holder) == 3
        with student.snapshot() as second:
            assert second.work.count(holder) == 2
    assert student.work.count(holder) == 2


THREADED = b"""
import torch

def total(size):
    return (torch.ones(size, dtype=torch.float64).exp().sum() / size).item()

def threads():
    return torch.get_num_threads()
"""


def test_a_snapshot_of_one_that_computed_on_two_threads_does_not_wait_for_them(zygote):
    bounds = msgspec.structs.replace(BOUNDS, threads=2, wall_s=20)
    student = Student(backend(zygote, {"threaded.py": THREADED}, bounds))
    size = 2**20
    value = student.threaded.total(size)
    assert student.threaded.threads() == 2
    with student.snapshot() as copy:
        assert copy.threaded.total(size) == pytest.approx(value)
        assert copy.threaded.threads() == 2
        with copy.snapshot() as second:
            assert second.threaded.total(size) == pytest.approx(value)
    assert student.threaded.total(size) == pytest.approx(value)
    student.close()


@sandboxed
def test_the_submission_anew_shares_nothing_with_the_one_before(student):
    holder = student.keep(student.work.state)
    student.work.write(f"{SCRATCH}/mine")
    with student.anew() as other:
        assert not other.work.exists(f"{SCRATCH}/mine")
        fresh = other.keep(other.work.state)
        assert other.work.count(fresh) == 1
        other.work.write(f"{SCRATCH}/theirs")
    assert not student.work.exists(f"{SCRATCH}/theirs")
    assert student.work.count(holder) == 1
    with pytest.raises(StudentError, match="ProcessEnded"):
        other.work.double(1)


@sandboxed
def test_a_snapshot_and_its_original_share_files_which_is_why_there_is_anew(student):
    with student.snapshot() as copy:
        copy.work.write(f"{SCRATCH}/left")
    assert student.work.exists(f"{SCRATCH}/left")


def test_bytes_on_the_channel_out_of_turn_are_a_violation_and_never_an_answer(student):
    with pytest.raises(ViolationError, match="interfered"):
        student.work.babble()
    assert student.work.double(3) == 6


def processes_of(parent):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found += [int(stat.parent.name), *processes_of(int(stat.parent.name))]
    return found


def test_closing_a_zygote_leaves_no_process():
    zygote = Zygote(isolate="bubblewrap" in LAYERS, data=None)
    student = Student(backend(zygote, {"work.py": CODE}, BOUNDS))
    assert student.work.double(1) == 2
    family = [zygote._process.pid, *processes_of(zygote._process.pid)]
    assert len(family) >= 3
    zygote.close()
    student.close()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


def test_a_dead_zygote_is_told_from_a_dead_worker(student):
    zygote = Zygote(isolate="bubblewrap" in LAYERS, data=None)
    zygote._process.kill()
    zygote._process.wait()
    victim = Student(backend(zygote, {"work.py": CODE}, BOUNDS))
    with pytest.raises((SandboxError, StudentError)):
        victim.work.double(1)
    victim.close()
    zygote.close()


def test_missing_bubblewrap_is_an_error_that_names_the_fix(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        Zygote(isolate=True, data=None)


def test_without_isolation_workers_still_answer_and_clean_up():
    zygote = Zygote(isolate=False, data=None)
    bounds = msgspec.structs.replace(BOUNDS, namespaces=False)
    student = Student(RemoteBackend(lambda: zygote.spawn({"work.py": CODE}, bounds)))
    folder = student.work.listing(".")
    assert folder == ["work.py"]
    student.close()
    zygote.close()
