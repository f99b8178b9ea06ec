"""Feedback in the student's own notebook: boxes under the tasks, figures kept, nothing hostile."""

import base64
import io
import json

import browser
import notebook_samples as samples
import pytest
from notebook_samples import FIT, IMPORT, PREDICT, SOLVE, cell, notebook, released, released_model
from PIL import Image
from report_html import Page

from grader.batch.intake import collect
from grader.notebook import page as page_module
from grader.notebook import view as view_module
from grader.notebook.page import clean_cells, notebook_page
from grader.notebook.view import read_views
from grader.report.feedback import Feedback, TaskFeedback
from grader.scores import Check


def picture(kind="PNG", size=(3, 2)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


def display(**data):
    kinds = {name.replace("_", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": kinds, "metadata": {}}


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>document.title='stolen'</script></svg>"
STEAL = "document.title='stolen'"
HOSTILE_HTML = [
    f"<script>{STEAL}</script>",
    f'<img src=x onerror="{STEAL}">',
    "<style>* { display: none }</style>",
    "<link rel=stylesheet href=http://127.0.0.1/x.css>",
    "<iframe src=http://127.0.0.1/></iframe><object data=x></object><embed src=x>",
    f'<a href="javascript:{STEAL}">click</a>',
    "<a href='data:text/html,<script>1</script>'>click</a>",
    "<form action=http://127.0.0.1/><input name=password><button>log in</button></form>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1/'><base href=http://127.0.0.1/>",
    "</div></div></section></main></body></html><section class=task><span class='badge good'>done",
    "<div class='task' style='position:fixed;inset:0' id=content>15 of 15 points</div>",
    "<!-- <b>comment --><![CDATA[ x ]]><?php x ?>",
    f'<svg onload="{STEAL}"><script>{STEAL}</script></svg><math><mtext></mtext></math>',
    f'<details open ontoggle="{STEAL}"><summary>more</summary></details>',
    "<img src='http://127.0.0.1/track.png'><img src='file:///etc/passwd'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7 * 191 }} {% raw %} {{ resources }}",
    "\u202e\x1b]0;stolen\x07\u2066",
]


def task(name, title, *, status="passed", message=None):
    check = Check(
        id="c", title="It holds", visibility="public", weight=1, status=status, message=message,
        expected=None, actual=None, hint=None, misconception=None, duration_s=0,
    )  # fmt: skip
    return TaskFeedback(
        id=name, title=title, status="done", good=True, points="6 of 6", checks=(check,)
    )


TASKS = (
    task("solve", "Solve for the weights"),
    task("predict", "Predict", status="crashed", message="NameError\ncell 7, line 2, in predict"),
    task("model", "Fit and predict"),
)


def page(tmp_path, files, tasks=TASKS):
    outlines = samples.outlines(tmp_path / "solution")
    for name, content in files.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(content)
    (taken,) = collect(
        [tmp_path / "in"], modules=samples.MODULES, workdir=tmp_path / "work",
        outlines=outlines, notebooks=tmp_path / "kept",
    )  # fmt: skip
    feedback = Feedback(
        assignment="Ridge", name="Kim", headline="10 of 15 points", opening=("Hello.",),
        notes=taken.notes, tasks=tasks,
    )  # fmt: skip
    names = dict.fromkeys(origin.notebook for origin in taken.origin.modules.values())
    named = list(zip(names, taken.notebooks, strict=True))
    return notebook_page(feedback, named, taken.origin).decode()


def cleaned(cells, **more):
    return "\n".join(clean_cells(read_views(notebook(cells, **more))[1]))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    files = {"ridge.ipynb": notebook(released(solve=SOLVE, predict=PREDICT), unit="ridge"),
             "model.ipynb": notebook(released_model(fit=FIT), unit="model")}  # fmt: skip
    return page(tmp_path_factory.mktemp("page"), files)


def test_what_checks_say_stands_under_the_cell_of_the_task(shown):
    place = 0
    for text in (
        "Your notebook <code>ridge.ipynb", ">cell 5<", "Solve for the weights", ">cell 6<",
        ">cell 7<", "cell 7, line 2, in predict", ">cell 8<",
        "Your notebook <code>model.ipynb", ">cell 2<", "Fit and predict", ">cell 3<",
    ):  # fmt: skip
        place = shown.index(text, place)
    assert "no cell below stands for" not in shown


def test_notes_tell_how_the_notebook_was_read(shown):
    assert "How your notebook was read" in shown
    assert "read from the notebook" in shown


def test_a_page_runs_no_script_and_allows_none(shown):
    found = Page(shown)
    (policy,) = [m["content"] for m in found.all("meta") if "http-equiv" in m]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert found.all("script") == []


def test_a_task_without_a_cell_stands_above_the_notebooks(tmp_path):
    text = page(tmp_path, {"ridge.ipynb": notebook([IMPORT, SOLVE])})
    assert text.index("no cell below stands for") < text.index(">Predict") < text.index("cell 1")


def test_figures_and_tables_are_kept():
    outputs = [display(image_png=picture()), display(image_jpeg=picture("JPEG")),
               display(text_html="<table class='dataframe'><tr><th>a</th></tr></table>",
                       text_plain="not this"),
               stream("\x1b[31mred\x1b[0m")]  # fmt: skip
    found = Page(cleaned([cell("plot()", outputs=outputs)]))
    assert [image["src"][:22] for image in found.all("img")] == [
        "data:image/png;base64,",
        "data:image/jpeg;base64",
    ]
    assert found.all("table") == [{"class": "dataframe"}]
    assert {"class": "ansi-red-fg"} in found.all("span")
    assert "not this" not in found.text


def test_pictures_that_are_attached_to_text_are_kept():
    one = cell("![figure](attachment:a.png) ![drawing](attachment:c.svg)", kind="markdown")
    drawing = base64.b64encode(SVG.encode()).decode()
    one["attachments"] = {"a.png": {"image/png": picture()}, "b.html": {"text/html": "<script>"},
                          "c.svg": {"image/svg+xml": drawing}}  # fmt: skip
    first, second = Page(cleaned([one])).all("img")
    assert first["src"].startswith("data:image/png;base64,")
    assert second["src"] == f"data:image/svg+xml;base64,{drawing}"


def test_pictures_that_stand_in_a_text_are_kept():
    big = base64.b64decode(picture()) + b"x" * 50_000  # behind the end of the picture
    text = f"Look: ![a digit](data:image/png;base64,{base64.b64encode(big).decode()}) **here**"
    found = Page(cleaned([cell(text, kind="markdown")]))
    (image,) = found.all("img")
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "a digit"
    assert found.all("strong")


@pytest.mark.parametrize("kind", ["markdown", "code", "raw", "heading"])
@pytest.mark.parametrize("hostile", HOSTILE_HTML)
def test_nothing_hostile_is_left_of_a_cell(hostile, kind):
    outputs = [display(text_html=hostile), stream(hostile), display(text_plain=hostile),
               {"output_type": "error", "ename": hostile, "evalue": hostile,
                "traceback": [hostile]}]  # fmt: skip
    text = cleaned([cell(hostile, kind=kind, outputs=outputs), "last = 1"])
    found = Page(text)
    assert {tag for tag, _ in found.elements} <= {
        "a", "b", "blockquote", "br", "code", "details", "div", "h1", "h2", "img", "li", "p",
        "pre", "span", "summary", "ul",
    }, text  # fmt: skip
    for tag, attributes in found.elements:
        assert not attributes.keys() - {"class", "src", "alt", "title", "rel", "href"}, (tag, text)
        assert not {"task", "badge", "good"} & set((attributes.get("class") or "").split())
        assert (attributes.get("href") or "http").startswith("http")
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
    assert found.comments == []
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("<div") == text.count("</div>")


@pytest.mark.parametrize(
    "data",
    [
        {"application/javascript": STEAL},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "<script>"}},
        {"application/vnd.plotly.v1+json": {"data": []}},
        {"<script>alert(1)</script>": "x"},
        {"image/png": "<script>"},
        {"image/png": picture("JPEG")},
        {"image/png": {"a": 1}},
    ],
)
def test_kinds_that_are_no_text_or_picture_are_named_only(data):
    output = {"output_type": "display_data", "data": data, "metadata": {"<script>": 1}}
    text = cleaned([cell("x", outputs=[output])])
    assert "of a kind that is not shown" in text
    assert "<script" not in text
    assert STEAL not in text


def test_a_drawing_is_shown_as_a_picture_which_runs_nothing():
    (image,) = Page(cleaned([cell("x", outputs=[display(**{"image_svg+xml": SVG})])])).all("img")
    assert base64.b64decode(image["src"].partition(",")[2]).decode() == SVG


@pytest.mark.parametrize(
    "outputs",
    [3, [3], {"a": 1}, [{"output_type": 3}], [{"data": 3}], [[]], "x", None],
)
def test_outputs_of_another_form_are_no_obstacle(outputs):
    one = cell("x = 1")
    one["outputs"] = outputs
    assert "x" in cleaned([one])


def test_large_outputs_are_not_shown(monkeypatch):
    big = cell("x", outputs=[stream("y" * 4_000_000)])
    text = cleaned([big, cell("z", outputs=[stream("w" * 30_000)])])
    assert "too large to be shown (4.0 MB)" in text
    assert len(text) < 60_000
    monkeypatch.setattr(view_module, "_PAGE_BYTES", 1000)
    assert "too large to be shown" in cleaned([cell("z", outputs=[stream("w" * 3_000)])])
    many = cell("x", outputs=[stream("y")] * 100)
    monkeypatch.undo()
    assert "40 more outputs are not shown" in cleaned([many])


def test_pictures_with_too_many_pixels_are_not_shown(monkeypatch):
    monkeypatch.setattr(view_module, "_PIXELS", 5)
    assert "<img" not in cleaned([cell("x", outputs=[display(image_png=picture())])])


def test_texts_that_a_parser_would_take_long_for_are_shown_as_they_are(monkeypatch):
    found = Page(cleaned([cell("**a** " * 2000, kind="markdown"), cell("**b**", kind="markdown")]))
    assert len(found.all("strong")) == 1
    assert "**a** **a**" in found.text
    monkeypatch.setattr(page_module, "_MARKDOWN_PAGE", 25)
    many = Page(cleaned([cell("**b** and", kind="markdown")] * 5))
    assert len(many.all("strong")) == 2


def test_what_the_converter_stumbles_over_is_shown_as_it_is():
    text = cleaned([cell("![x](attachment:none.png) <b>", kind="markdown"),
                    cell("**b**", kind="markdown")])  # fmt: skip
    assert "![x](attachment:none.png) &lt;b&gt;" in text
    assert "<strong>b</strong>" in text


def test_files_of_the_machine_are_not_put_into_the_page(tmp_path):
    (tmp_path / "x.png").write_bytes(base64.b64decode(picture()))
    one = cell(f"![x]({tmp_path}/x.png) ![y](file://{tmp_path}/x.png)", kind="markdown")
    assert all("src" not in image for image in Page(cleaned([one])).all("img"))


def test_old_formats_are_shown():
    content = {"nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "code", "input": "plot()", "language": "python", "outputs": [
            {"output_type": "display_data", "png": picture()},
            {"output_type": "pyout", "text": ["7"]}]},
        {"cell_type": "heading", "level": 1, "source": "A heading"}]}]}  # fmt: skip
    text = "\n".join(clean_cells(read_views(json.dumps(content).encode())[1]))
    assert "data:image/png" in text
    assert "A heading" in text
    assert "7" in Page(text).text


