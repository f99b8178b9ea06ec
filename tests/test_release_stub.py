import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.release.errors import ReleaseError
from grader.release.stub import cut


def content(source: str | bytes, *tasks: str) -> bytes:
    raw = source.encode() if isinstance(source, str) else source
    return cut("ridge.py", raw, tasks or ("slope",)).content


def refusal(source: str | bytes, *tasks: str) -> str:
    with pytest.raises(ReleaseError) as caught:
        content(source, *tasks)
    return str(caught.value)


def test_a_region_becomes_a_raise_and_an_end_comment() -> None:
    source = """import math

def slope(x, y):
    \"\"\"The slope.\"\"\"
    # TODO slope: least squares
    # BEGIN SOLUTION slope
    top = math.fsum(x)
    return top
    # END SOLUTION slope
# after
"""
    expected = """import math

def slope(x, y):
    \"\"\"The slope.\"\"\"
    # TODO slope: least squares
    raise NotImplementedError("TODO slope")
    # END TODO
# after
"""
    assert content(source) == expected.encode()


def test_stub_lines_stand_in_for_the_raise_with_the_indentation_of_their_comment() -> None:
    source = """class A:
    # BEGIN SOLUTION slope
    def f(self):
        return 7
        # STUB: x = 3
    # STUB: def f(self):
    # STUB:     raise NotImplementedError
    # END SOLUTION
"""
    with pytest.raises(ReleaseError, match=r"^ridge\.py:6: the stub does not compile: unindent"):
        content(source)
    expected = """class A:
    def f(self):
        raise NotImplementedError
    # END TODO
"""
    assert content(source.replace("        # STUB: x = 3\n", "")) == expected.encode()


def test_a_file_may_hold_many_regions_also_of_one_task() -> None:
    source = """def f(x):
    # BEGIN SOLUTION slope
    y = x
    # END SOLUTION
    if y:
    \t# BEGIN SOLUTION bias
    \treturn 1
    \t# END SOLUTION bias
    # BEGIN SOLUTION slope
    return 2
    # END SOLUTION"""
    expected = """def f(x):
    raise NotImplementedError("TODO slope")
    # END TODO
    if y:
    \traise NotImplementedError("TODO bias")
    \t# END TODO
    raise NotImplementedError("TODO slope")
    # END TODO"""
    stub = cut("ridge.py", source.encode(), ("slope", "bias"))
    assert stub.content == expected.encode()
    assert [region.task for region in stub.regions] == ["slope", "bias", "slope"]
    assert [stub.source_line(line) for line in range(1, 10)] == [1, 2, 4, 5, 6, 8, 9, 11, 11]


def test_a_region_knows_what_it_hides() -> None:
    source = "# BEGIN SOLUTION slope\n\n  # why\nx = 'é'\n# STUB: x = None\n# END SOLUTION\n"
    stub = cut("ridge.py", source.encode(), ("slope",))
    assert stub.regions[0].hidden == ("# why", "x = 'é'")
    assert stub.open == {"x = None"}


@pytest.mark.parametrize(
    "source",
    [
        b"x = 1\r\n{}\r\ny = '\xc3\xa9'\r\n",
        b"\xef\xbb\xbfx = 1\n{}\ny = 2",
        b"\xef\xbb\xbf{}\ny = 2",
        b"# coding: latin-1\nx = '\xe9\xff'\n{}\ny = '\xfc'\n",
        b"x = 1\r\n{}\ny = 2\r\n\n\n",
        b"x = 1\n\x0c\n{}\nif x:\n\ty = 2   \n\n\n",
    ],
)
def test_bytes_outside_survive_line_ends_marks_and_encodings(source: bytes) -> None:
    end = b"\r\n" if source.startswith(b"x = 1\r\n{}\r\n") else b"\n"
    region = end.join([b"# BEGIN SOLUTION slope", b"z = 3", b"# END SOLUTION"])
    stub = end.join([b'raise NotImplementedError("TODO slope")', b"# END TODO"])
    assert content(source.replace(b"{}", region)) == source.replace(b"{}", stub)


line_of_text = st.text(string.printable.translate({10: None, 13: None}) + "é∇漢\u2028", max_size=9)
outside = st.lists(
    st.one_of(
        line_of_text.map(lambda text: "#: " + text.replace("SOLUTION", "").replace("#", "")),
        line_of_text.map(lambda text: f"x = {text.replace('#', '')!r}  "),
        st.sampled_from(["", "\t", "if x:\n\ty = 2", '"""a\n  b\n"""', "\x0c", "z = (1,\n 2)"]),
    ),
    max_size=5,
)


