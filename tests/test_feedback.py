"""What students are shown: the model, HTML, Markdown and plain text."""

import re
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt
from report_class import HOSTILE, curve, generate, manifest, picture
from report_html import Page
from sample_scores import make_score, make_task

from grader.batch.records import Entry
from grader.batch.remarks import Adjustment, Comment, final_points
from grader.manifest import load_manifest
from grader.report.feedback import level_at, make_feedback
from grader.report.plain import feedback_markdown, feedback_text
from grader.report.records import Record
from grader.report.rendering import render
from grader.report.text import one_line

BEFORE = datetime(2031, 3, 4, 11, 59, tzinfo=UTC)
AFTER = datetime(2031, 3, 4, 12, 0, tzinfo=UTC)
SWITCH = '[feedback]\nbefore_deadline = "{}"\nafter_deadline = "all"'


@pytest.fixture
def assignment(tmp_path):
    def load(more=""):
        (tmp_path / "assignment.toml").write_text(manifest(more))
        return load_manifest(tmp_path)

    return load


def make_record(score, *, entry=None, adjustments=(), comments=(), folder=None):
    return Record(
        entry=entry or Entry(id=score.submission),
        score=score,
        final=final_points(score, adjustments),
        adjustments=tuple(adjustments),
        comments=tuple(comments),
        folder=folder,
        attention=(),
    )


@pytest.fixture(scope="module")
def made():
    names = [f"student-{number:02}" for number in range(len(HOSTILE))]
    return generate(names, {})


def forms(feedback):
    html = render("feedback.html.j2", feedback=feedback).decode()
    return {"html": html, "md": feedback_markdown(feedback), "txt": feedback_text(feedback)}


def hidden_words(score):
    """What only staff may see of this score."""
    words = set()
    for check in (check for task in score.tasks for check in task.checks):
        if check.visibility == "hidden":
            words |= {check.id, check.title}
            words |= {check.expected} if check.expected else set()
    return words


def test_nothing_of_a_hidden_check_but_task_hint_and_misconception_is_shown(
    assignment, made, tmp_path
):
    seen = 0
    for entry, score in made:
        record = make_record(score, entry=entry, folder=tmp_path)
        feedback = make_feedback(record, assignment(), AFTER)
        for name, text in forms(feedback).items():
            plain = text.replace("\\", "") if name == "md" else text
            for word in hidden_words(score):
                assert word not in plain, (name, word)
                seen += 1
            # "the value 42 of slope" is what hidden checks expected, 41, 43 and 45 public ones
            assert not re.search(r"the value 4[24] of", plain)
    assert seen > 100


def test_public_checks_are_shown_in_full(assignment, tmp_path):
    score = make_score("kim")
    check = score.tasks[1].checks[0]
    check.message, check.expected, check.actual = "it is off by 7", "17 of them", "24 of them"
    check.hint, check.misconception = "Count from zero.", "off_by_seven"
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    for text in forms(feedback).values():
        plain = text.replace("\\", "")
        for words in ("It does", "it is off by 7", "17 of them", "24 of them", "Count from zero."):
            assert words in plain
        assert "off by seven" in plain
        assert "8.5 of 11 points" in plain


def test_points_penalty_adjustments_and_comments_add_up_in_front_of_the_student(
    assignment, tmp_path
):
    at = "2031-03-05T10:00:00+00:00"
    add = Adjustment(
        id=1,
        submission="kim",
        task="slope",
        kind="add",
        points=1.0,
        comment="a typing error",
        author="ada",
        at=at,
    )
    lost = Adjustment(
        id=2, submission="kim", task="gone", kind="add", points=9, comment="", author="ada", at=at
    )
    said = Comment(id=1, submission="kim", text="Come and see me.", author="ada", at=at)
    record = make_record(
        make_score("kim", penalty=2.0), adjustments=[add, lost], comments=[said], folder=tmp_path
    )
    feedback = make_feedback(record, assignment(), AFTER)
    assert feedback.sums == (
        ("Tasks", "8.5"),
        ("Adjusted by your course staff of Slope: a typing error", "+1"),
        ("2 days late", "-2"),
        ("Together", "7.5 of 11"),
    )
    for text in forms(feedback).values():
        assert "Come and see me" in text
        assert "ada" not in text


def test_the_next_step_is_what_holds_others_up_then_what_costs_most(assignment, tmp_path):
    points = {"cheap": 1.0, "gate": 2.0, "dear": 9.0, "after": 20.0, "late": 30.0}
    tasks = [make_task(name, 0.0, most) for name, most in points.items()]
    cheap, gate, dear, after, late = (task.checks[0] for task in tasks)
    cheap.hint, dear.hint = "Cheap hint.", "Dear hint."
    gate.status, gate.message = "crashed", "KeyError: 'x'\nlines.py, line 7, in gate\n    x['x']"
    after.status, after.message = "skipped", 'needs task gate (Gate), whose check "It does" has'
    late.status = "todo"
    score = make_score("kim", tasks=tasks)
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    assert [(step.task, step.text) for step in feedback.steps] == [
        ("Gate", "Your code stops with KeyError: 'x', at lines.py, line 7, in gate."),
        ("Dear", "Dear hint."),
        ("Cheap", "Cheap hint."),
    ]
    score.tasks = tasks[-1:]
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    assert feedback.steps[0].text == "It is not begun yet; take its TODO next."


def test_a_full_score_has_no_next_step_and_is_praised(assignment, tmp_path):
    score = make_score("kim", slope=4.0, spread=7.0)
    for task in score.tasks:
        task.status = "passed"
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    assert feedback.steps == ()
    assert feedback.opening == ("All tasks are done. Well done.",)


