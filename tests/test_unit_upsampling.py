"""The unit upsampling.py: its reference, its stubs, a half-right sample and all its variants."""

import itertools

import pytest
from unit_class import UnitClass, by_task, not_passed

pytestmark = pytest.mark.proof

HALF_RIGHT = """
def nearest_backward(dout: Array, factor: int) -> Array:
    return dout[:, :, ::factor, ::factor].copy()


def nails_backward(dout: Array, factor: int) -> Array:
    raise ValueError("I do not know how to go back")


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    position = np.linspace(0, size - 1, factor * size)
    return np.maximum(1 - np.abs(position[:, None] - np.arange(size)), 0)


def max_pool_forward(x: Array, size: int) -> tuple[Array, Indices]:
    samples, channels, rows, columns = x.shape
    windows = x.reshape(samples, channels, rows // size, size, columns // size, size)
    windows = windows.swapaxes(3, 4).reshape(*windows.shape[:3], columns // size, size * size)
    best = windows.argmax(axis=4)
    row = np.arange(rows // size)[:, None] * size + best // size
    return windows.max(axis=4), row * columns + np.arange(columns // size) * size + best % size


def max_unpool_backward(dout: Array, indices: Indices) -> Array:
    return dout
"""
"""Forward functions that work for what the lectures show, most gradients missing or wrong."""

USES = {"bilinear": ("interpolation",)}
"""Tasks whose functions others call: these lose points along with them."""


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return UnitClass(tmp_path_factory.mktemp("upsampling"), "upsampling")


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
    """Scores by submission and seed, all from one process."""
    submissions = {
        "reference": unit.reference,
        "stub": unit.stub(),
        "half_right": unit.spliced(HALF_RIGHT),
        **{name: unit.combined(group) for name, group in (right | wrong).items()},
    }
    runs = [(name, 3) for name in submissions]
    return unit.grade_with_seeds(submissions, [*runs, ("reference", 4), ("reference", 5)])


def test_the_reference_gets_all_25_points(graded):
    scores = [score for (name, _), score in graded.items() if name == "reference"]
    assert [not_passed(score) for score in scores] == [[]] * 3
    assert {(score["score"], score["max_score"]) for score in scores} == {(25, 25)}


def test_untouched_stubs_get_0_and_every_task_is_todo(graded):
    score = graded["stub", 3]
    assert (score["score"], score["max_score"]) == (0, 25)
    assert {task["status"] for task in score["tasks"]} == {"todo"}
    assert {status for _, status, _ in not_passed(score)} == {"todo"}


def test_half_right_work_gets_part_of_the_points_of_every_task(graded):
    tasks = by_task(graded["half_right", 3])
    assert {name: task["score"] for name, task in tasks.items()} == {
        "nearest": 2.29,
        "bed_of_nails": 1.5,
        "interpolation": 2.86,
        "bilinear": 2.67,
        "pool_indices": 1.5,
        "reversed_pooling": 2.0,
    }


def test_every_task_has_three_misconceptions_and_an_alternative(unit):
    for name in unit.tasks:
        assert sum(variant.task == name for variant in unit.misconceptions) >= 3, name
        assert sum(variant.task == name for variant in unit.alternatives) >= 1, name


def assert_lost(unit, score, group):
    """Each variant's task lost points, and no other, but for those that use it."""
    tasks = by_task(score)
    lost = {task for task, points in unit.tasks.items() if tasks[task]["score"] < points}
    own = {variant.task for variant in group}
    users = {user for user, used in USES.items() if own.intersection(used)}
    assert own <= lost <= own | users, [variant.id for variant in group]


def test_misconceptions_lose_points_in_their_task_and_in_no_other(unit, graded, wrong):
    for name, group in wrong.items():
        assert_lost(unit, graded[name, 3], group)


def test_every_alternative_gets_full_marks(graded, right):
    for name, group in right.items():
        assert not_passed(graded[name, 3]) == [], [variant.id for variant in group]


@pytest.mark.catalogue
def test_the_whole_catalogue_and_ten_seeds(unit, right):
    """Every misconception and alternative by itself, split; the reference on ten seeds."""
    every = {v.id.replace(".", "-"): v for v in (*unit.misconceptions, *unit.alternatives)}
    modules = {name: unit.combined([variant]) for name, variant in every.items()}
    scores = unit.grade_apart({"reference": unit.reference, **modules})
    assert not_passed(scores["reference"]) == []
    for name, variant in every.items():
        if variant.kind == "alternative":
            assert not_passed(scores[name]) == [], name
        else:
            assert_lost(unit, scores[name], [variant])
    runs = [("reference", seed) for seed in range(10)]
    again = unit.grade_with_seeds({"reference": unit.reference}, runs)
    assert {run: not_passed(score) for run, score in again.items()} == {run: [] for run in runs}
