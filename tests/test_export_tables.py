"""Canvas and Moodle: files that a platform gave are filled in as the platform reads them."""

import csv
import io
import re

import pytest
from sample_scores import FINAL, write_class
from test_export_golden import options

from grader.export import ExportError, export, read_graded
from grader.export.tables import cell, decimal, read_sheet

CANVAS = """\
Student,ID,SIS Login ID,Section,Warm-up (4710),Lines (4711),Lines bonus (4712)
    Points Possible,,,,5.00,11.00,3.00
"Lovelace, Ada",11,ada,A,5,,
"Ødegård, =Bjørn",12,bjorn,B,4,2,1
"明, 陈",13,chen,A,,-,
"=HYPERLINK(""http://x"")",99,gone,A,3,7.5,
"Student, Test",,,A,,,
"""
GERMAN = """\
ID;"Vollständiger Name";E-Mail-Adresse;Status;Bewertung;Bestwertung;"Feedback als Kommentar"
"Teilnehmer/in 501";"Ada Lovelace";ada@example.org;x;-;11,00;
"Teilnehmer/in 502";"=Bjørn Ødegård";bjorn@example.org;x;;11,00;alt
"Teilnehmer/in 503";"陈 明";chen@example.org;x;;11,00;
"Teilnehmer/in 599";"Nobody";none@example.org;x;3,5;11,00;keep
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"))


def made(name, folder, **more):
    graded, _ = read_graded(folder)
    found = export(name, graded, options(folder, **more))
    return found.files[""], found.problems


def given(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "given.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def table(content, delimiter=","):
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("wanted", ["4711", "Lines", "Lines (4711)"])
def test_canvas_gets_the_one_column_of_its_own_gradebook(tmp_path, folder, encoding, wanted):
    roster = given(tmp_path, CANVAS, encoding)
    content, problems = made("canvas", folder, roster=roster, assignment_id=wanted)
    header, points, *rows = table(content)
    assert header == ["Student", "ID", "SIS Login ID", "Section", "Lines (4711)"]
    assert points[0].strip() == "Points Possible"
    assert points[4] == "11.00"
    assert {row[1]: row[4] for row in rows} == {
        "11": str(FINAL["ada"]),
        "12": str(FINAL["bjorn"]),
        "13": str(FINAL["chen"]),
        "99": "7.5",  # handed in nothing: stays as it was
    }
    assert not any(c.startswith("=") for row in rows for c in row)
    left_out = " ".join(problems)
    for who in ("chen (-Dina Kaya): not in given.csv", "fox: not in", "eve: needs a person first"):
        assert who in left_out


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        (CANVAS, None, "Warm-up (4710); Lines (4711)"),
        (CANVAS, "47", "fits 0"),
        (CANVAS.replace("(4712)", "(4711)"), "4711", "fits 2"),
        (CANVAS.replace("ID,SIS", "Number,SIS"), "4711", "no column ID"),
        (CANVAS + "x,y\n", "4711", "row 8 has 2 cells"),
        ("", "4711", "is empty"),
    ],
)
def test_a_roster_that_does_not_tell_the_column_is_refused(tmp_path, folder, text, wanted, said):
    with pytest.raises(ExportError, match=re.escape(said)):
        made("canvas", folder, roster=given(tmp_path, text), assignment_id=wanted)


def test_canvas_without_any_number_is_refused(folder):
    with pytest.raises(ExportError, match="--assignment-id"):
        made("canvas", folder, assignment_id=None)
    with pytest.raises(ExportError, match="digits"):
        made("canvas", folder, assignment_id="Lines")


def test_two_submissions_of_one_student_are_never_chosen_between(tmp_path, folder):
    graded, _ = read_graded(folder)
    again = [*graded, graded[0]]
    found = export("canvas", again, options(folder))
    assert b"Lovelace" not in found.files[""]
    assert sum("same student" in line for line in found.problems) == 2
    roster = given(tmp_path, CANVAS)
    found = export("canvas", again, options(folder, roster=roster))
    assert any("is the same student" in line for line in found.problems)
    twins = CANVAS.replace('"明, 陈",13', '"明, 陈",11')
    found = export("canvas", graded, options(folder, roster=given(tmp_path, twins)))
    assert any("fits the students 2, 4" in line for line in found.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_moodle_gets_its_own_worksheet_in_its_own_language(tmp_path, folder, encoding):
    sheet = given(tmp_path, GERMAN, encoding)
    content, problems = made("moodle", folder, worksheet=sheet, key=None)
    assert content.startswith(b"\xef\xbb\xbf") is (encoding == "utf-8-sig")
    rows = table(content, ";")
    before = table(sheet.read_bytes(), ";")
    assert rows[0] == before[0]
    assert rows[4] == before[4]
    assert [row[4] for row in rows[1:4]] == ["9,5", "6,25", "4,83"]
    assert rows[2][1] == "'=Bjørn Ødegård"
    assert rows[1][6] == "9.5 of 11 points.<br>Penalty: -1.5 points (2 days late)"
    for place in (0, 2, 3, 5):
        assert [row[place] for row in rows] == [row[place] for row in before]
    assert len(problems) == 3


def test_moodle_feedback_can_be_left_out_and_columns_be_named(tmp_path, folder):
    text = GERMAN.replace("Bewertung", "Hodnotenie").replace("Feedback als", "Spätná väzba")
    sheet = given(tmp_path, text)
    with pytest.raises(ExportError, match="--grade-column"):
        made("moodle", folder, worksheet=sheet, key=None)
    named = {"grade_column": "hodnotenie", "feedback_column": "Spätná väzba Kommentar"}
    content, _ = made("moodle", folder, worksheet=sheet, key=None, feedback=False, **named)
    assert [(row[4], row[6]) for row in table(content, ";")[1:3]] == [("9,5", ""), ("6,25", "alt")]
    with pytest.raises(ExportError, match="--feedback-column"):
        made("moodle", folder, worksheet=sheet, key=None, **named | {"feedback_column": "x"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Identifier,Grade\nAda,\n", "no column holds"),
        ("Identifier,Grade\nParticipant 1,\nParticipant 1,\n", "no column holds"),
    ],
)
def test_what_is_no_worksheet_is_refused(tmp_path, folder, text, said):
    with pytest.raises(ExportError, match=said):
        made("moodle", folder, worksheet=given(tmp_path, text), key=None)


def test_a_table_that_is_not_utf_8_is_refused(tmp_path, folder):
    with pytest.raises(ExportError, match="not UTF-8"):
        made("moodle", folder, worksheet=given(tmp_path, GERMAN, "utf-16"), key=None)
    with pytest.raises(ExportError, match="cannot be read"):
        made("moodle", folder, worksheet=tmp_path / "gone.csv", key=None)


def test_moodle_gradebook_has_only_columns_that_it_maps(folder):
    for key, first in (("email", "Ada@example.org"), ("idnumber", "S-1")):
        content, problems = made("moodle", folder, key=key, title="=Lines")
        header, *rows = table(content)
        assert header == [key, "'=Lines", "feedback"]
        assert rows[0][:2] == [first, "9.5"]
        assert [float(row[1]) for row in rows] == [9.5, 6.25, 4.83, 4.83]
        assert any("fox" in line for line in problems)


def test_moodle_needs_one_of_two_ways_and_somebody_to_export(folder):
    with pytest.raises(ExportError, match="--worksheet"):
        made("moodle", folder, key=None)
    graded, _ = read_graded(folder)
    with pytest.raises(ExportError, match="would be empty"):
        export("moodle", graded[-1:], options(folder))
    twice = export("moodle", [*graded, graded[0]], options(folder))
    assert b"Ada" not in twice.files[""]
    assert sum("shares" in line for line in twice.problems) == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1"])
def test_no_cell_is_a_formula(text):
    assert cell(text)[0] in "'\\"


def test_cells_are_one_line_and_numbers_short():
    assert cell("a\nb") == "a\\nb"
    assert cell(None) == ""
    assert [decimal(x) for x in (3.0, 2.5, 0.1 + 0.2, 10.0)] == ["3", "2.5", "0.3", "10"]
    assert decimal(1.25, comma=True) == "1,25"


def test_a_sheet_is_written_back_as_it_was(tmp_path):
    sheet = read_sheet(given(tmp_path, 'a;"b;c"\n1;"x ""y"""\n', "utf-8-sig"))
    assert table(sheet.encode(sheet.rows), ";") == [["a", "b;c"], ["1", 'x "y"']]
