"""``grader notebook execute``: a real kernel in the real sandbox."""

import json

import notebook_samples as samples
import pytest
from click.testing import CliRunner
from notebook_samples import cell, notebook

from grader.cli import main
from grader.notebook import execute as module
from grader.notebook.execute import ExecuteError, execute
from grader.worker.layers import in_force, survey

sandboxed = pytest.mark.skipif(
    "bubblewrap" not in in_force(survey()), reason="this machine has no bubblewrap"
)


@pytest.fixture
def course(tmp_path):
    """A course with data, and a notebook in its place: ``course(cells)`` writes it."""
    folder = samples.course(tmp_path / "course")
    manifest = (folder / "assignment.toml").read_text()
    data = 'title = "Ridge regression"\ndata = "../data"\n[limits]'
    manifest = manifest.replace('title = "Ridge regression"\n[limits]', data)
    (folder / "assignment.toml").write_text(manifest)
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data" / "numbers.txt").write_text("1 2 3")
    (folder / "notebooks").mkdir()
    tmp_path.chmod(0o755)

    def write(cells, **more):
        path = folder / "notebooks" / "ridge.ipynb"
        path.write_bytes(notebook(cells, **more))
        return path

    return write


def outputs(text):
    return [out for one in json.loads(text)["cells"] for out in one.get("outputs", [])]


def said(text):
    """What the cells printed, and texts of their results."""
    found = outputs(text)
    streams = ["".join(out["text"]) for out in found if out["output_type"] == "stream"]
    return "\n".join(streams)


CELLS = [
    cell("# Ridge", kind="markdown"),
    "print(open('../../data/numbers.txt').read())\nopen('new.txt', 'w').write('x');",
    "import os\nprint('home', os.environ['HOME'], sorted(os.environ))\nprint('uid', os.getuid())",
    "import base64\nfrom IPython.display import Image, display\n"
    "display(Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'\n"
    "'YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==')))",
    "open('../assignment.toml', 'a').write('# changed')\nopen(%r).read()",
    "print('never')",
]


@sandboxed
def test_outputs_are_kept_up_to_the_cell_that_fails_and_the_host_is_out_of_reach(course, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    path = course([*CELLS[:4], CELLS[4] % str(secret), CELLS[5]])
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    made = execute(path, timeout_s=240, isolate=True)
    assert (made.end, made.cell, made.ran) == ("error", 5, 3), made
    assert made.said.startswith("FileNotFoundError: ")
    text = said(made.notebook)
    assert "1 2 3" in text
    assert "never" not in text
    assert "home /scratch" in text
    assert "uid 65534" in text
    (figure,) = [out for out in outputs(made.notebook) if out["output_type"] == "display_data"]
    assert figure["data"]["image/png"].startswith("iVBORw0KGgo")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@sandboxed
@pytest.mark.proof
def test_a_cell_without_end_is_stopped_and_named(course):
    made = execute(course(["x = 1", "while True:\n    pass"]), timeout_s=20, isolate=True)
    assert (made.end, made.cell, made.ran) == ("timeout", 2, 1)


@sandboxed
@pytest.mark.proof
def test_a_kernel_that_dies_is_named(course):
    made = execute(course(["x = 1", "import os\nos._exit(3)"]), timeout_s=240, isolate=True)
    assert (made.end, made.cell) == ("died", 2)


@sandboxed
@pytest.mark.proof
def test_a_flood_of_outputs_is_cut(course):
    flood = "for _ in range(300):\n    print('x' * 100_000)"
    made = execute(course([flood, "print('after')"]), timeout_s=240, isolate=True)
    assert made.end == "done"
    assert made.left_out
    assert len(made.notebook) < 25_000_000


@sandboxed
@pytest.mark.proof
def test_there_is_no_network_and_nothing_of_other_processes(course):
    code = (
        "import os, socket\nprint(sorted(p for p in os.listdir('/proc') if p.isdigit())[-1])\n"
        "socket.create_connection(('192.0.2.1', 80), 3)"
    )
    made = execute(course([code]), timeout_s=240, isolate=True)
    assert "Network is unreachable" in made.said
    assert int(said(made.notebook).split()[0]) < 100


@sandboxed
@pytest.mark.proof
def test_old_formats_are_run(course):
    path = course([])
    cells = [{"cell_type": "code", "input": "print(6 * 7)", "language": "python", "outputs": [],
              "metadata": {}, "collapsed": False}]  # fmt: skip
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
               "worksheets": [{"cells": cells, "metadata": {}}]}  # fmt: skip
    path.write_text(json.dumps(content))
    made = execute(path, timeout_s=240, isolate=True)
    assert made.end == "done", made
    assert "42" in said(made.notebook)