@given(
    parts=st.lists(outside, min_size=2, max_size=4),
    hidden=st.sampled_from(["", "secret = 3", "def f():\n    return 5\n", '"""\nraise\n"""']),
    end=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
    last=st.booleans(),
)
def test_random_text_around_regions_survives_byte_for_byte(
    parts: list[list[str]], hidden: str, end: str, bom: bool, last: bool
) -> None:
    def joined(*middle: str) -> bytes:
        lines: list[str] = []
        for index, part in enumerate(parts):
            lines += [*middle] if index else []
            lines += part
        text = "\n".join(lines) + ("\n" if last else "")
        return text.replace("\n", end).encode("utf-8-sig" if bom else "utf-8")

    source = joined("# BEGIN SOLUTION slope", hidden, "# END SOLUTION")
    assert content(source) == joined('raise NotImplementedError("TODO slope")', "# END TODO")


def test_a_begin_without_an_end_names_file_and_line() -> None:
    message = refusal("x = 1\n# BEGIN SOLUTION slope\ny = 2\n")
    assert message.startswith("ridge.py:2: BEGIN SOLUTION slope is never closed; add")


def test_an_end_without_a_begin_names_file_and_line() -> None:
    message = refusal("x = 1\ny = 2\n# END SOLUTION\n")
    assert message.startswith("ridge.py:3: END SOLUTION closes no region")


def test_a_begin_inside_a_region_names_both_lines() -> None:
    message = refusal("# BEGIN SOLUTION slope\nx = 1\n# BEGIN SOLUTION slope\n# END SOLUTION\n")
    assert message.startswith("ridge.py:3: BEGIN SOLUTION slope stands inside")
    assert "of line 1" in message


def test_a_task_that_the_manifest_lacks_is_an_error_listing_those_it_has() -> None:
    message = refusal("# BEGIN SOLUTION slop\n# END SOLUTION\n", "slope", "bias")
    assert message.startswith("ridge.py:1: ")
    assert "no task 'slop'; its tasks are bias, slope" in message


def test_a_task_without_a_region_is_an_error() -> None:
    message = refusal("# BEGIN SOLUTION slope\n# END SOLUTION\n", "slope", "bias")
    assert message.startswith("ridge.py:1: task 'bias' of the manifest has no region")


def test_an_end_that_names_another_task_is_an_error() -> None:
    source = "# BEGIN SOLUTION slope\n# END SOLUTION bias\n"
    assert refusal(source, "slope", "bias").startswith("ridge.py:2: END SOLUTION bias closes")


def test_an_end_indented_otherwise_is_an_error() -> None:
    source = "if 1:\n    # BEGIN SOLUTION slope\n    x = 1\n  # END SOLUTION\n"
    assert refusal(source).startswith("ridge.py:4: END SOLUTION is indented otherwise")


def test_a_tab_is_not_the_same_indentation_as_spaces() -> None:
    source = "if 1:\n\t# BEGIN SOLUTION slope\n\tx = 1\n        # END SOLUTION\n"
    assert "indented otherwise" in refusal(source)


def test_a_stub_line_outside_every_region_is_an_error() -> None:
    source = "# BEGIN SOLUTION slope\n# END SOLUTION\n# STUB: x = 1\n"
    assert refusal(source).startswith("ridge.py:3: a STUB line stands outside")


@pytest.mark.parametrize("source", ["x = 1\ndef f(:\n    pass\n", "x = 1\nreturn 3\n"])
def test_a_solution_that_does_not_compile_names_the_line(source: str) -> None:
    assert refusal(source).startswith("ridge.py:2: is not valid Python")


def test_null_bytes_are_an_error_and_no_traceback() -> None:
    assert "is not valid Python" in refusal(b"x = 1\n\0\n")


def test_a_stub_that_does_not_compile_names_the_line_of_the_region() -> None:
    source = "a = 1\nx = (\n# BEGIN SOLUTION slope\n3\n# END SOLUTION\n)\n"
    message = refusal(source)
    assert message.startswith("ridge.py:3: the stub does not compile: ")
    assert "in region 'slope' (lines 3-5)" in message
    assert "# STUB: code" in message
    assert content(source.replace("3\n", "3\n# STUB: None\n")) == (
        b"a = 1\nx = (\nNone\n# END TODO\n)\n"
    )


def test_a_stub_that_breaks_outside_the_region_names_the_nearest() -> None:
    far = "    # BEGIN SOLUTION bias\n    y = 1\n    # END SOLUTION\n"
    source = f"""def f():
{far}    # BEGIN SOLUTION slope
    try:
        x = 1
    # END SOLUTION
    except ValueError:
        pass
{far}"""
    message = refusal(source, "slope", "bias")
    assert message.startswith("ridge.py:9: the stub does not compile")
    assert "the nearest is region 'slope' (lines 5-8)" in message


def test_a_region_that_hides_the_coding_comment_is_an_error() -> None:
    source = b"# BEGIN SOLUTION slope\n# coding: latin-1\n# END SOLUTION\nx = '\xe9'\n"
    assert refusal(source).startswith("ridge.py:")
    plain = source.replace(b"\xe9", b"e")
    assert refusal(plain).startswith("ridge.py:1: the region holds the coding comment")
