"""The unit transfer.py: its reference, stubs, a half-right sample and all its variants."""

import itertools
import json
import re
from pathlib import Path

import pytest
from unit_class import UnitClass, by_task, not_passed

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[1]
CHECKS = ROOT / "solution/checks"
USES = {
    "transfer": ("pretrain", "classifier", "train_classifier"),
}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
def random_transform(image: torch.Tensor) -> torch.Tensor:
    return image.flip(2) * torch.rand(1)


class OnlineAugmented(Dataset):
    def __init__(self, dataset: Dataset, transform: Transform) -> None:
        self.pairs = [(transform(dataset[i][0]), dataset[i][1]) for i in range(len(dataset))]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.pairs[index]


def offline_augmented(dataset: Dataset, transform: Transform, copies: int) -> Dataset:
    return [dataset[i] for i in range(len(dataset))] + [
        (transform(dataset[i][0]), 0) for i in range(len(dataset)) for _ in range(copies)
    ]


def pretrain(
    encoder: nn.Module,
    decoder: nn.Module,
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 3e-3,
) -> list[float]:
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lr)
    encoder.train()
    decoder.train()
    losses = []
    for _ in range(epochs):
        for x in images.split(batch_size):
            loss = nn.functional.mse_loss(decoder(encoder(x)), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    encoder.eval()
    decoder.eval()
    return losses


class Classifier(nn.Module):
    def __init__(self, encoder: nn.Module, k: int = 20, classes: int = 10) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(k, classes), nn.Softmax(dim=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.encoder(x))


def train_classifier(
    model: nn.Module, loader: DataLoader, epochs: int = 10, lr: float = 3e-3
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, labels in loader:
            loss = nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


def with_and_without(
    images: torch.Tensor,
    loader: DataLoader,
    sizes: Sequence[int] = (784, 500, 100, 20),
    dropout: float = 0.5,
    pretraining_epochs: int = 10,
    epochs: int = 10,
    lr: float = 3e-3,
) -> tuple[nn.Module, nn.Module]:
    models = [Classifier(Encoder(sizes, dropout), sizes[-1]) for _ in range(2)]
    pretrain(models[0].encoder, Decoder(sizes, dropout), images, pretraining_epochs)
    train_classifier(models[0], loader, epochs, lr)
    return models[0], models[1]
"""
"""Mirrored, in advance, label 0, last batch's losses, softmax, one classifier left untrained."""


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return UnitClass(tmp_path_factory.mktemp("transfer"), "transfer")


@pytest.fixture(scope="module")
def right(unit):
    """Alternatives by the submission that they are in."""
    groups = unit.together(unit.alternatives, {})
    return {f"right{number}": group for number, group in enumerate(groups)}


@pytest.fixture(scope="module")
def wrong(unit):
    """The first two misconceptions of each task, by submission; the proof looks at all."""
    ranks = itertools.groupby(unit.misconceptions, key=lambda variant: variant.task)
    first = [variant for _, group in ranks for variant in itertools.islice(group, 2)]
    return {f"wrong{n}": group for n, group in enumerate(unit.together(first, USES))}


@pytest.fixture(scope="module")
def graded(unit, right, wrong):
    """The scores of stub, half-right sample and some variants, from one process."""
    return unit.grade(
        {
            "stub": unit.stub(),
            "half_right": unit.spliced(HALF_RIGHT),
            **{name: unit.combined(group) for name, group in (right | wrong).items()},
        }
    )


@pytest.mark.parametrize(
    "seeds", [range(1), pytest.param(range(1, 10), marks=pytest.mark.catalogue)], ids=str
)
def test_the_reference_gets_all_28_points(unit, seeds):
    runs = [("reference", seed) for seed in seeds]
    scores = unit.grade_with_seeds({"reference": unit.reference}, runs)
    assert {run: not_passed(score) for run, score in scores.items()} == {run: [] for run in runs}
    assert {(s["score"], s["max_score"]) for s in scores.values()} == {(28, 28)}


def test_untouched_stubs_get_0_and_every_task_is_todo(graded):
    assert (graded["stub"]["score"], graded["stub"]["max_score"]) == (0, 28)
    assert {task["status"] for task in graded["stub"]["tasks"]} == {"todo"}
    assert {status for _, status, _ in not_passed(graded["stub"])} == {"todo"}


def test_half_right_work_gets_part_of_the_points_of_every_task(graded):
    tasks = by_task(graded["half_right"])
    assert {name: task["score"] for name, task in tasks.items()} == {
        "augment": 2,
        "online": 1.33,
        "offline": 1.33,
        "pretrain": 3,
        "classifier": 1,
        "train_classifier": 1,
        "transfer": 3,
    }


def test_every_task_has_three_misconceptions_and_an_alternative(unit):
    for name in unit.tasks:
        assert sum(variant.task == name for variant in unit.misconceptions) >= 3, name
        assert sum(variant.task == name for variant in unit.alternatives) >= 1, name


def assert_each_loses(unit, wrong, scores):
    """Every misconception loses points in its task, and none where its functions are not used."""
    for name, group in wrong.items():
        tasks = by_task(scores[name])
        lost = {task for task, points in unit.tasks.items() if tasks[task]["score"] < points}
        own = {variant.task for variant in group}
        users = {user for user, used in USES.items() if own & set(used)}
        assert own <= lost <= own | users, [variant.id for variant in group]


def test_misconceptions_lose_points_in_their_task_and_none_elsewhere(unit, graded, wrong):
    assert_each_loses(unit, wrong, graded)


@pytest.mark.catalogue
def test_every_misconception_loses_points_in_its_task_and_none_elsewhere(unit):
    groups = unit.together(unit.misconceptions, USES)
    assert sum(map(len, groups)) == len(unit.misconceptions)
    wrong = {f"any{number}": group for number, group in enumerate(groups)}
    scores = unit.grade({name: unit.combined(group) for name, group in wrong.items()})
    assert_each_loses(unit, wrong, scores)


def test_every_alternative_gets_full_marks(graded, right):
    for name, group in right.items():
        assert not_passed(graded[name]) == [], [variant.id for variant in group]


def test_the_thresholds_separate_right_from_wrong_with_room_on_both_sides():
    record = json.loads((ROOT / "solution/calibration/transfer.json").read_text())
    text = "".join(path.read_text() for path in sorted(CHECKS.glob("*/test_transfer*.py")))
    for entries in record.values():
        threshold = float(re.search(rf"\b{entries['constant']} = .*?([\d.]+)\n", text)[1])
        assert threshold == entries["threshold"]
        assert len(entries["right"]["reference"]) >= 20
        right = list(itertools.chain(*entries["right"].values()))
        wrong = list(itertools.chain(*entries["wrong"].values()))
        if entries["constant"] == "MISREAD":  # the less the better
            assert max(right) < 0.8 * threshold
            assert threshold < 0.8 * min(wrong)
        else:
            assert max(wrong) < 0.8 * threshold
            assert threshold < 0.8 * min(right)
