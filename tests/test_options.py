import pytest
import tiny

from grader.batch.device import Device
from grader.batch.options import judge_options
from grader.manifest import load_manifest

TORCH = tiny.SOLUTION.replace("import numpy as np\n", "import numpy as np\nimport torch\n", 1)


def preloaded(folder, **files):
    root = tiny.write(folder, **files)
    options = judge_options(
        root, load_manifest(root), tasks=[], layers=[], sandbox="none", device=Device()
    )
    return options.preload


def test_torch_is_loaded_ahead_only_for_modules_that_import_it(tmp_path):
    assert preloaded(tmp_path / "numpy") == []
    assert preloaded(tmp_path / "torch", **{"ridge.py": TORCH}) == ["torch"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ridge.py", TORCH + "\n\ndef fit(p):\n    return torch.optim.SGD(p, lr=0.1)\n"),
        ("ridge.py", TORCH + "\nfrom torch import optim\n"),
        ("ridge.py", TORCH + "\n\ndef fit(optimizer):\n    optimizer.step()\n"),
        (
            "checks__hidden__test_more_hidden.py",
            "def trains(student):\n    student.probes.convolutions(1)\n",
        ),
    ],
)
def test_what_optimizers_and_traces_load_is_loaded_ahead_where_they_are_used(tmp_path, name, text):
    files = {"ridge.py": TORCH, name: text}
    assert preloaded(tmp_path / "course", **files) == ["torch", "torch._dynamo"]


def test_a_word_that_contains_it_is_no_optimizer(tmp_path):
    text = TORCH + "\n\ndef optimal(x):\n    return torch.tensor(x)\n"
    assert preloaded(tmp_path / "course", **{"ridge.py": text}) == ["torch"]
