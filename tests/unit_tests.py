"""What holds for every unit: its reference, its stubs, a half-right sample and all its variants."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import pytest
from unit_class import UnitClass, by_task, not_passed


class UnitTests:
    """Tests of one unit; a subclass says which. pytest collects only what begins with Test."""

    name: ClassVar[str]
    points: ClassVar[float]
    half_right: ClassVar[str]
    """Definitions that are right in part, in every task."""
    half_points: ClassVar[Mapping[str, float]]
    uses: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Tasks whose functions others call, by the task that does: those may lose points too."""
    hasten: ClassVar[Callable[[UnitClass], None] | None] = None
    """Lets training runs be over at once and pass whatever they teach; None: there are none."""
    told_by_training: ClassVar[Sequence[str]] = ()
    """Misconceptions that show in what a trained network does, and nowhere else."""

    @pytest.fixture(scope="class")
    @classmethod
    def unit(cls, tmp_path_factory):
        return UnitClass(tmp_path_factory.mktemp(cls.name), cls.name)

    @pytest.fixture(scope="class")
    @classmethod
    def fast(cls, unit, tmp_path_factory):
        """The same with training runs that are over at once."""
        if cls.hasten is None:
            return unit
        fast = UnitClass(tmp_path_factory.mktemp("fast"), cls.name)
        cls.hasten(fast)
        return fast

    @pytest.fixture(scope="class")
    @classmethod
    def right(cls, fast):
        """Alternatives by the submission that they are in."""
        groups = fast.together(fast.alternatives, {})
        return {f"right{number}": group for number, group in enumerate(groups)}

    @pytest.fixture(scope="class")
    @classmethod
    def wrong(cls, fast):
        """The first two misconceptions of each task, by submission; the catalogue looks at all."""
        quick = [v for v in fast.misconceptions if v.id not in cls.told_by_training]
        ranks = itertools.groupby(quick, key=lambda variant: variant.task)
        first = [variant for _, group in ranks for variant in itertools.islice(group, 2)]
        return {f"wrong{n}": group for n, group in enumerate(fast.together(first, cls.uses))}

    @pytest.fixture(scope="class")
    @classmethod
    def graded(cls, fast, right, wrong):
        """The scores of stub, half-right sample and some variants, from one process."""
        return fast.grade(
            {
                "stub": fast.stub(),
                "half_right": fast.spliced(cls.half_right),
                **{name: fast.combined(group) for name, group in (right | wrong).items()},
            }
        )

    @pytest.fixture(scope="class")
    @classmethod
    def half_score(cls, graded):
        """The half-right sample's score; of a unit where its training counts, another grading's."""
        return graded["half_right"]

    @pytest.mark.parametrize(
        "seeds", [range(1), pytest.param(range(1, 10), marks=pytest.mark.catalogue)], ids=str
    )
    def test_the_reference_gets_all_points(self, unit, seeds):
        runs = [("reference", seed) for seed in seeds]
        scores = unit.grade_with_seeds({"reference": unit.reference}, runs)
        assert {r: not_passed(score) for r, score in scores.items()} == {r: [] for r in runs}
        found = {(score["score"], score["max_score"]) for score in scores.values()}
        assert found == {(self.points, self.points)}

    @pytest.mark.catalogue
    def test_the_reference_gets_all_points_in_a_process_of_its_own(self, unit):
        scores = unit.grade_apart({"reference": unit.reference})
        assert not_passed(scores["reference"]) == []

    def test_untouched_stubs_get_0_and_every_task_is_todo(self, graded):
        score = graded["stub"]
        assert (score["score"], score["max_score"]) == (0, self.points)
        assert {task["status"] for task in score["tasks"]} == {"todo"}
        assert {status for _, status, _ in not_passed(score)} == {"todo"}

    def test_half_right_work_gets_part_of_the_points_of_every_task(self, unit, half_score):
        found = {name: task["score"] for name, task in by_task(half_score).items()}
        assert found == self.half_points
        assert all(0 < found[task] < points for task, points in unit.tasks.items())

    def test_every_task_has_three_misconceptions_and_an_alternative(self, unit):
        for name in unit.tasks:
            assert sum(variant.task == name for variant in unit.misconceptions) >= 3, name
            assert sum(variant.task == name for variant in unit.alternatives) >= 1, name

    def test_misconceptions_lose_points_in_their_task_and_none_elsewhere(self, graded, wrong, unit):
        self._assert_each_loses(unit, wrong, graded)

    @pytest.mark.catalogue
    def test_every_misconception_loses_points_in_its_task_and_none_elsewhere(self, unit, fast):
        trained = [v for v in fast.misconceptions if v.id in self.told_by_training]
        quick = [v for v in fast.misconceptions if v.id not in self.told_by_training]
        assert len(trained) == len(self.told_by_training)
        for course, variants in ((unit, trained), (fast, quick)):
            groups = course.together(variants, self.uses)
            wrong = {f"any{number}": group for number, group in enumerate(groups)}
            submissions = {name: course.combined(group) for name, group in wrong.items()}
            self._assert_each_loses(course, wrong, course.grade(submissions))

    def test_every_alternative_gets_full_marks(self, graded, right):
        for name, group in right.items():
            assert not_passed(graded[name]) == [], [variant.id for variant in group]

    @pytest.mark.catalogue
    def test_alternatives_learn_as_well_as_the_reference(self, unit):
        groups = {f"own{n}": g for n, g in enumerate(unit.together(unit.alternatives, {}))}
        scores = unit.grade({name: unit.combined(group) for name, group in groups.items()})
        for name, group in groups.items():
            assert not_passed(scores[name]) == [], [variant.id for variant in group]

    def _assert_each_loses(self, unit, wrong, scores):
        """Every misconception loses points in its task, and none where nobody uses it."""
        for name, group in wrong.items():
            tasks = by_task(scores[name])
            lost = {task for task, points in unit.tasks.items() if tasks[task]["score"] < points}
            own = {variant.task for variant in group}
            users = {user for user, used in self.uses.items() if own & set(used)}
            assert own <= lost <= own | users, [variant.id for variant in group]
