"""Checks that ask for more time than others speak last, unless others wait for them."""

import preloaded  # noqa: F401  # for pytester
import pytest
import tiny

pytest_plugins = ["pytester"]

SLOW = "@pytest.mark.timeout(99)\n"
GATE = '@pytest.mark.task("solve", weight=1, gate=True'
HIDDEN = '@pytest.mark.task("solve", weight=2)'


def order(pytester, **files):
    tiny.write(pytester.path, **files)
    result = pytester.runpytest_inprocess(str(pytester.path), "-v", "-p", "no:randomly")
    passed = [line for line in result.outlines if "::test_" in line]
    return [line.partition("::test_")[2].split()[0] for line in passed]


@pytest.mark.parametrize(
    ("slow", "expected"),
    [
        ((), ["shape", "against_reference", "product"]),
        (("hidden",), ["shape", "product", "against_reference"]),
        (("gate", "hidden"), ["shape", "product", "against_reference"]),
    ],
)
def test_what_is_quick_is_said_first(pytester, slow, expected):
    hidden = tiny.HIDDEN.replace(HIDDEN, SLOW * ("hidden" in slow) + HIDDEN)
    public = tiny.PUBLIC.replace(GATE, SLOW * ("gate" in slow) + GATE)
    files = {"checks/hidden/test_ridge_hidden.py": hidden, "checks/public/test_ridge.py": public}
    assert order(pytester, **files) == expected
