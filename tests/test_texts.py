import io

import pytest

from grader.texts import encodable, number, one_line, printable


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (2.5, "2.5"), (2 / 3, "0.67"), (0.0, "0"), (-0.001, "0"), (-4.25, "-4.25")],
)
def test_points_are_written_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text


def test_what_could_steer_a_terminal_is_escaped() -> None:
    assert printable("\x1b[2Ja\u202eb\tc\n") == "\\x1b[2Ja\\u202eb\\tc\n"


def test_a_name_stays_on_one_line() -> None:
    assert one_line("Ada\nLovelace\r") == "Ada\\nLovelace\\r"


def test_letters_that_the_stream_has_are_kept() -> None:
    utf8 = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert encodable("Zoë …", utf8) == "Zoë …"
    assert encodable("Zoë …", None) == "Zoë …"


def test_letters_that_the_stream_lacks_become_question_marks() -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert encodable("Zoë …", ascii_only) == "Zo? ?"


def test_a_stream_of_an_unknown_encoding_gets_ascii() -> None:
    class Odd(io.StringIO):
        encoding = "no-such-code"

    assert encodable("Zoë", Odd()) == "Zo?"
