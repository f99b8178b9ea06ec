"""The unit fully_connected.py: its reference, stubs, a half-right sample and all its variants."""

import itertools
import json
import re
from pathlib import Path

import pytest
from unit_class import UnitClass, by_task, not_passed

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[1]
CHECKS = "solution/checks/public/test_fully_connected.py"
USES = {
    "train_fc": ("normalised_pixels", "deep_fc"),
    "latent_sweep": ("normalised_pixels", "shallow", "train_fc"),
}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
def denormalise(rows: torch.Tensor, height: int = 28, width: int = 28) -> torch.Tensor:
    return (rows * STD + MEAN).clamp(0, 1).reshape(-1, 1, height, width)


class Shallow(nn.Module):
    def __init__(self, hidden: int, pixels: int = 784) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(hidden, pixels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class Deep(nn.Module):
    def __init__(self, sizes: Sequence[int] = (784, 500, 100, 20), dropout: float = 0.5) -> None:
        super().__init__()
        encoder: list[nn.Module] = []
        for before, after in pairwise(sizes):
            encoder += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout)]
        self.encoder = nn.Sequential(*encoder)
        decoder: list[nn.Module] = []
        for before, after in pairwise(sizes[::-1]):
            decoder += [nn.Linear(before, after), nn.ReLU()]
        self.decoder = nn.Sequential(*decoder[:-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


def loss_floor(x: torch.Tensor) -> float:
    return torch.mean((x - nearest_reachable(x))[x > 1] ** 2).item()


def train_fc(
    model: nn.Module,
    loader: DataLoader,
    epochs: int = 25,
    lr: float = 1e-3,
    weight_decay: float = 1e-5,
    watched: torch.Tensor | None = None,
    every: int = 5,
) -> tuple[list[float], list[torch.Tensor]]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    losses, snapshots = [], []
    for epoch in range(1, epochs + 1):
        for images, _ in loader:
            x = normalise(images)
            loss = nn.functional.mse_loss(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        if watched is not None and epoch % every == 0:
            model.eval()
            snapshots.append(model(normalise(watched)).detach())
    return losses, snapshots


def latent_sweep(
    widths: Sequence[int], loader: DataLoader, epochs: int = 25, lr: float = 1e-3
) -> tuple[list[nn.Module], list[list[float]]]:
    models = [Shallow(width) for width in widths]
    return models, [train_fc(model, loader, epochs)[0] for model in models]


def snapshots_figure(
    images: torch.Tensor, snapshots: Sequence[torch.Tensor], every: int = 5
) -> Figure:
    return draw_grid("Snapshots", [images, *snapshots], ["input", *"abcdefgh"[: len(snapshots)]],
                     across=False)
"""
"""Cut off; no Tanh; no batch norm; one side of the floor; the last batch; lr not passed on."""


def hasten(unit):
    """Let the training runs be two steps long, and their thresholds such that all pass."""
    checks = unit.folder / CHECKS
    text = checks.read_text()
    for name, value in (
        ("TRAINING, UNSEEN, BATCH", "80, 20, 40"),
        ("SWEEP_TRAINING, SWEEP_BATCH, SWEEP_EPOCHS, SWEEP_LR", "80, 40, 1, 1e-3"),
        ("THRESHOLD", "1e9"),
        ("DROP", "-1e9"),
        ("WIDEST", "1e9"),
    ):
        text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        assert count == 1
    checks.write_text(text)


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return UnitClass(tmp_path_factory.mktemp("fully_connected"), "fully_connected")


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    """The same with a training run that is over at once and teaches nothing."""
    unit = UnitClass(tmp_path_factory.mktemp("fast"), "fully_connected")
    hasten(unit)
    return unit


@pytest.fixture(scope="module")
def right(fast):
    """Alternatives by the submission that they are in."""
    groups = fast.together(fast.alternatives, {})
    return {f"right{number}": group for number, group in enumerate(groups)}


@pytest.fixture(scope="module")
def wrong(fast):
    """The first two misconceptions of each task, by submission; the proof looks at all."""
    ranks = itertools.groupby(fast.misconceptions, key=lambda variant: variant.task)
    first = [variant for _, group in ranks for variant in itertools.islice(group, 2)]
    return {f"wrong{n}": group for n, group in enumerate(fast.together(first, USES))}


@pytest.fixture(scope="module")
def graded(fast, right, wrong):
    """The scores of stub, half-right sample and some variants, from one process."""
    return fast.grade(
        {
            "stub": fast.stub(),
            "half_right": fast.spliced(HALF_RIGHT),
            **{name: fast.combined(group) for name, group in (right | wrong).items()},
        }
    )


@pytest.mark.parametrize(
    "seeds", [range(1), pytest.param(range(1, 10), marks=pytest.mark.catalogue)], ids=str
)
def test_the_reference_gets_all_30_points(unit, seeds):
    runs = [("reference", seed) for seed in seeds]
    scores = unit.grade_with_seeds({"reference": unit.reference}, runs)
    assert {run: not_passed(score) for run, score in scores.items()} == {run: [] for run in runs}
    assert {(s["score"], s["max_score"]) for s in scores.values()} == {(30, 30)}


def test_untouched_stubs_get_0_and_every_task_is_todo(graded):
    assert (graded["stub"]["score"], graded["stub"]["max_score"]) == (0, 30)
    assert {task["status"] for task in graded["stub"]["tasks"]} == {"todo"}
    assert {status for _, status, _ in not_passed(graded["stub"])} == {"todo"}


def test_half_right_work_gets_part_of_the_points_of_every_task(graded):
    tasks = by_task(graded["half_right"])
    assert {name: task["score"] for name, task in tasks.items()} == {
        "normalised_pixels": 1.5,
        "shallow": 2,
        "deep_fc": 3.75,
        "loss_floor": 1.6,
        "train_fc": 2.25,
        "latent_sweep": 3,
        "fc_figures": 3,
    }


def test_every_task_has_three_misconceptions_and_an_alternative(fast):
    for name in fast.tasks:
        assert sum(variant.task == name for variant in fast.misconceptions) >= 3, name
        assert sum(variant.task == name for variant in fast.alternatives) >= 1, name


def assert_each_loses(unit, wrong, scores):
    """Every misconception loses points in its task, and none where its functions are not used."""
    for name, group in wrong.items():
        tasks = by_task(scores[name])
        lost = {task for task, points in unit.tasks.items() if tasks[task]["score"] < points}
        own = {variant.task for variant in group}
        users = {user for user, used in USES.items() if own & set(used)}
        assert own <= lost <= own | users, [variant.id for variant in group]


def test_misconceptions_lose_points_in_their_task_and_none_elsewhere(fast, graded, wrong):
    assert_each_loses(fast, wrong, graded)


@pytest.mark.catalogue
def test_every_misconception_loses_points_in_its_task_and_none_elsewhere(fast):
    groups = fast.together(fast.misconceptions, USES)
    assert sum(map(len, groups)) == len(fast.misconceptions)
    wrong = {f"any{number}": group for number, group in enumerate(groups)}
    scores = fast.grade({name: fast.combined(group) for name, group in wrong.items()})
    assert_each_loses(fast, wrong, scores)


def test_every_alternative_gets_full_marks(graded, right):
    for name, group in right.items():
        assert not_passed(graded[name]) == [], [variant.id for variant in group]


@pytest.mark.catalogue
def test_alternatives_learn_as_well_as_the_reference(unit):
    groups = {f"own{n}": group for n, group in enumerate(unit.together(unit.alternatives, {}))}
    scores = unit.grade({name: unit.combined(group) for name, group in groups.items()})
    for name, group in groups.items():
        assert not_passed(scores[name]) == [], [variant.id for variant in group]


def test_the_thresholds_separate_right_from_wrong_with_room_on_both_sides():
    record = json.loads((ROOT / "solution/calibration/fully_connected.json").read_text())
    checks = (ROOT / CHECKS).read_text()
    for entries in record.values():
        threshold = float(re.search(rf"(?m)^{entries['constant']} = (\S+)$", checks)[1])
        assert threshold == entries["threshold"]
        assert len(entries["right"]["reference"]) >= 20
        right = list(itertools.chain(*entries["right"].values()))
        wrong = list(itertools.chain(*entries["wrong"].values()))
        if entries["constant"] == "DROP":  # the more the better
            assert max(wrong) < 0.8 * threshold
            assert threshold < 0.8 * min(right)
        else:
            assert max(right) < 0.8 * threshold
            assert threshold < 0.8 * min(wrong)
