import functools
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import torch

from grader import torchvision_cpu

DATA = Path(__file__).parents[1] / "data"
CPU_ON_LINUX = sys.platform == "linux" and torch.version.cuda is None and torch.version.hip is None
only_cpu_on_linux = pytest.mark.skipif(
    not CPU_ON_LINUX, reason="the module acts only where torch is a CPU build for Linux"
)


def python(program, *arguments, path=None):
    """Run a program in a fresh interpreter; what came of it."""
    start = f"import sys; sys.path.insert(0, {str(path)!r})\n" if path else ""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", start + program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )


def printed(program, *arguments, path=None):
    done = python(program, *arguments, path=path)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@functools.cache
def alone():
    """Whether this machine's torchvision imports without help."""
    done = python("import torchvision")
    if done.returncode:
        assert "torchvision::nms does not exist" in done.stderr
    return done.returncode == 0


def test_digits_can_be_read_as_tensors_and_a_second_call_is_harmless():
    program = """
import sys
import grader.torchvision_cpu as shim
assert "torchvision" not in sys.modules
shim.ensure()
first = list(shim._declared)
import torchvision
shim.ensure()
assert shim._declared == first
digits = torchvision.datasets.MNIST(sys.argv[1], transform=torchvision.transforms.ToTensor())
image, label = digits[7]
print(*image.shape, image.dtype, len(digits), float(image.max()) <= 1, type(label).__name__)
"""
    assert printed(program, DATA) == ["1", "28", "28", "torch.float32", "4000", "True", "int"]


def test_operators_are_declared_exactly_where_torchvision_cannot_be_imported_without():
    program = "import grader.torchvision_cpu as shim; print(len(shim._declared))"
    assert printed(program) == ["0" if alone() else "1"]


def test_an_import_that_failed_before_can_be_repeated():
    program = """
try:
    import torchvision
except RuntimeError:
    print("failed")
import grader.torchvision_cpu
import torchvision
print(torchvision.transforms.ToTensor.__name__)
"""
    assert printed(program) == ([] if alone() else ["failed"]) + ["ToTensor"]


DECLARED_BEFORE = """
import sys, torch
from torch import library
declared = library.Library("torchvision", "DEF")
for name in sys.argv[1:]:
    declared.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import grader.torchvision_cpu as shim
assert all(hasattr(torch.ops.torchvision, name) for name in ("nms", "qnms"))
print(len(shim._declared))
"""


def test_where_the_operators_exist_already_nothing_is_declared():
    assert printed(DECLARED_BEFORE, "nms", "qnms") == ["0"]


@only_cpu_on_linux
def test_where_one_operator_exists_already_only_the_other_is_declared():
    if alone():
        pytest.skip("this machine's torchvision is whole")
    assert printed(DECLARED_BEFORE, "nms") == ["1"]


@pytest.fixture
def package(tmp_path):
    """A folder with a package named torchvision; the package's folder."""
    folder = tmp_path / "site" / "torchvision"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise AssertionError('torchvision was imported')\n")
    return folder


STATE = "import grader.torchvision_cpu as shim; print(len(shim._declared))"


@only_cpu_on_linux
def test_a_compiled_part_that_loads_means_nothing_is_declared(package):
    # Any real shared library will do: torch's own, which this process has loaded before.
    library = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    (package / "_C.so").symlink_to(library)
    assert printed(STATE, path=package.parent) == ["0"]


@only_cpu_on_linux
@pytest.mark.parametrize("name", ["_C.so", "_C" + (sysconfig.get_config_var("EXT_SUFFIX") or "")])
def test_a_compiled_part_that_does_not_load_is_made_up_for(package, name):
    (package / name).write_bytes(b"\x7fELF, or so it says")
    assert printed(STATE, path=package.parent) == ["1"]


@only_cpu_on_linux
def test_other_libraries_of_torchvision_do_not_count(package):
    shutil.copy(Path(torch.__file__).parent / "lib" / "libshm.so", package / "image.so")
    assert printed(STATE, path=package.parent) == ["1"]


def test_without_torchvision_nothing_is_declared():
    # A search that leaves torchvision out, as on a machine where it is not installed.
    program = """
import sys, importlib.machinery
import torch, grader
class Hidden(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "torchvision" else super().find_spec(name, path, target)
sys.meta_path[:] = [Hidden if f is importlib.machinery.PathFinder else f for f in sys.meta_path]
import grader.torchvision_cpu as shim
print(len(shim._declared))
"""
    assert printed(program) == ["0"]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_on_macos_and_windows_torchvision_is_left_alone(platform, monkeypatch):
    monkeypatch.setattr(sys, "platform", platform)
    assert torchvision_cpu._needed() is False


def test_a_cuda_build_of_torch_is_left_alone(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", "12.6")
    assert torchvision_cpu._needed() is False
