"""Hostile notebooks, graded and shown: the score of their code, and nothing of the rest runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import browser
import pytest
from attacks import corpus
from report_html import Page

from grader.scores import read_score
from grader.worker.layers import in_force, survey

ROOT = Path(__file__).parents[1]
NOTEBOOKS = {a.name: a for a in corpus.load() if a.name.startswith("notebook_")}
pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder of results, with the reports."""
    if "namespaces" not in in_force(survey()):
        pytest.skip("this machine has no bubblewrap")
    root = tmp_path_factory.mktemp("notebooks")
    shutil.copytree(corpus.ASSIGNMENT, root / "solution")
    for name, attack in NOTEBOOKS.items():
        shutil.copytree(attack.path, root / "class" / name)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    for command in (["grade", "class", "--seed=4", "--jobs=2"], ["report", "results"]):
        done = subprocess.run(
            [sys.executable, "-m", "grader", *command],
            cwd=root, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        assert "without the notebooks" not in done.stderr
    return root / "results"


def test_there_are_hostile_notebooks_of_every_kind():
    assert len(NOTEBOOKS) >= 7


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_hostile_notebook_gets_the_score_of_its_code(graded, name):
    score = read_score(graded / name / "score.json")
    assert score.status == "graded", score.reason
    attack = NOTEBOOKS[name]
    assert score.score == attack.honest if attack.exact else score.score <= attack.honest, [
        (check.id, check.message) for task in score.tasks for check in task.checks
    ]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_pages_hold_no_script_and_no_address(graded, name):
    for path in (graded / name / "feedback.html", graded / "report/submissions" / f"{name}.html"):
        page = Page(path.read_text())
        assert page.all("script") == []
        for tag, attributes in page.elements:
            assert not [n for n in attributes if n.startswith("on") or n == "style"], path
            assert tag not in ("iframe", "object", "embed", "form", "input", "base", "link"), path
            assert not (attributes.get("src") or "").startswith("http"), path
            assert "javascript" not in (attributes.get("href") or ""), path
    for name_of_text in ("feedback.md", "feedback.txt"):
        assert "\x1b" not in (graded / name / name_of_text).read_text()


def test_no_page_does_anything_in_a_browser(graded):
    asked, wrong = [], []
    with browser.started() as chromium:
        context = chromium.new_context()
        for name in NOTEBOOKS:
            page = context.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("dialog", lambda dialog: wrong.append(dialog.message))
            page.goto((graded / name / "feedback.html").as_uri())
            assert "PWNED" not in page.title()
            assert page.locator("main").is_visible()
            page.close()
        context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith(("file://", "data:image/"))] == []


def test_nothing_was_run_where_the_notebooks_were_read(graded):
    assert not Path("/tmp/PWNED").exists()
    assert not list(graded.parent.rglob("PWNED*"))


def test_what_is_kept_of_a_notebook_is_valid(graded):
    for name in NOTEBOOKS:
        score = json.loads((graded / name / "score.json").read_text())
        assert len(json.dumps(score)) < 200_000
