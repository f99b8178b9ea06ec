"""``grader bundle``: what a platform runs, run as the platform does, and what students get."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from test_export_formats import GRADESCOPE
from tiny import SOLUTION, write

from grader.cli import main
from grader.export import ExportError
from grader.export.bundle import gradescope_zip

HERE = Path(__file__).parent


def bundle(*arguments):
    return CliRunner().invoke(main, ["bundle", *map(str, arguments)])


def linked_venv(folder):
    """A virtual environment that has the packages of this one, but not this package."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (target,) = folder.glob("lib/python3*/site-packages")
    source = Path(sysconfig.get_path("purelib"))

    def link(origin, copy):
        try:
            os.link(origin, copy)
        except OSError:  # another file system
            shutil.copy2(origin, copy)

    ours = shutil.ignore_patterns("autoencoder_grader*", "__editable__*")
    shutil.copytree(source, target, copy_function=link, ignore=ours, dirs_exist_ok=True)
    assert not list(target.glob("*autoencoder*"))
    return folder


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """The layout of the platform, after its setup script; packages need not be downloaded."""
    root = tmp_path_factory.mktemp("platform")
    base = root / "autograder"
    done = bundle("gradescope", "--solution", write(root / "solution"), "--out", root / "zip.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(root / "zip.zip") as archive:
        archive.extractall(base / "source")
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert modes["setup.sh"] & 0o111
    assert modes["run_autograder"] & 0o111
    shutil.copy(base / "source" / "run_autograder", base / "run_autograder")
    environment = {
        "PATH": os.environ["PATH"],
        "AUTOGRADER_BASE": str(base),
        "GRADER_VENV": str(linked_venv(root / "venv")),
        "PIP_NO_INDEX": "1",  # everything pinned must be there already, at that very version
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    script = ["bash", base / "source" / "setup.sh"]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Requirement already satisfied: torch==" in done.stdout
    return base, environment


def run(platform, files):
    base, environment = platform
    shutil.rmtree(base / "submission", ignore_errors=True)
    (base / "submission").mkdir()
    for name, content in files.items():
        (base / "submission" / name).write_text(content)
    done = subprocess.run(
        ["bash", base / "run_autograder"],
        env=environment,
        cwd=base,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,  # the platform's own
    )
    found = base / "results" / "results.json"
    return done, json.loads(found.read_bytes()) if found.exists() else None


def test_the_platform_gets_the_points(platform):
    done, found = run(platform, {"ridge.py": SOLUTION})
    assert done.returncode == 0, done.stdout + done.stderr
    jsonschema.validate(found, GRADESCOPE)
    assert found["score"] == 10
    assert sum(test["max_score"] for test in found["tests"]) == 10
    assert found["extra_data"]["isolation"]


def test_what_needs_a_person_leaves_no_result_and_so_no_zero(platform):
    stale = platform[0] / "results" / "results.json"
    stale.parent.mkdir(exist_ok=True)
    stale.write_text("{}")
    done, found = run(platform, {"hw.zip": "no archive"})
    assert done.returncode != 0
    assert found is None
    assert "cannot be opened as the archive" in done.stdout + done.stderr
    assert "Needs a person: 1" in done.stdout
    done, found = run(platform, {"notes.txt": "nothing to grade"})
    assert (done.returncode, found) == (2, None)
    assert "holds no submissions" in done.stderr


def test_a_submission_cannot_read_the_solution_beside_it(platform):
    base, _ = platform
    spy = SOLUTION.replace(
        "    # BEGIN SOLUTION predict",
        f"    open({str(base / 'source' / 'solution' / 'ridge.py')!r}).read()",
    )
    _, found = run(platform, {"ridge.py": spy})
    assert found["score"] == 6
    public = " ".join(test["output"] for test in found["tests"])
    assert "No such file" in public or "Permission denied" in public


def test_scripts_name_no_place_of_this_machine_and_zips_repeat(tmp_path):
    solution = write(tmp_path / "solution")
    made = gradescope_zip(solution, leaderboard="predict.size")
    assert made == gradescope_zip(solution, leaderboard="predict.size")
    (tmp_path / "a.zip").write_bytes(made)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for name in ("setup.sh", "run_autograder", "requirements.txt"):
            text = archive.read(name).decode()
            assert str(HERE.parent) not in text
        assert "--leaderboard predict.size" in archive.read("run_autograder").decode()
        names = archive.namelist()
    assert "solution/checks/hidden/test_ridge_hidden.py" in names
    assert "package/grader/__init__.py" in names
    assert not any("__pycache__" in name for name in names)


def test_data_that_the_zip_cannot_hold_is_refused(tmp_path):
    solution = write(tmp_path / "solution")
    manifest = solution / "assignment.toml"
    manifest.write_text('data = "../../elsewhere"\n' + manifest.read_text())
    with pytest.raises(ExportError, match="must lie beside the solution"):
        gradescope_zip(solution)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--solution", "nowhere"], "there is no manifest"),
        (["--leaderboard", "loss"], "TASK.METRIC"),
    ],
)
def test_a_bundle_that_cannot_be_made_is_refused(tmp_path, arguments, said):
    done = bundle("gradescope", "--out", tmp_path / "a.zip", *arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert not (tmp_path / "a.zip").exists()


def test_students_get_stubs_and_nothing_hidden(tmp_path):
    solution = write(tmp_path / "solution", **{"README.md": "# Ridge\n"})
    done = bundle("student", "--solution", solution, "--out", tmp_path / "hw.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "hw.zip") as archive:
        names = archive.namelist()
        text = b"".join(map(archive.read, names))
    assert "hw/ridge.py" in names
    assert not any("hidden" in name for name in names)
    assert b"np.linalg.solve(" not in text
    assert b"test_against_reference" not in text


@pytest.mark.parametrize(
    "leak",
    [
        "    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)\n",
        "See test_against_reference.\n",
    ],
)
def test_students_get_no_zip_where_something_hidden_would_be_in_it(tmp_path, leak):
    solution = write(tmp_path / "solution", **{"README.md": f"# Ridge\n\n{leak}"})
    done = bundle("student", "--solution", solution, "--out", tmp_path / "hw.zip")
    assert done.exit_code == 2
    assert "README.md" in done.output
    assert not (tmp_path / "hw.zip").exists()
