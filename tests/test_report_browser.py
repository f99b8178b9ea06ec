"""Reports in headless Chromium: sorting, filtering, drilling down, accessibility, no requests."""

from datetime import UTC, datetime

import browser
import pytest
from report_class import HOSTILE, manifest, records, write

from grader.manifest import load_manifest
from grader.report import write_report
from grader.report.overview import overview
from grader.report.rendering import render
from grader.report.text import one_line

NOW = datetime(2031, 3, 6, tzinfo=UTC)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def chromium():
    with browser.started() as found:
        yield found


@pytest.fixture(scope="module")
def results(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    results = write(folder, 2 * len(HOSTILE))
    write_report(results, folder / "solution", now=NOW)
    return results


@pytest.fixture(scope="module")
def thousand(chromium, tmp_path_factory):
    """The first page of a class of 1,000."""
    folder = tmp_path_factory.mktemp("thousand")
    (folder / "assignment.toml").write_text(manifest())
    found = records(1000, folder)
    shown = overview(found, (), load_manifest(folder), "today")
    path = folder / "index.html"
    path.write_bytes(render("index.html.j2", script="table.js", o=shown))
    return path


@pytest.fixture
def visit(chromium):
    """``visit(path, **options)`` opens a page; what it complains of or asks for is an error."""
    contexts, wrong = [], []

    def visit(path, **options):
        context = chromium.new_context(**({"viewport": DESK} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda request: asked(request.url))
        page.goto(path.as_uri() if hasattr(path, "as_uri") else path)
        return page

    def asked(address):
        if not address.startswith(("file:", "data:")):
            wrong.append(address)

    yield visit
    for context in contexts:
        context.close()
    assert not wrong


def column(page, number):
    return page.eval_on_selector_all(
        f"#table tbody tr:not([hidden]) > :nth-child({number})",
        "cells => cells.map(cell => cell.dataset.sort ?? cell.textContent.trim())",
    )


def test_a_thousand_rows_are_sorted_by_any_column(visit, thousand):
    page = visit(thousand)
    assert page.locator("#shown").text_content() == "1000 of 1000 shown"
    points = page.locator("#table").get_by_role("columnheader", name="Points", exact=True)
    points.get_by_role("button").click()
    found = [float(value) for value in column(page, 2)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) > 100
    assert points.get_attribute("aria-sort") == "descending"
    points.get_by_role("button").press("Enter")
    assert [float(value) for value in column(page, 2)] == sorted(found)
    assert points.get_attribute("aria-sort") == "ascending"
    page.get_by_role("columnheader", name="Student").get_by_role("button").click()
    assert points.get_attribute("aria-sort") is None
    names = [name for name in column(page, 1) if name.startswith("Zoë")]
    numbers = [int(name.partition("Müller-")[2].split("student")[0]) for name in names]
    assert numbers == sorted(numbers)


def test_those_who_need_a_person_come_first_until_something_else_is_asked(visit, thousand):
    page = visit(thousand)
    status = column(page, 3)
    assert status == sorted(status)
    assert status.count("0") == 25


def test_a_thousand_rows_are_filtered_by_name_task_and_marks(visit, thousand):
    page = visit(thousand)
    page.get_by_label("Name or id").fill("müller 0077")
    assert page.locator("#shown").text_content() == "1 of 1000 shown"
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("document.getElementById('shown').textContent.startsWith('1000 of')")
    page.get_by_label("needs a person").check()
    assert page.locator("#shown").text_content() == "25 of 1000 shown"
    page.get_by_label("needs a person").uncheck()
    page.get_by_label("late", exact=True).check()
    late = page.locator("#table tbody tr:not([hidden])").count()
    assert 50 < late < 200
    page.get_by_label("Lost points in").select_option("slope")
    rows = page.locator("#table tbody tr:not([hidden])")
    assert 0 < rows.count() < late
    lost = page.eval_on_selector_all(
        "#table tbody tr:not([hidden])", "rows => rows.map(row => row.dataset.lost.split(' '))"
    )
    assert all("slope" in tasks for tasks in lost)


def test_a_task_leads_to_those_who_lost_points_in_it(visit, thousand):
    page = visit(thousand)
    page.get_by_role("link", name="Intervals of confidence").first.click()
    shown = "document.getElementById('shown').textContent"
    page.wait_for_function(f"!{shown}.startsWith('1000 ')")  # the page is told of a link afterwards
    assert page.get_by_label("Lost points in").input_value() == "intervals"


def test_from_the_class_to_a_submission_and_on_to_the_next(visit, results):
    page = visit(results / "report" / "index.html")
    page.get_by_role("link", name="Zoë Müller-1", exact=True).first.click()
    page.wait_for_url("**/submissions/student-0001.html")
    assert page.get_by_role("heading", level=1).text_content() == "Zoë Müller-1"
    page.get_by_role("link", name="Next:").click()
    page.wait_for_url("**/student-0002.html")
    loaded = "images => images.every(image => image.naturalWidth > 0)"
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    page.wait_for_function("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.locator("img").count() == 2
    assert page.eval_on_selector_all("img", loaded)
    page.get_by_role("link", name="The class").click()
    page.wait_for_url("**/report/index.html")


def test_without_scripts_everything_is_still_there(visit, results):
    page = visit(results / "report" / "index.html", java_script_enabled=False)
    assert page.locator("#table tbody tr").count() == 2 * len(HOSTILE)
    assert not page.locator("#filters").is_visible()


def test_the_table_is_reached_and_sorted_with_the_keyboard(visit, results):
    page = visit(results / "report" / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.get_by_label("Name or id").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Points":
            break
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort]").text_content() == "Points"


@pytest.mark.parametrize("number", range(0, len(HOSTILE), 3))
def test_hostile_texts_are_text(visit, results, number):
    own = HOSTILE[number]
    page = visit(results / "report" / "submissions" / f"student-{number:04}.html")
    for path in (page.url, (results / f"student-{number:04}" / "feedback.html").as_uri()):
        page.goto(path)
        assert "stolen" not in page.title().replace(one_line(own), "")
        assert (
            page.evaluate("document.querySelectorAll('svg[onload], img[onerror], b').length") == 0
        )
        shown = page.evaluate("document.querySelector('header').textContent")
        assert " ".join(one_line(own).split()) in " ".join(shown.split())


def test_a_script_in_a_picture_does_not_run(visit, results, tmp_path):
    from sample_scores import make_task

    from grader.report.pictures import read_artifacts

    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)">'
        '<script>parent.document.title="stolen"</script>'
        '<image href="http://127.0.0.1:9/x.png" width="9" height="9"/></svg>'
    )
    task = make_task("t", 1, 1, artifacts=["artifacts/a.svg"])
    (picture,) = read_artifacts(task, tmp_path).pictures
    policy_and_head = render("feedback.html.j2", feedback=_empty()).decode()
    image = f'<img alt="picture" src="{picture.data}">'
    (tmp_path / "page.html").write_text(policy_and_head.replace("</main>", f"{image}</main>"))
    page = visit(tmp_path / "page.html")
    page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
    assert page.title() == "Headline: Lines"


def _empty():
    from grader.report.feedback import Feedback

    return Feedback(assignment="Lines", name="Kim", headline="Headline", opening=())


def test_a_foreign_script_is_refused_by_the_policy(chromium, results, tmp_path):
    page_text = render("feedback.html.j2", feedback=_empty()).decode()
    injected = "<script>document.title = 'stolen'</script><img src=x onerror=\"document.title=1\">"
    (tmp_path / "page.html").write_text(page_text.replace("</main>", f"{injected}</main>"))
    page = chromium.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_timeout(100)
    assert page.title() == "Headline: Lines"
    assert any("Content Security Policy" in text for text in refused)
    page.close()


PAGES = ["report/index.html", "report/submissions/student-0003.html", "student-0001/feedback.html"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
def test_pages_are_accessible(visit, results, path, scheme, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe (dev)")
    page = visit(results / path, viewport=size, color_scheme=scheme)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    found = axe.Axe().run(page)
    wrong = [
        (item["id"], [node["html"][:200] for node in item["nodes"][:3]])
        for item in found.response["violations"]
    ]
    assert not wrong
    assert len(found.response["passes"]) > 15


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_fit_their_window(visit, results, size):
    for path in PAGES:
        page = visit(results / path, viewport=size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_dark_and_light_are_different_pages(visit, results):
    grounds = {
        visit(results / "report" / "index.html", color_scheme=scheme).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert len(grounds) == 2


def test_on_paper_there_are_no_controls(visit, results):
    page = visit(results / "report" / "index.html")
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.locator("#table tbody tr").last.is_visible()
