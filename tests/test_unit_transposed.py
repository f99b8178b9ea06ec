"""The unit transposed.py: its reference, its stubs, a half-right sample and all its variants."""

import itertools

import pytest
from unit_class import UnitClass, by_task, not_passed

pytestmark = pytest.mark.proof

HALF_RIGHT = """
def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (size + 2 * padding - kernel) // stride + 1


def decoder_shapes(
    shape: Shape, layers: list[Layer], paddings: list[tuple[int, int]] | None = None
) -> list[Shape]:
    return encoder_shapes(shape, layers)[::-1]


def conv_matrix(
    kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride)
    columns = conv_size(shape[1], kernel.shape[1], stride)
    matrix = np.zeros((rows, columns, *shape))
    for i, j in np.ndindex(rows, columns):
        top, left = i * stride, j * stride
        matrix[i, j, top : top + kernel.shape[0], left : left + kernel.shape[1]] = kernel
    return matrix.reshape(rows * columns, -1)


def convolution(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    padded = np.pad(x, padding)
    rows = conv_size(padded.shape[0], kernel.shape[0], stride)
    return (conv_matrix(kernel, padded.shape, stride) @ padded.ravel()).reshape(rows, -1)


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    height, width = (
        transposed_size(n, k, stride) for n, k in zip(x.shape, kernel.shape, strict=True)
    )
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        top, left = i * stride, j * stride
        out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return out


def conv_backward(
    dout: Array, kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    dx = np.zeros(np.add(shape, 2 * padding + stride))
    for (i, j), value in np.ndenumerate(dout):
        top, left = i * stride, j * stride
        dx[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return dx[padding : padding + shape[0], padding : padding + shape[1]]


def unseen_image(
    kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    return np.zeros(shape)


def is_even(kernel: int, stride: int) -> bool:
    return kernel % 2 == 0


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    figure = Figure()
    for ax, name in zip(figure.subplots(1, len(counts)), counts, strict=True):
        ax.imshow(counts[name])
        ax.set_title(name)
        ax.axis("off")
    return figure
"""
"""What is shown in the lectures works; dilation and padding are left out, and greys are colours."""

USES = {
    "size_worksheet": ("conv_sizes",),
    "conv_matrix": ("conv_sizes",),
    "transposed_conv": ("conv_sizes",),
    "not_an_inverse": ("conv_sizes", "conv_matrix"),
    "checkerboard": ("conv_sizes", "transposed_conv"),
}
"""Tasks whose functions others call: these lose points along with them."""


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return UnitClass(tmp_path_factory.mktemp("transposed"), "transposed")


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


def test_the_reference_gets_all_30_points(graded):
    scores = [score for (name, _), score in graded.items() if name == "reference"]
    assert [not_passed(score) for score in scores] == [[]] * 3
    assert {(score["score"], score["max_score"]) for score in scores} == {(30, 30)}


def test_untouched_stubs_get_0_and_every_task_is_todo(graded):
    score = graded["stub", 3]
    assert (score["score"], score["max_score"]) == (0, 30)
    assert {task["status"] for task in score["tasks"]} == {"todo"}
    assert {status for _, status, _ in not_passed(score)} == {"todo"}


def test_half_right_work_gets_part_of_the_points_of_every_task(graded):
    tasks = by_task(graded["half_right", 3])
    assert {name: task["score"] for name, task in tasks.items()} == {
        "conv_sizes": 2.4,
        "size_worksheet": 1.88,
        "conv_matrix": 2.0,
        "transposed_conv": 0.83,
        "not_an_inverse": 2.86,
        "checkerboard": 1.71,
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