def test_what_failed_on_our_side_is_open_and_not_lost(assignment, tmp_path):
    score = make_score("kim", status="needs_review", reason="KeyError in test_secret")
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    for text in forms(feedback).values():
        assert "open, not lost" in " ".join(text.split())
        assert "test_secret" not in text
    score.tasks = []
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    assert "no fault of yours" in feedback.opening[0]
    entry = Entry(id="kim", problem="two files for lines.py")
    feedback = make_feedback(make_record(score, entry=entry), assignment(), AFTER)
    assert "two files for lines.py" in feedback.opening[0]


def test_the_switch_says_what_is_shown_before_the_deadline(assignment, made, tmp_path):
    entry, score = made[1]
    record = make_record(score, entry=entry, folder=tmp_path)
    nothing = make_feedback(record, assignment(SWITCH.format("nothing")), BEFORE)
    assert (nothing.tasks, nothing.sums, nothing.steps) == ((), (), ())
    assert "04 March 2031, 12:00 UTC" in nothing.opening[0]
    public = make_feedback(record, assignment(SWITCH.format("public")), BEFORE)
    shown = [check for task in public.tasks for check in task.checks]
    assert {check.visibility for check in shown} == {"public"}
    for text in forms(public).values():
        assert "Hidden check" not in text
        assert "04 March 2031" in text.replace("\\", "")
        assert not re.search(r"\d of \d+(\.\d+)? points", text)
    assert [(t.points, t.metrics, t.artifacts.pictures) for t in public.tasks] == [
        (None, (), ())
    ] * len(public.tasks)
    later = make_feedback(record, assignment(SWITCH.format("nothing")), AFTER)
    assert later == make_feedback(record, assignment(), BEFORE)
    assert later.tasks


def test_a_public_check_blocked_by_a_hidden_one_does_not_say_so_before_its_time(
    assignment, tmp_path
):
    score = make_score("kim")
    gate, blocked = score.tasks[0].checks[0], score.tasks[1].checks[0]
    gate.visibility, gate.title, gate.status = "hidden", "The secret", "failed"
    blocked.status = "skipped"
    blocked.message = 'needs task slope (Slope), whose check "The secret" has not passed'
    record = make_record(score, folder=tmp_path)
    public = make_feedback(record, assignment(SWITCH.format("public")), BEFORE)
    assert [task.id for task in public.tasks] == ["spread"]
    assert public.tasks[0].checks[0].message == "needs another task first"


def test_without_a_deadline_what_is_shown_after_it_is_shown(assignment, tmp_path):
    text = manifest('[feedback]\nafter_deadline = "public"\nbefore_deadline = "public"')
    (tmp_path / "assignment.toml").write_text(re.sub(r"due = .*\n", "", text))
    found = load_manifest(tmp_path)
    assert found.deadline is None
    assert level_at(found, BEFORE) == "public"


def test_pictures_and_curves_are_the_students_own(assignment, tmp_path):
    import random

    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "own_fit.png").write_bytes(picture(1))
    (tmp_path / "artifacts" / "fit.curve.json").write_bytes(curve(random.Random(3)))
    score = make_score("kim")
    score.tasks[0].artifacts = ["artifacts/own_fit.png", "artifacts/fit.curve.json"]
    feedback = make_feedback(make_record(score, folder=tmp_path), assignment(), AFTER)
    page = Page(forms(feedback)["html"])
    (image,) = page.all("img")
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "Slope: own fit"
    assert "training steps" in page.text
    assert "mean squared error" in page.text
    assert "own fit" in feedback_text(feedback)


def test_nothing_a_student_wrote_is_markup(assignment, made, tmp_path):
    for number, (entry, score) in enumerate(made):
        named = Entry(id=entry.id, name=HOSTILE[number])
        feedback = make_feedback(
            make_record(score, entry=named, folder=tmp_path), assignment(), AFTER
        )
        found = forms(feedback)
        page = Page(found["html"])
        page.refuse_foreign(scripts=0)
        assert one_line(HOSTILE[number]) in " ".join(page.text.split())
        parsed = MarkdownIt().enable("table").parse(found["md"])
        inner = [child.type for token in parsed for child in token.children or ()]
        kinds = {token.type for token in parsed} | set(inner)
        assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline"}
        titles = [t.children[0].content for t, before in zip(parsed[1:], parsed, strict=False)
                  if before.type == "heading_open" and before.tag == "h1"]  # fmt: skip
        assert len(titles) == 1
        for text in (found["md"], found["txt"]):
            assert not re.search(
                r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", text
            )


def test_the_tone_is_calm(assignment, made, tmp_path):
    for entry, score in made:
        plain = Entry(id=entry.id, name="Kim")
        for task in score.tasks:
            for check in task.checks:
                check.message = check.actual = None
        record = make_record(score, entry=plain, folder=tmp_path)
        feedback = make_feedback(record, assignment(), AFTER)
        assert "!" not in feedback_text(feedback)
        assert "!" not in feedback_markdown(feedback).replace("\\!", "")
        assert "!" not in Page(forms(feedback)["html"]).text


def test_plain_text_keeps_to_its_width(assignment, made, tmp_path):
    entry, score = made[14]
    feedback = make_feedback(make_record(score, entry=entry, folder=tmp_path), assignment(), AFTER)
    lines = feedback_text(feedback).split("\n")
    own = [line for line in lines if not line.startswith("      ")]
    assert max(len(line) for line in own) <= 78
