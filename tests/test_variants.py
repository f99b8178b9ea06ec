"""The catalogue of variants, and how they are put into the solution."""

import pytest
import tiny

from grader.manifest import load_manifest
from grader.splicing import VariantError
from grader.variants import apply, fit_together, load_catalogue, write_modules

FORGOTTEN = '''"""You forgot
the strength.

Hint: What should happen
as it grows?

Source: a thread.
"""

import math


def half(value):
    return value / 2


def solve(x, y, strength):
    return np.linalg.solve(x.T @ x, x.T @ y)
'''
TWICE = '''"""You doubled the predictions.

Hint: Look at the factor.
"""


def predict(x, weights):
    return 2 * x @ weights
'''
OTHER = '''"""The inverse, instead of a solver."""


def solve(x, y, strength):
    return np.linalg.inv(x.T @ x + strength * np.eye(x.shape[1])) @ x.T @ y
'''
LINES = """import numpy as np


def solve(x, y, strength):
    strength = strength
    product = x.T @ x + strength * np.eye(x.shape[1])
    return np.linalg.solve(product, x.T @ y)


def predict(x, weights):
    return x @ weights
"""
SOLVE = LINES[LINES.index("def solve") : LINES.index("def predict")]
CLIPPED = f'''"""You took the strength without its sign.

Hint: Try a negative one.
"""

{SOLVE.replace("= strength", "= abs(strength)")}'''


def solution(folder, **files):
    return tiny.write(folder / "solution", **{f"{name}.py": text for name, text in files.items()})


def load(folder):
    return load_catalogue(folder, load_manifest(folder))


def modules(place, *variants):
    return apply(place, load_manifest(place), variants)["ridge.py"].decode()


def test_a_solution_without_variants_has_an_empty_catalogue(tmp_path):
    catalogue = load(solution(tmp_path))
    assert catalogue.misconceptions == catalogue.alternatives == ()


def test_a_misconception_has_an_id_a_sentence_a_hint_and_a_source(tmp_path):
    place = solution(tmp_path, **{"misconceptions/solve/strength_forgotten": FORGOTTEN})
    catalogue = load(place)
    (variant,) = catalogue.misconceptions
    assert variant.id == "solve.strength_forgotten"
    assert variant.sentence == "You forgot the strength."
    assert variant.hint == "What should happen as it grows?"
    assert variant.source == "a thread."
    assert (variant.unit, variant.replaces, variant.adds) == ("ridge.py", {"solve"}, {"half"})
    assert catalogue.by_id("solve.strength_forgotten") is variant
    assert catalogue.by_id("solve.other") is None


def test_variants_come_in_the_order_of_the_tasks_then_of_names(tmp_path):
    place = solution(
        tmp_path,
        **{
            "misconceptions/predict/twice": TWICE,
            "misconceptions/solve/second": FORGOTTEN,
            "misconceptions/solve/first": FORGOTTEN,
            "alternatives/solve/inverse": OTHER,
        },
    )
    catalogue = load(place)
    ids = [variant.id for variant in catalogue.misconceptions]
    assert ids == ["solve.first", "solve.second", "predict.twice"]
    assert [v.name for v in catalogue.of_task("solve", "alternative")] == ["inverse"]
    assert [v.name for v in catalogue.of_task("predict")] == ["twice"]


def test_definitions_take_the_place_of_those_of_the_same_name(tmp_path):
    place = solution(tmp_path, **{"misconceptions/solve/forgotten": FORGOTTEN})
    (variant,) = load(place).misconceptions
    reference, changed = modules(place), modules(place, variant)
    assert "strength * np.eye" in reference
    assert "strength * np.eye" not in changed
    assert changed.count("def solve") == changed.count("def predict") == 1
    assert changed.index("import math") < changed.index("def half") < changed.index("def solve")
    assert changed.endswith(reference[reference.index("def predict") :])
    space = {}
    exec(compile(changed, "ridge.py", "exec"), space)
    assert space["half"](4) == 2


