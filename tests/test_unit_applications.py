"""The unit applications.py: its reference, its stubs, a half-right sample and all its variants."""

import itertools
import json
import re
from pathlib import Path

import pytest
from unit_class import UnitClass, by_task, not_passed

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[1]
TRAINING = "test_applications_training.py"
USES = {
    "denoise": ("damage", "restore"),
    "super_resolution": ("damage", "restore"),
    "anomalies": ("restore",),
}
"""Tasks whose checks train with others' functions: these may lose points along with them."""
METRICS = {
    "denoising": "DENOISING",
    "super_resolution": "RESOLUTION",
    "wrong_order": "ANOMALIES",
    "scrambled": "SCRAMBLED",
}
"""The constant of each measured quantity."""
HALF_RIGHT = """
def add_noise(images: torch.Tensor, std: float = 0.5) -> torch.Tensor:
    return torch.clamp(images + std * torch.randn_like(images), 0, 1)


def shrink(images: torch.Tensor, factor: int = 2) -> torch.Tensor:
    return images[:, :, ::factor, ::factor]


def psnr(outputs: torch.Tensor, targets: torch.Tensor, peak: float = 1.0) -> torch.Tensor:
    errors = ((outputs - targets) ** 2).mean(dim=(1, 2, 3))
    return 10 * torch.log10(peak / errors)


def train_restorer(
    model: nn.Module,
    loader: DataLoader,
    damage: Callable[[torch.Tensor], torch.Tensor],
    epochs: int = 10,
    lr: float = 1e-3,
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, _ in loader:
            loss = nn.functional.mse_loss(model(damage(images)), images)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


class Denoiser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 1, 1), nn.Flatten())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x).reshape(x.shape)


class SuperResolver(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def restoration_figure(rows: Mapping[str, torch.Tensor]) -> Figure:
    figure = Figure()
    axes = figure.subplots(len(rows), len(next(iter(rows.values()))), squeeze=False)
    for line, images in zip(axes, rows.values(), strict=True):
        for ax, image in zip(line, images, strict=True):
            ax.imshow(image[0], cmap="gray", vmin=0, vmax=1)
            ax.axis("off")
    return figure


def reconstruction_errors(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        return ((model(images) - images) ** 2).mean(dim=(1, 2, 3))


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def auroc(scores: torch.Tensor, anomalous: torch.Tensor) -> float:
    won = (scores[anomalous][:, None] > scores[~anomalous]).float()
    return won.mean().item()
"""
"""One pixel of each block, the peak not squared, the last batch, no neighbours, no names, no code,
no ties."""


def hasten(unit):
    """Let the training runs be two steps long, and their thresholds ones that all pass."""
    checks = unit.solution / "checks" / "public" / TRAINING
    text, count = re.subn(
        r"(?m)^TRAINING, UNSEEN, BATCH, STD = .*$",
        "TRAINING, UNSEEN, BATCH, STD = 64, 20, 32, 0.5",
        checks.read_text(),
    )
    text, epochs = re.subn(
        r"(?m)^EPOCHS, DETECTOR_EPOCHS, LR = .*$", "EPOCHS, DETECTOR_EPOCHS, LR = 1, 1, 3e-3", text
    )
    names = "|".join(METRICS.values())
    text, thresholds = re.subn(rf"(?m)^({names}) = .*$", r"\1 = 1e9", text)
    text, above = re.subn(r"(?m)^SCRAMBLED = .*$", "SCRAMBLED = -1", text)
    assert (count, epochs, thresholds, above) == (1, 1, 4, 1)
    checks.write_text(text)


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return UnitClass(tmp_path_factory.mktemp("applications"), "applications")


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    """The same with training runs that are over at once and teach nothing."""
    unit = UnitClass(tmp_path_factory.mktemp("fast"), "applications")
    hasten(unit)
    return unit


