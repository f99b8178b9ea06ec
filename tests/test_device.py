"""``--device``: what is chosen, what the sandbox then hands out, and what is recorded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from confined import script

from grader.batch.device import CONTEXT_MB, Device, DeviceError, at_a_time, choose
from grader.judge.workers import SandboxError, Zygote
from grader.worker import gpu, landlock
from grader.worker.layers import in_force, survey
from grader.worker.sandbox import zygote_command

HERE = in_force(survey())
needs_bubblewrap = pytest.mark.skipif(
    "namespaces" not in HERE, reason="this machine has no bubblewrap"
)
needs_gpu = pytest.mark.skipif(not gpu.nodes(), reason="this machine has no graphics processor")
needs_none = pytest.mark.skipif(bool(gpu.nodes()), reason="this machine has a graphics processor")


def test_the_cpu_is_taken_without_asking_for_anything():
    assert choose("cpu", pytest.fail, ask=lambda: pytest.fail("asked")) == Device()


def test_auto_takes_a_gpu_only_where_there_is_one():
    said = []
    assert choose("auto", said.append, ask=list) == Device()
    assert said == []
    found = choose("auto", said.append, ask=lambda: [81920, 24576])
    assert (found.kind, found.memory_mb) == ("cuda", 81920)
    assert "--device cpu closes it" in said[0]


def test_cuda_where_there_is_none_is_an_error_that_names_the_fix():
    with pytest.raises(DeviceError, match=r"--device cuda: .*nvidia-smi.*--device cpu"):
        choose("cuda", pytest.fail, ask=list)


@pytest.mark.parametrize(
    ("jobs", "memory_mb", "expected"), [(8, 2048, 8), (64, 2048, 30), (8, 200_000, 1)]
)
def test_jobs_share_a_gpu_as_far_as_its_memory_goes(jobs, memory_mb, expected):
    device = Device(kind="cuda", memory_mb=30 * (2048 + CONTEXT_MB) + 5)
    assert at_a_time(jobs, device, memory_mb) == expected
    assert at_a_time(jobs, Device(), memory_mb) == jobs


def test_only_device_nodes_of_the_driver_are_handed_out(tmp_path):
    for name in ("nvidia0", "nvidia12", "nvidiactl", "nvidia-uvm", "nvidia-caps", "sda"):
        (tmp_path / name).symlink_to("/dev/null")
    (tmp_path / "nvidia1").write_text("a file, no device")
    (tmp_path / "nvidia2").mkdir()
    found = [path.name for path in gpu.nodes(tmp_path)]
    assert found == ["nvidiactl", "nvidia-uvm", "nvidia0", "nvidia12"]


def test_bubblewrap_shows_a_device_only_where_it_is_handed_out():
    node = Path("/dev/nvidia0")
    command = zygote_command(isolate=True, data=None, devices=[node])
    place = command.index("--dev-bind-try")
    assert command[place + 1 : place + 3] == [str(node), str(node)]
    assert place < command.index("--remount-ro")
    assert "--dev-bind-try" not in zygote_command(isolate=True, data=None)


OPEN = """
privileges.set_no_new_privs()
landlock.restrict(readable=[], own=[], devices=[Path(name) for name in {devices}])
try:
    open("/dev/full", "r+b", buffering=0).close()
    print("open")
except PermissionError:
    print("refused")
"""


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
@pytest.mark.parametrize(("devices", "outcome"), [([], "refused"), (["/dev/full"], "open")])
def test_landlock_opens_a_device_only_where_it_is_handed_out(devices, outcome):
    assert script(OPEN.format(devices=devices)) == outcome


@pytest.mark.skipif("landlock" not in HERE, reason="this machine has no Landlock")
def test_a_device_reaches_workers_as_their_trial_finds_out():
    full = [Path("/dev/full")]  # which the trial of Landlock tries to open
    with pytest.raises(SandboxError, match="landlock: read a file outside"):
        Zygote(isolate="bubblewrap" in HERE, data=None, layers=HERE, devices=full)


@needs_none
def test_a_gpu_that_does_not_work_in_the_sandbox_is_found_out_before_any_submission():
    with pytest.raises(SandboxError, match="inside the sandbox the graphics processor does not"):
        Zygote(isolate="bubblewrap" in HERE, data=None, layers=HERE, cuda=True)


def grade(folder, *arguments):
    command = [sys.executable, "-m", "grader", "grade", "class", "--seed=3", "--jobs=2"]
    return subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@needs_none
def test_cuda_without_a_gpu_ends_the_command_with_the_fix(tmp_path):
    tiny.write(tmp_path / "solution")
    (tmp_path / "class/kim").mkdir(parents=True)
    (tmp_path / "class/kim/ridge.py").write_text(tiny.SOLUTION)
    done = grade(tmp_path, "--device=cuda")
    assert done.returncode == 2
    assert "--device cuda: there is none here" in done.stderr


ASKS = '''

@pytest.mark.task("predict")
def test_where(device, metric):
    """The device is known."""
    metric("on_cpu", device == "cpu")
'''


@needs_none
@pytest.mark.parametrize(("wanted", "status"), [("auto", 0), ("cuda", 4)])
def test_pytest_takes_a_device_too(tmp_path, wanted, status):
    tiny.write(tmp_path / "solution", **{"checks/public/test_ridge.py": tiny.PUBLIC + ASKS})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "solution", f"--device={wanted}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    if wanted == "cuda":
        assert "torch finds no graphics processor" in done.stderr
    else:
        score = json.loads((tmp_path / "scores.json").read_text())
        assert score["environment"]["device"] == "cpu"
        assert score["tasks"][1]["metrics"]["on_cpu"] == 1


HUNGRY = """
import torch


def solve(device, megabytes):
    # BEGIN SOLUTION solve
    return torch.ones(megabytes * 2**18, device=device).mean()
    # END SOLUTION


def predict(device):
    # BEGIN SOLUTION predict
    return torch.ones(3, device=device) * 2
    # END SOLUTION
"""
ON_DEVICE = '''
import pytest
import torch
from grader.checks import assert_tensor


@pytest.mark.task("solve")
def test_much(student, device):
    """More than a submission may have."""
    student.ridge.solve(device, 100_000)


@pytest.mark.task("predict")
def test_little(student, device):
    """A little."""
    assert_tensor(student.ridge.predict(device), name="predict", shape=(3,))
'''


@needs_gpu
@needs_bubblewrap
def test_a_submission_that_takes_too_much_memory_of_the_gpu_loses_that_check_only(tmp_path):
    tiny.write(tmp_path / "solution", **{"ridge.py": HUNGRY})
    checks = tmp_path / "solution/checks"
    (checks / "public/test_ridge.py").write_text(ON_DEVICE)
    (checks / "hidden/test_ridge_hidden.py").unlink()
    text = (tmp_path / "solution/assignment.toml").read_text()
    (tmp_path / "solution/assignment.toml").write_text(text.replace(', depends = ["solve"]', ""))
    for name in "abcd":
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "ridge.py").write_text(HUNGRY)
    done = grade(tmp_path, "--device=cuda")
    assert done.returncode == 0, done.stderr
    for name in "abcd":
        score = json.loads((tmp_path / "results" / name / "score.json").read_text())
        much, little = score["tasks"]
        assert much["checks"][0]["status"] == "crashed"
        assert "out of memory" in much["checks"][0]["message"]
        assert little["status"] == "passed"
        assert score["environment"]["device"] == "cuda"