@pytest.mark.proof
def test_the_command_without_isolation_says_so_and_keeps_the_outputs(course):
    path = course(["print(open('../../data/numbers.txt').read())"])
    done = CliRunner().invoke(main, ["notebook", "execute", str(path), "--sandbox=none"])
    assert done.exit_code == 0, done.output
    assert "WARNING: --sandbox none" in done.output
    assert "1 code cells ran to their end." in done.output
    assert "1 2 3" in said(path.with_name("ridge-executed.ipynb").read_text())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is no JSON"),
        (notebook(["x"], metadata={"language_info": {"name": "R"}}), "only Python can be run here"),
    ],
)
def test_what_cannot_be_run_is_wrong_usage(course, content, message):
    path = course([])
    path.write_bytes(content)
    done = CliRunner().invoke(main, ["notebook", "execute", str(path), "--sandbox=none"])
    assert done.exit_code == 2
    assert message in done.output


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(ExecuteError, match=r"none\.ipynb: No such file"):
        execute(tmp_path / "none.ipynb", timeout_s=9, isolate=True)


def test_a_missing_package_is_named(course, monkeypatch):
    monkeypatch.setattr(module, "_PACKAGES", ("nbclient", "not_installed_here"))
    with pytest.raises(ExecuteError, match="not_installed_here missing; pip install"):
        execute(course(["x"]), timeout_s=9, isolate=True)


def test_a_folder_that_is_too_large_is_not_copied(course, monkeypatch):
    monkeypatch.setattr(module, "_MOST_COPIED", 10)
    with pytest.raises(ExecuteError, match="copied into the sandbox; move the notebook"):
        execute(course(["x"]), timeout_s=9, isolate=False)


def test_without_bubblewrap_the_command_refuses_and_names_the_fix(course, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(main, ["notebook", "execute", str(course(["x"]))])
    assert done.exit_code == 2
    assert "apt-get install bubblewrap" in done.output


def test_a_runner_that_dies_is_told_of(course, monkeypatch):
    command = ["/bin/sh", "-c", "echo broken >&2"]
    monkeypatch.setattr(module, "_command", lambda *_: command)
    with pytest.raises(ExecuteError, match=r"the sandbox died \(broken\)"):
        execute(course(["x"]), timeout_s=9, isolate=True)


def test_a_runner_that_does_not_end_is_killed(course, monkeypatch):
    monkeypatch.setattr(module, "_GRACE_S", 0.3)
    monkeypatch.setattr(module, "_command", lambda *_: ["/bin/sleep", "60"])
    with pytest.raises(ExecuteError, match="does not let itself be stopped and was killed"):
        execute(course(["x"]), timeout_s=0.2, isolate=True)


@pytest.mark.parametrize("data", ["..", "../../../..", "/etc", ".", "notebooks"])
def test_data_that_would_cover_the_course_are_not_mounted(course, data):
    path = course(["x"])
    root = path.parent.parent
    manifest = (root / "assignment.toml").read_text().replace("../data", data)
    (root / "assignment.toml").write_text(manifest)
    place = module.SCRATCH.joinpath("course", "a", "b", "here")
    assert module._seen(module._data(root), place) is None
