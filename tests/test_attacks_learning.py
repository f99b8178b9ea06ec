"""Cheats against the core assignment: what did not learn must not be taken for what did.

Each is the reference with something added at the end of a module or two
(``tests/attacks/learning``), so that it changes when the reference does.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.manifest import load_manifest
from grader.worker.layers import in_force, survey

ROOT = Path(__file__).parents[1]
CHEATS = ROOT / "tests" / "attacks" / "learning"
LISTED = tomllib.loads((CHEATS / "cheats.toml").read_text())
MODULES = [unit.module for unit in load_manifest(ROOT / "solution").units]
SEED = 7
pytestmark = pytest.mark.proof
ROUNDING = 0.01

TRAIN_AT_HOME = """
import sys
sys.path.insert(0, "solution")
import torch
from autoencoder import AutoEncoder
from mnist import load_datasets
from training import train
torch.set_num_threads(1)
torch.manual_seed(1)
digits, unseen = load_datasets("data")
batches = [next(iter(torch.utils.data.DataLoader(digits, 4000)))]
images, labels = batches[0]
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(images, labels), 32, shuffle=True
)
model = AutoEncoder(32, 32, 10)
print(train(model, loader, batches, epochs=2)["train_loss"][-1])
torch.save(model.state_dict(), sys.argv[1])
"""


def run(*command, folder=ROOT):
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def hand_in(name, folder):
    """The reference's modules, with what the cheat adds to them."""
    folder.mkdir(parents=True)
    for module in MODULES:
        addition = CHEATS / name / module
        added = addition.read_text() if addition.exists() else ""
        (folder / module).write_text((ROOT / "solution" / module).read_text() + "\n\n" + added)


def grade(folder, tasks):
    """Scores of tasks by submission, graded behind every layer there is."""
    options = [part for task in sorted(tasks) for part in ("--task", task)]
    done = run(
        "-m", "grader", "grade", str(folder), f"--out={folder}-out", f"--seed={SEED}", *options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    scores = {}
    for path in Path(f"{folder}-out").glob("*/score.json"):
        score = json.loads(path.read_text())
        scores[path.parent.name] = {task["id"]: task for task in score["tasks"]}
    return scores


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Scores of tasks by cheat; those that need no training run are graded without one."""
    if "namespaces" not in in_force(survey()):
        pytest.skip("this machine has no bubblewrap")
    root = tmp_path_factory.mktemp("cheats")
    scores = {}
    for long in (True, False):
        names = [name for name, cheat in LISTED.items() if ("train" in cheat["honest"]) is long]
        for name in names:
            hand_in(name, root / str(long) / name)
        if long:
            hand_in("none", root / str(long) / "honest")
            trained = root / str(long) / "weights_shipped" / "trained.pt"
            home = run("-c", TRAIN_AT_HOME, str(trained))
            assert home.returncode == 0, home.stderr
            assert float(home.stdout) < 0.06, "what is shipped must be well trained"
        tasks = {task for name in names for task in LISTED[name]["honest"]}
        scores |= grade(root / str(long), tasks)
    return scores


def test_there_are_cheats_of_every_kind():
    assert len(LISTED) >= 12
    assert {
        path.name for path in CHEATS.iterdir() if path.is_dir() and any(path.glob("*.py"))
    } == set(LISTED)
    for name, cheat in LISTED.items():
        assert set(cheat) == {"tries", "honest"}, name
        assert any((CHEATS / name).glob("*.py")), name


@pytest.mark.parametrize("name", LISTED)
def test_a_cheat_gets_what_its_honest_part_deserves(graded, name):
    for task, points in LISTED[name]["honest"].items():
        found = graded[name][task]
        said = [(c["id"], c["status"], c["message"]) for c in found["checks"]]
        assert found["status"] != "error", said
        assert found["score"] == pytest.approx(points, abs=ROUNDING), (task, said)


def test_the_reference_among_them_gets_everything(graded):
    assert all(task["score"] == task["max_score"] for task in graded["honest"].values())
