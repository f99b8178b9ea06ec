from pathlib import Path

import pytest
from test_release_build import write_tree

from grader.release.errors import ReleaseError
from grader.release.leaks import hidden_names, refuse_leaks
from grader.release.stub import cut

SOURCE = """import math
x = compute_the_common_thing(3)

def slope(x, y):
    # BEGIN SOLUTION slope
    x = compute_the_common_thing(3)
    centre = sum(x) / len(x)
    with lots.of_context():
    \tpass
    return math.fsum(a * (b - centre) for a, b in zip(x, y))
    def a_function_whose_signature_is_very_long(x, y):
    \tpass
    # STUB: return declared_to_be_shown_to_everyone(x, y, 3)
    # END SOLUTION
"""
STUB = cut("solution/ridge.py", SOURCE.encode(), ("slope",))
LONG = "return math.fsum(a * (b - centre) for a, b in zip(x, y))"


def look(tmp_path: Path, **texts: str | bytes) -> None:
    files = {
        name.replace("_", "."): text.encode() if isinstance(text, str) else text
        for name, text in texts.items()
    }
    refuse_leaks(tmp_path, {"ridge.py": STUB}, {"ridge.py": STUB.content, **files}, {})


def test_a_clean_release_passes(tmp_path: Path) -> None:
    look(tmp_path)


@pytest.mark.parametrize("text", [f"\t{LONG}\r\n", f"see `{LONG}`", f"\ufeff{LONG}"])
def test_a_long_line_of_the_solution_is_found_anywhere(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReleaseError, match=r"^README\.md: shows the solution of region 'slope'"):
        look(tmp_path, README_md=text)


def test_a_shorter_line_is_found_in_its_own_stub(tmp_path: Path) -> None:
    line = "centre = sum(x) / len(x)"
    with pytest.raises(ReleaseError, match=r"^ridge\.py: shows the solution .*centre = sum"):
        look(tmp_path, ridge_py=STUB.content + f"    {line}\n".encode())
    look(tmp_path, README_md=line)


def test_short_lines_that_follow_each_other_are_found(tmp_path: Path) -> None:
    lines = [
        "x = compute_the_common_thing(3)",
        "centre = sum(x) / len(x)",
        "with lots.of_context():",
        "pass",
    ]
    look(tmp_path, README_md="\n".join(reversed(lines)))
    look(tmp_path, README_md="\n".join(lines[:3]))  # 78 characters: just under the limit
    with pytest.raises(ReleaseError, match="shows the solution"):
        look(tmp_path, README_md="\n\n   ".join(lines))  # 82


def test_lines_that_the_stub_shows_on_purpose_do_not_count(tmp_path: Path) -> None:
    look(
        tmp_path,
        README_md="x = compute_the_common_thing(3)\n"
        "return declared_to_be_shown_to_everyone(x, y, 3)\n"
        "def a_function_whose_signature_is_very_long(x, y):\n",
    )


def test_a_run_of_lines_that_the_stub_shows_does_not_count(tmp_path: Path) -> None:
    common = "".join(f"    value_{i} = common_beginning({i})\n" for i in range(4))
    source = (
        f"def f():\n{common}\ndef g():\n    # BEGIN SOLUTION slope\n{common}    # END SOLUTION\n"
    )
    stub = cut("solution/ridge.py", source.encode(), ("slope",))
    refuse_leaks(tmp_path, {"ridge.py": stub}, {"ridge.py": stub.content}, {})


def test_text_in_latin_1_is_looked_through_and_binary_files_are_not(tmp_path: Path) -> None:
    look(tmp_path, a_png=b"\0" + LONG.encode())
    with pytest.raises(ReleaseError, match=r"^a\.txt: shows"):
        look(tmp_path, a_txt=b"\xe9\xff\n" + LONG.encode())


def test_the_name_of_a_hidden_check_is_found(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "checks/hidden/deep/test_a.py": "async def test_zero():\n    pass\n"
            "def support(): pass\n"
            "class TestMany:\n    def test_one(self): pass\n    def test_two(self): pass\n",
            "checks/hidden/notes.txt": "def test_no_python",
            "checks/public/test_a.py": "def test_two():\n    pass\n",
        },
    )
    assert hidden_names(tmp_path) == ["TestMany", "test_one", "test_zero"]
    look(tmp_path, README_md="support test_two test_zeros my_test_one")
    with pytest.raises(ReleaseError, match=r"^README\.md: names the hidden check test_zero; ren"):
        look(tmp_path, README_md="see test_zero.")


def test_a_hidden_check_that_is_not_python_names_file_and_line(tmp_path: Path) -> None:
    write_tree(tmp_path, {"checks/hidden/test_a.py": "x = 1\ndef f(:\n"})
    with pytest.raises(ReleaseError, match=r"test_a\.py:2: is not valid Python"):
        look(tmp_path)
