import pytest

from grader.release.errors import ReleaseError
from grader.release.markers import Marker, find_markers, resembles_marker, split_lines


def test_markers_are_found_with_their_lines_and_texts() -> None:
    source = (
        b"def f():\n    # BEGIN SOLUTION slope\n    return 3  # a remark\n"
        b"    # STUB:   pass\n    # END SOLUTION slope\n# END SOLUTION   \n"
    )
    assert find_markers("a.py", source) == [
        Marker("begin", 2, "slope"),
        Marker("stub", 4, "  pass"),
        Marker("end", 5, "slope"),
        Marker("end", 6, ""),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "#BEGIN SOLUTION slope",
        "# Begin solution slope",
        "# begin solution",
        "#  BEGIN SOLUTION slope",
        "# BEGIN  SOLUTION slope",
        "# BEGIN SOLUTION slope extra",
        "# BEGIN SOLUTION Slope",
        "# BEGIN SOLUTION: slope",
        "# BEGIN_SOLUTION slope",
        "# BEGINSOLUTION slope",
        "### BEGIN SOLUTION",
        "# # BEGIN SOLUTION slope",
        "# BEGN SOLUTON slope",
        "# BEGIN SOLUTIO slope",
        "# START SOLUTION slope",
        "# END SOLUTIONS",
        "# End Solution",
        "#END SOLUTION",
        "# EDN SOLUTION",
        "# SOLUTION slope",
        "#STUB: pass",
        "# Stub: pass",
        "# STUB pass",
        "# STUB:",
        "# STUB:pass",
        "# stub: pass",
    ],
)
def test_a_mistyped_marker_is_an_error_that_shows_the_spelling(comment: str) -> None:
    with pytest.raises(ReleaseError, match=r"^a\.py:2: .*resembles a marker.*'# BEGIN SOLUTION"):
        find_markers("a.py", f"x = 1\n{comment}\n".encode())


@pytest.mark.parametrize(
    "comment",
    [
        "# TODO slope: the least-squares solution",
        "# END TODO",
        "# the solution begins at zero",
        "# a stub of the tail",
        "# STUBBORN values stay",
        "# solution by hand",
        "#",
        "#!shebang",
    ],
)
def test_ordinary_comments_are_no_markers(comment: str) -> None:
    assert not resembles_marker(comment)
    assert find_markers("a.py", f"x = 1\n{comment}\n".encode()) == []


def test_a_begin_without_a_task_is_an_error_of_its_own() -> None:
    with pytest.raises(ReleaseError, match=r"^a\.py:1: names no task"):
        find_markers("a.py", b"# BEGIN SOLUTION\n# END SOLUTION\n")


@pytest.mark.parametrize(
    "line", ["x = 1  # BEGIN SOLUTION slope", "x = 1  # END SOLUTION", "x = 1  # STUB: x = 2"]
)
def test_a_marker_after_code_is_an_error(line: str) -> None:
    with pytest.raises(ReleaseError, match=r"^a\.py:2: the marker .* follows code"):
        find_markers("a.py", f"# first\n{line}\n".encode())


@pytest.mark.parametrize(
    "source",
    [
        '"""\n# BEGIN SOLUTION slope\n"""\n',
        'x = 3\ny = "# END SOLUTION"\n',
        'x = 3\ny = f"{x} # END SOLUTION {x}"  # a remark\n',
        "x = 3\ny = '#begin solution'\n",
    ],
)
def test_a_marker_in_a_string_is_an_error(source: str) -> None:
    with pytest.raises(ReleaseError, match=r"^a\.py:2: the marker .* inside a string"):
        find_markers("a.py", source.encode())


@pytest.mark.parametrize(
    "source", [b'x = """\n', b"x = (\n", b"if x:\n        y\n    z\n", b"\xff\n"]
)
def test_what_cannot_be_tokenized_is_an_error_with_file_and_line(source: bytes) -> None:
    with pytest.raises(ReleaseError, match=r"^a\.py:\d: is not Python"):
        find_markers("a.py", source)


def test_a_lone_carriage_return_is_an_error() -> None:
    with pytest.raises(ReleaseError, match=r"^a\.py:2: holds a lone carriage return"):
        split_lines("a.py", b"x = 1\r\ny = 2\rz = 3\n")


@pytest.mark.parametrize("source", [b"", b"a", b"a\n", b"a\r\nb\n\nc", b"\n\n", b"a\x0cb\n\x1cc"])
def test_lines_joined_give_the_source_back(source: bytes) -> None:
    lines = split_lines("a.py", source)
    assert b"".join(lines) == source
    assert all(line.count(b"\n") <= 1 for line in lines)
