"""Definitions in place of others, and changes of several variants merged."""

import pytest

from grader.splicing import Source, VariantError, merge, splice

MODULE = """LIMIT = 3

def f(x):
    a = x + 1

    b = a * 2
    return b

rest = 1
"""


def variant(change, *lines, name="x.py"):
    """A variant of f, with one line in place of another."""
    text = MODULE[MODULE.index("def f") : MODULE.index("rest")].replace(*change)
    return Source("\n".join(['"""x"""', *lines, text]), name)


def test_decorators_and_constants_are_replaced_with_what_they_belong_to():
    module = "LIMIT: int = 3\n\n@staticmethod\ndef f():\n    return LIMIT\n\nrest = 1\n"
    text = '"""x"""\nLIMIT = 4\n@property\n@staticmethod\ndef f():\n    return -LIMIT\n'
    expected = "LIMIT = 4\n\n@property\n@staticmethod\ndef f():\n    return -LIMIT\n\nrest = 1\n"
    assert splice(module, Source(text, "x.py")) == expected


def test_nothing_to_put_in_leaves_a_module_as_it_is():
    assert splice(MODULE) == MODULE


def test_changes_of_different_lines_are_merged():
    one, other = variant(("+ 1", "- 1")), variant(("return b", "return -b"))
    expected = MODULE.replace("+ 1", "- 1").replace("return b", "return -b")
    assert splice(MODULE, one, other) == splice(MODULE, other, one) == expected


def test_three_changes_are_merged():
    changes = [("+ 1", "- 1"), ("* 2", "* 3"), ("return b", "return -b")]
    expected = MODULE
    for change in changes:
        expected = expected.replace(*change)
    assert splice(MODULE, *map(variant, changes)) == expected


def test_imports_and_helpers_of_both_come_once_and_before():
    helper = "def half(x):\n    return x / 2"
    one = variant(("+ 1", "- 1"), "import math", helper)
    other = variant(("return b", "return half(b)"), "import math", "import os", helper)
    changed = splice(MODULE, one, other).split("\n")
    assert changed[2:6] == ["import math", *helper.split("\n"), "import os"]
    assert changed[6] == "def f(x):"
    assert changed.count("import math") == changed.count("def half(x):") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("+ 1", "- 1"), ("+ 1", "+ 2")),
        (("+ 1\n", "+ 1\n    a = 2\n"), ("+ 1\n", "+ 1\n    a = 3\n")),
    ],
    ids=["one line", "lines put in at one place"],
)
def test_changes_of_the_same_lines_are_refused(one, other):
    with pytest.raises(VariantError, match=r"y\.py: changes lines of f that another variant"):
        splice(MODULE, variant(one), variant(other, name="y.py"))


def test_helpers_of_one_name_that_differ_are_refused():
    one = variant(("+ 1", "- 1"), "def half(x):\n    return x / 2")
    other = variant(("* 2", "* 3"), "def half(x):\n    return x // 2", name="y.py")
    with pytest.raises(VariantError, match=r"y\.py: changes lines of half"):
        splice(MODULE, one, other)


def test_changes_that_make_no_python_together_are_refused():
    module = "def f(x):\n    if x:\n        x = 1\n        y = 2\n    return x\n"
    one = Source('"""x"""\ndef f(x):\n    if x:\n        y = 2\n    return x\n', "one.py")
    other = Source('"""x"""\ndef f(x):\n    if x:\n        x = 1\n    return x\n', "other.py")
    with pytest.raises(VariantError, match=r"other\.py: changes lines of f"):
        splice(module, one, other)


def test_what_both_have_done_is_done_once():
    assert merge("a\nb\nc", "a\nB\nc", "a\nB\nC") is None
    assert merge("a\nb\nc\nd", "A\nb\nC\nd", "A\nb\nc\nD") == "A\nb\nC\nD"


def test_a_text_that_replaces_nothing_is_refused():
    with pytest.raises(VariantError, match=r"x\.py:1: replaces nothing"):
        splice("def f(): ...\n", Source('"""x"""\ndef g(): ...\n', "x.py"))


def test_a_module_that_does_not_parse_is_refused():
    with pytest.raises(VariantError, match=r"the reference module:1: does not parse"):
        splice("def f(:\n", Source("x = 1\n", "x.py"))
