"""Released notebooks in a real Jupyter kernel, and once in JupyterLab in a browser."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import browser
import nbformat
import pytest
import tiny_notebook
from nbclient import NotebookClient

from grader.batch.ipynb.magics import to_python
from grader.manifest import load_manifest
from grader.notebook.history import bound, statement_of

REPOSITORY = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.filterwarnings(
    # Of libraries that talk to kernels, on their way to other versions of each other.
    "ignore::DeprecationWarning:(zmq|jupyter_client|traitlets|nbclient)",
)


def fill(notebook, source, *, but=()):
    """Write a module's definitions into the task cells, but for those of some tasks."""
    for cell in notebook.cells:
        about = cell.metadata.grader
        if about.role == "task" and about.task not in but:
            nodes = to_python(cell.source).tree.body
            texts = [statement_of(source, name) for node in nodes for name in bound(node)]
            cell.source = "\n\n\n".join(text.strip("\n") for text in texts)


def execute(notebook, folder):
    """Run a notebook from top to bottom in a kernel of its own that lies in a folder."""
    client = NotebookClient(
        notebook,
        timeout=300,
        startup_timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def shown(outputs):
    (output,) = outputs
    assert output.output_type == "display_data"
    assert "<table" in output.data["text/html"]
    return output.data["text/plain"]


@pytest.fixture
def quiet(monkeypatch, tmp_path):
    """Jupyter without the settings of whoever runs this."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def test_a_released_notebook_runs_from_top_to_bottom_in_a_kernel(tmp_path, quiet):
    folder = tiny_notebook.release(tmp_path)
    path = folder / "notebooks" / "ridge.ipynb"
    notebook = nbformat.read(path, 4)
    fill(notebook, tiny_notebook.STUBBED, but=["predict"])
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nstate = np.random.get_state()[1][:3]"
    at = [cell.id for cell in notebook.cells].index("check-solve")
    notebook.cells.insert(at, nbformat.v4.new_code_cell(plot))
    outputs = execute(notebook, path.parent)
    assert outputs["setup"] == []
    text = shown(outputs["check-solve"])
    assert "6 / 6  passed" in text
    assert "on the public checks; hidden checks settle the points" in text
    assert "\x1b" not in text
    assert "0 / 4  todo" in shown(outputs["check-predict"])
    whole = shown(outputs["check-unit-ridge"])
    assert "6 / 6  passed" in whole
    assert "0 / 4  todo" in whole
    (figure,) = [o for o in outputs[notebook.cells[at].id] if o.output_type == "display_data"]
    assert "image/png" in figure.data  # the notebook's own figure, and none of a check's


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """The released assignment, with the reference in all of its notebooks."""
    root = tmp_path_factory.mktemp("solved")
    shutil.copytree(REPOSITORY / "assignment", root / "assignment")
    (root / "data").symlink_to(REPOSITORY / "data")
    for path in (root / "assignment" / "notebooks").iterdir():
        notebook = nbformat.read(path, 4)
        fill(notebook, (REPOSITORY / "solution" / f"{path.stem}.py").read_text())
        nbformat.write(notebook, path)
    return root / "assignment"


UNITS = load_manifest(REPOSITORY / "assignment").units


@pytest.mark.proof  # a kernel and torch for each unit, and a training run
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)
def test_the_reference_as_a_notebook_passes_every_check_in_a_kernel(unit, solved, quiet):
    folder = solved / "notebooks"
    notebook = nbformat.read(folder / f"{unit.id}.ipynb", 4)
    outputs = execute(notebook, folder)
    text = shown(outputs[f"check-unit-{unit.id}"])
    assert text.count("  passed") == len(unit.tasks), text
    points = sum(task.points for task in unit.tasks)
    assert f"Total {points:g} / {points:g}" in text


@contextlib.contextmanager
def jupyterlab(folder, work):
    """JupyterLab on a free port of this machine; its address, ready to be opened."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = ("JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=secret", f"--ServerApp.root_dir={folder}"]
    settings = {
        "notebook-extension/tracker": {"windowingMode": "none"},  # every cell is in the page
        "apputils-extension/notification": {"fetchNews": "false"},
    }
    for name, content in settings.items():
        path = work / places[1] / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    with (work / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            env=os.environ | {name: str(work / name) for name in places},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token=secret", server)
            yield f"http://127.0.0.1:{port}/lab/tree/notebooks/ridge.ipynb?token=secret"
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(address, server):
    while server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab ended with {server.returncode}")


RUN = ".jp-NotebookPanel-toolbar [data-command='notebook:run-cell-and-select-next']"
SELECTED = """place => {
    const cells = [...document.querySelectorAll(".jp-Notebook .jp-Cell")];
    return cells.findIndex(cell => cell.classList.contains("jp-mod-active")) === place;
}"""
PICTURES = "all => all.map(image => image.naturalWidth)"


def _run_first(page):
    """Run the first code cell until it has a number: a starting kernel refuses clicks."""
    refused = page.locator(".jp-Dialog")
    page.add_locator_handler(refused, lambda: refused.locator(".jp-mod-accept").first.click())
    first = page.locator(".jp-Notebook .jp-CodeCell").first
    for _ in range(300):
        if "[ ]" not in first.locator(".jp-InputPrompt").inner_text():
            return
        first.locator(".cm-content").click()
        page.locator(RUN).first.click()
        page.wait_for_timeout(1000)
    pytest.fail("the kernel does not start")


@pytest.mark.proof  # JupyterLab and Chromium take half a minute to start
def test_in_jupyterlab_grading_is_a_click_and_given_cells_cannot_be_changed(tmp_path, quiet):
    folder = tiny_notebook.release(tmp_path)
    path = folder / "notebooks" / "ridge.ipynb"
    notebook = nbformat.read(path, 4)
    fill(notebook, tiny_notebook.STUBBED.replace("x @ weights", "(x @ weights)[:1]"))
    nbformat.write(notebook, path)
    with jupyterlab(folder, tmp_path) as address, browser.started() as program:
        page = program.new_page(viewport={"width": 1100, "height": 900})
        page.set_default_timeout(300_000)
        page.goto(address)
        _run_first(page)
        page.locator(".jp-Notebook .jp-Cell").first.click()
        for place in range(len(notebook.cells)):
            page.wait_for_function(SELECTED, arg=place)
            page.locator(RUN).first.click()
        page.wait_for_function("document.querySelectorAll('.grader-result table').length == 3")
        results = [found.inner_text() for found in page.locator(".grader-result").all()]
        assert "6 / 6\tpassed" in results[0]
        assert "0 / 4\tfailed" in results[1]
        assert "predict(x, weights) has the wrong shape" in results[1]
        assert "expected  shape (5,)" in results[1]
        assert "6 / 10 on the public checks" in results[2]
        widths = page.locator(".jp-MarkdownCell img").evaluate_all(PICTURES)
        assert widths == [1, 4]
        check = page.locator(".jp-CodeCell", has_text="%grade solve").first
        check.locator(".cm-content").click()
        page.keyboard.type("changed")
        page.keyboard.press("Escape")
        page.keyboard.press("d")
        page.keyboard.press("d")
        assert check.locator(".cm-content").inner_text().strip() == "%grade solve"
        task = page.locator(".jp-CodeCell", has_text="def predict").first
        task.locator(".cm-content").click()
        page.keyboard.type("# mine ")
        assert "# mine " in task.locator(".cm-content").inner_text()
        if os.environ.get("SCREENSHOTS"):
            page.locator(".grader-result").nth(1).scroll_into_view_if_needed()
            page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / "jupyterlab.png")
    assert json.loads(path.read_text())["nbformat"] == 4
