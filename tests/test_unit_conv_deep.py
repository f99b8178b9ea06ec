"""The unit conv_deep.py: its reference, its stubs, a half-right sample and all its variants."""

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from unit_class import UnitClass, by_task, not_passed

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[1]
USES = {"train_deep": ("deep_encoder", "deep_decoder")}
"""Tasks whose functions others call: these may lose points along with them."""
HALF_RIGHT = """
class StridedAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.encoder = nn.Sequential(
            nn.Conv2d(1, c1, 3, 2, 1), nn.ReLU(), nn.Conv2d(c1, c2, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(c2, c3, 7),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(c3, c2, 7), nn.ConvTranspose2d(c2, c1, 3, 2, 1, 1), nn.ReLU(),
            nn.ConvTranspose2d(c1, 1, 3, 2, 1, 1), nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.encoder(x))


class DeepEncoder(nn.Module):
    def __init__(
        self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise((channels, *widths)):
            layers += [nn.Conv2d(before, after, 2, 2), nn.ReLU(), nn.BatchNorm2d(after)]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1], latent))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


class DeepDecoder(nn.Module):
    def __init__(
        self, widths: Sequence[int] = WIDTHS, latent: int = 64, channels: int = 3
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Linear(latent, widths[-1]),
            nn.Unflatten(1, (widths[-1], 1, 1)),
        ]
        for before, after in pairwise((*reversed(widths), channels)):
            layers += [nn.ConvTranspose2d(before, after, 2, 2), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)


class PoolingAutoEncoder(nn.Module):
    def __init__(self, channels: Sequence[int] = (16, 32, 64)) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.down = nn.ModuleList(
            [nn.Conv2d(1, c1, 3, padding=1), nn.Conv2d(c1, c2, 3, padding=1), nn.Conv2d(c2, c3, 7)]
        )
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(c3, c2, 7),
                nn.ConvTranspose2d(c2, c1, 3, padding=1),
                nn.ConvTranspose2d(c1, 1, 3, padding=1),
            ]
        )

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        indices = []
        for layer in self.down[:2]:
            x, where = nn.functional.max_pool2d(layer(x).relu(), 2, return_indices=True)
            indices.append(where)
        return self.down[2](x), indices

    def decode(self, code: torch.Tensor, indices: Sequence[torch.Tensor]) -> torch.Tensor:
        x = nn.functional.interpolate(self.up[0](code).relu(), scale_factor=2)
        x = nn.functional.interpolate(self.up[1](x).relu(), scale_factor=2)
        return self.up[2](x).sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(*self.encode(x))


def train_deep(
    model: nn.Module, loader: DataLoader, epochs: int = 20, lr: float = 1e-3
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, _ in loader:
            loss = nn.functional.mse_loss(model(images), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses
"""
"""Shapes right, one activation or the order of layers wrong; upsampling in place of unpooling."""


def hasten(unit):
    """Let the training run be two steps long, and its threshold one that all pass."""
    checks = unit.solution / "checks" / "public" / "test_conv_deep.py"
    text, count = re.subn(
        r"(?m)^TRAINING, UNSEEN, BATCH = .*$", "TRAINING, UNSEEN, BATCH = 64, 20, 32",
        checks.read_text(),
    )  # fmt: skip
    text, again = re.subn(r"(?m)^THRESHOLD = .*$", "THRESHOLD = 1e9", text)
    assert (count, again) == (1, 1)
    checks.write_text(text)


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return UnitClass(tmp_path_factory.mktemp("conv_deep"), "conv_deep")


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    """The same with a training run that is over at once and teaches nothing."""
    unit = UnitClass(tmp_path_factory.mktemp("fast"), "conv_deep")
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
        "strided_autoencoder": 4.5,
        "pooling_autoencoder": 3.33,
        "deep_encoder": 3.33,
        "deep_decoder": 4.67,
        "train_deep": 2.5,
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


COUNT = """
import sys
sys.path.insert(0, sys.argv[1])
import conv_deep
model = conv_deep.DeepAutoEncoder()
for part in (model.encoder, model.decoder, model):
    print(sum(p.numel() for p in part.parameters()))
"""


def test_the_full_size_network_has_the_lectures_14_1_million_parameters(unit):
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(unit.solution)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [int(line) for line in done.stdout.split()] == [7_062_880, 7_060_777, 14_123_657]


def test_the_threshold_separates_right_from_wrong_with_room_on_both_sides():
    recorded = json.loads((ROOT / "solution/calibration/deep.json").read_text())["conv_deep"]
    assert_separates(recorded, ROOT / "solution/checks/public/test_conv_deep.py")


def assert_separates(recorded, checks):
    threshold = float(re.search(r"(?m)^THRESHOLD = (\S+)$", checks.read_text())[1])
    assert threshold == recorded["threshold"]
    assert len(recorded["right"]["reference"]) >= 20
    worst = max(max(losses) for losses in recorded["right"].values())
    best_wrong = min(min(losses) for losses in recorded["wrong"].values())
    assert worst < 0.8 * threshold
    assert threshold < 0.8 * min(best_wrong, recorded["constants"]["best constant image"])