def told_by_training(variant):
    """Whether a misconception shows in what a trained network does, and nowhere else."""
    return variant.id in {
        "denoise.code_of_two_numbers",
        "denoise.pixel_by_pixel",
        "denoise.relu_then_sigmoid",
        "super_resolution.weights_without_neighbours",
        "super_resolution.through_a_narrow_code",
        "super_resolution.relu_then_sigmoid",
        "anomalies.code_as_wide_as_the_image",
        "anomalies.code_not_used",
        "anomalies.too_many_channels",
    }


@pytest.fixture(scope="module")
def right(fast):
    """Alternatives by the submission that they are in."""
    groups = fast.together(fast.alternatives, {})
    return {f"right{number}": group for number, group in enumerate(groups)}


@pytest.fixture(scope="module")
def wrong(fast):
    """The first two misconceptions of each task, by submission; the proof looks at all."""
    quick = [variant for variant in fast.misconceptions if not told_by_training(variant)]
    ranks = itertools.groupby(quick, key=lambda variant: variant.task)
    first = [variant for _, group in ranks for variant in itertools.islice(group, 2)]
    return {f"wrong{n}": group for n, group in enumerate(fast.together(first, USES))}


@pytest.fixture(scope="module")
def graded(fast, right, wrong):
    """The scores of stub and some variants, from one process."""
    return fast.grade(
        {
            "stub": fast.stub(),
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


def test_half_right_work_gets_part_of_the_points_of_every_task(unit):
    tasks = by_task(unit.grade({"half_right": unit.spliced(HALF_RIGHT)})["half_right"])
    assert {name: task["score"] for name, task in tasks.items()} == {
        "damage": 2.86,
        "psnr": 2.25,
        "restore": 3.12,
        "denoise": 1.6,
        "super_resolution": 1.6,
        "restoration_rows": 2.25,
        "anomalies": 2,
        "auroc": 1.2,
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
def test_every_misconception_loses_points_in_its_task_and_none_elsewhere(unit, fast):
    trained = [variant for variant in fast.misconceptions if told_by_training(variant)]
    quick = [variant for variant in fast.misconceptions if not told_by_training(variant)]
    assert len(trained) + len(quick) == len(fast.misconceptions)
    for slow, variants in ((unit, trained), (fast, quick)):
        groups = slow.together(variants, USES)
        wrong = {f"any{number}": group for number, group in enumerate(groups)}
        scores = slow.grade({name: slow.combined(group) for name, group in wrong.items()})
        assert_each_loses(slow, wrong, scores)


def test_every_alternative_gets_full_marks(graded, right):
    for name, group in right.items():
        assert not_passed(graded[name]) == [], [variant.id for variant in group]


@pytest.mark.catalogue
def test_alternatives_learn_as_well_as_the_reference(unit):
    groups = {f"own{n}": group for n, group in enumerate(unit.together(unit.alternatives, {}))}
    scores = unit.grade({name: unit.combined(group) for name, group in groups.items()})
    for name, group in groups.items():
        assert not_passed(scores[name]) == [], [variant.id for variant in group]


@pytest.mark.parametrize("metric", METRICS)
def test_the_threshold_separates_right_from_wrong_with_room_on_both_sides(metric):
    record = json.loads((ROOT / "solution/calibration/applications.json").read_text())[metric]
    checks = (ROOT / "solution/checks/public" / TRAINING).read_text()
    threshold = float(re.search(rf"(?m)^{METRICS[metric]} = (\S+)$", checks)[1])
    assert threshold == record["threshold"]
    assert len(record["right"]["reference"]) >= 20
    right = [value for values in record["right"].values() for value in values]
    wrong = [value for values in record["wrong"].values() for value in values]
    wrong += record["constants"].values()
    if metric == "scrambled":  # the only one that has to be large
        assert max(wrong) < 0.8 * threshold
        assert threshold < 0.8 * min(right)
    else:
        assert max(right) < 0.8 * threshold
        assert threshold < 0.8 * min(wrong)
