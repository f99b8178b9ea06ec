import pytest
from markdown_it import MarkdownIt
from report_class import HOSTILE

from grader.report.text import fenced, markdown, marked, marked_lines, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("x\x00\x7f\x9b", r"x\x00\x7f\x9b"),
        ("abc\u202edef", r"abc\u202edef"),
        ("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028"),
        ("\udcff \ue000", r"\udcff \ue000"),
        ("\U000e0041", r"\U000e0041"),
        ("a\rb\r\nc\td", "a\\x0db\nc\td"),
    ],
)
def test_what_cannot_be_seen_is_written_as_its_escape(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text", ["Zoë Müller", "محمد", "דנה", "क\u200cष", "👩\u200d🔬", "日本", "<b>"]
)
def test_names_of_all_scripts_stay_as_they_are(text):
    assert visible(text) == text


def test_marks_piled_on_a_letter_end_after_a_few():
    shown = visible("e" + "\u0301" * 60)
    assert shown.startswith("e" + "\u0301" * 8 + r"\u0301")
    assert shown.count("\u0301") == 8


def test_an_escape_of_ours_can_be_told_from_one_that_a_student_wrote():
    assert marked("\\u202e") == r"\u202e"
    assert marked("\u202e<i>") == '<span class="escaped">\\u202e</span>&lt;i&gt;'


def test_a_name_is_one_line():
    assert one_line("  Kim\n# Heading\t ") == "Kim # Heading"


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "- a", "+ a", "=====", "1. a", "12) a", "http://127.0.0.1/", "www.example.org",
     "@staff see #12", "$x$", "**bold**", "a | b", "~~gone~~", "\\", "> quote", "***"],
)  # fmt: skip
def test_markdown_shows_a_text_as_it_is(text):
    parser = MarkdownIt().enable(["table", "strikethrough"])
    opened, paragraph, _ = parser.parse(markdown(text))
    assert opened.type == "paragraph_open"
    assert {t.type for t in paragraph.children} <= {"text", "text_special"}
    assert "".join(t.content for t in paragraph.children) == one_line(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_code_block_cannot_be_left(text):
    (block,) = MarkdownIt().parse("\n".join(fenced(text)))
    assert block.type == "fence"
    assert block.content == visible(text).replace("\t", "    ") + "\n"


@pytest.mark.parametrize("odd", ["", "\u202e", "\r", "é"], ids=["plain", "turned", "CR", "letter"])
def test_lines_are_shown_together_as_one_by_one(odd):
    lines = ["if a < b & c:", "", f"    x = '{odd}'", "</pre>", ""]
    assert list(marked_lines(lines)) == [marked(line) for line in lines]