def test_without_variants_the_modules_are_the_references(tmp_path):
    place = solution(tmp_path)
    assert modules(place) == (place / "ridge.py").read_text()


def test_variants_of_different_functions_fit_together(tmp_path):
    files = {"misconceptions/solve/forgotten": FORGOTTEN, "misconceptions/predict/twice": TWICE}
    place = solution(tmp_path, **files)
    one, other = load(place).misconceptions
    assert fit_together([one, other])
    both = modules(place, one, other)
    assert "2 * x @ weights" in both
    assert "strength * np.eye" not in both
    write_modules(tmp_path / "made", apply(place, load_manifest(place), (one, other)))
    assert (tmp_path / "made" / "ridge.py").read_text() == both


def test_variants_that_change_different_lines_of_a_function_fit_together(tmp_path):
    files = {
        "misconceptions/solve/clipped": CLIPPED,
        "misconceptions/solve/negated": CLIPPED.replace("abs(strength)", "strength").replace(
            "return np", "return -np"
        ),
        "misconceptions/predict/twice": TWICE,
    }
    place = solution(tmp_path, **files)
    (place / "ridge.py").write_text(LINES)
    clipped, negated, twice = load(place).misconceptions
    assert fit_together([clipped, negated, twice])
    text = modules(place, clipped, negated, twice)
    expected = LINES.replace("= strength", "= abs(strength)").replace("return np", "return -np")
    assert text == expected.replace("return x @ w", "return 2 * x @ w")


def test_variants_that_change_the_same_lines_do_not_fit_together(tmp_path):
    other = FORGOTTEN.replace("x.T @ x", "x @ x.T")
    files = {"misconceptions/solve/a": FORGOTTEN, "misconceptions/solve/b": other}
    place = solution(tmp_path, **files)
    one, other = load(place).misconceptions
    assert not fit_together([one, other])
    with pytest.raises(VariantError, match=r"b\.py: changes lines of solve that another variant"):
        modules(place, one, other)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("misconceptions/solve/x", "def solve(:\n", r"x\.py:1: does not parse"),
        ("misconceptions/solve/x", "x = 1\n\ndef solve(:\n", r"x\.py:3: does not parse"),
        ("misconceptions/solve/x", "def solve(x, y, s): ...\n", r"x\.py:1: has no docstring.*conf"),
        ("alternatives/solve/x", "def solve(x, y, s): ...\n", r"x\.py:1: has no docstring.*diff"),
        ("misconceptions/solve/x", '"""You."""\ndef solve(): ...\n', r"x\.py:1: has no hint"),
        (
            "misconceptions/solve/x",
            '"""You.\n\nHint: Look."""\ndef solver(): ...\n',
            r"x\.py:1: replaces nothing: it defines solver, and ridge\.py has no such name",
        ),
        (
            "alternatives/solve/x",
            '"""A."""\nfrom __future__ import annotations\ndef solve(): ...\n',
            r"x\.py:2: takes nothing from __future__",
        ),
        ("misconceptions/resolve/x", TWICE, r"'resolve' is no task; the tasks are solve, predict"),
        ("misconceptions/x", TWICE, r"x\.py: must lie in a folder that is called after its task"),
        ("misconceptions/solve/X-1", TWICE, r"X-1\.py: its name must be lower-case"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name_and_line(tmp_path, name, text, message):
    place = solution(tmp_path, **{name: text})
    with pytest.raises(VariantError, match=message):
        load(place)


def test_a_file_that_is_not_text_is_named(tmp_path):
    place = solution(tmp_path, **{"misconceptions/solve/x": TWICE})
    (place / "misconceptions/solve/x.py").write_bytes(b"\xff")
    with pytest.raises(VariantError, match=r"x\.py: cannot be read: is not UTF-8"):
        load(place)


def test_a_missing_module_is_named(tmp_path):
    place = solution(tmp_path)
    (place / "ridge.py").unlink()
    with pytest.raises(VariantError, match=r"ridge\.py: cannot be read: No such file"):
        modules(place)
