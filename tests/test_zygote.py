"""Without a pid namespace a keeper itself sees to it that nothing is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.judge.sandboxed import backend
from grader.judge.student import Student
from grader.judge.workers import Zygote
from grader.worker.bounds import Bounds

BOUNDS = Bounds(
    memory_mb=256,
    processes=30,
    files_mb=8,
    output_mb=1,
    cpu_s=20,
    wall_s=60,
    namespaces=False,
)
CODE = b"""
import os, tempfile, time

def flee():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        child = os.fork()
        if child == 0:
            time.sleep(600)
        os.write(writer, str(child).encode())
        os._exit(0)
    return int(os.read(reader, 20))

def bury():
    start = os.getcwd()
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(start)
    os.mkdir("closed")
    open("closed/file", "w").close()
    os.chmod("closed", 0)
    return start

def temporary():
    with tempfile.NamedTemporaryFile() as stream:
        return [stream.name, os.environ["HOME"], os.environ["MPLCONFIGDIR"]]
"""


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote(isolate=False, data=None)
    yield zygote
    zygote.close()


@pytest.fixture
def student(zygote):
    student = Student(backend(zygote, {"work.py": CODE}, BOUNDS))
    yield student
    student.close()


def gone(place):
    deadline = time.monotonic() + 20
    while place.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not place.exists()


def test_a_process_that_leaves_its_session_and_its_parent_ends_with_the_worker(student):
    place = Path(f"/proc/{student.work.flee()}")
    assert place.exists()
    student.close()
    assert gone(place)


def test_a_folder_is_removed_however_deep_and_closed_it_is(student):
    private = Path(student.work.bury()).parent
    assert private.name.startswith("worker.")
    student.close()
    assert gone(private)


def test_temporary_files_go_where_a_worker_may_write(student):
    name, home, config = student.work.temporary()
    assert Path(name).parent == Path(home) == Path(config)
    assert Path(home).name.startswith("worker.")


JUDGE = f"""
import sys, time
from grader.judge.sandboxed import backend
from grader.judge.student import Student
from grader.judge.workers import Zygote
from grader.worker.bounds import Bounds
zygote = Zygote(isolate=False, data=None)
student = Student(backend(zygote, {{"work.py": {CODE!r}}}, {BOUNDS!r}))
print(student.work.temporary()[1], student.work.flee(), flush=True)
time.sleep(600)
"""


def test_what_a_worker_leaves_is_gone_also_when_its_judge_and_zygote_are_killed_at_once():
    command = [sys.executable, "-P", "-c", JUDGE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as judge:
        folder, child = judge.stdout.readline().split()
        assert Path(folder).exists()
        assert Path("/proc", child).exists()
        os.killpg(judge.pid, signal.SIGKILL)
    assert gone(Path(folder))
    assert gone(Path("/proc", child))