def test_hostile_names_ids_and_metadata_reach_no_page(tmp_path):
    hostile = "<script>PWNED</script>"
    cells = [cell(SOLVE, name=hostile), cell(f"{IMPORT}\n{PREDICT}\n# {hostile}")]
    cells[0]["metadata"] = {"tags": [hostile], "grader": {"task": hostile, "role": hostile}}
    content = notebook(
        cells, metadata={"title": hostile, "widgets": {hostile: hostile}, "authors": [hostile]}
    )
    text = page(tmp_path, {"ridge.ipynb": content, f"{hostile[:7]}.ipynb": b"{}"})
    assert Page(text).all("script") == []
    assert text.count("PWNED") == 1, "the comment, which is the student's code"


def test_a_page_of_hostile_cells_does_nothing_in_a_browser(tmp_path):
    cells = [cell(h, kind="markdown") for h in HOSTILE_HTML]
    cells += [cell("x", outputs=[display(text_html=h)]) for h in HOSTILE_HTML]
    cells += [cell("x", outputs=[display(**{"image_svg+xml": SVG})]), IMPORT, SOLVE, PREDICT, FIT]
    (tmp_path / "page.html").write_text(page(tmp_path, {"ridge.ipynb": notebook(cells)}))
    asked, said = [], []
    with browser.started() as chromium:
        context = chromium.new_context(viewport={"width": 1000, "height": 800})
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto((tmp_path / "page.html").as_uri())
        assert tab.title() == "10 of 15 points: Ridge"
        boxes = tab.locator("section.task")
        assert boxes.count() == 3
        assert all(box.is_visible() for box in boxes.all())
        width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert tab.evaluate(width)
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file://", "data:image/"))] == []
