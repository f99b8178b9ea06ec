"""``grader report`` from the command line."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from report_class import write

from grader.batch.results import Results
from grader.cli import main
from grader.cli.report import report as report_command
from grader.manifest import Feedback, Gallery, Shown


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, 4)
    return tmp_path


def report(folder, *more):
    where = ["--solution", str(folder / "solution")]
    return CliRunner().invoke(main, ["report", str(folder / "results"), *where, *more])


def test_a_report_is_written_and_says_where(folder):
    done = report(folder)
    assert done.exit_code == 0
    index = folder / "results" / "report" / "index.html"
    assert f"Report: {index}   Needs a person: 1" in done.stdout
    assert "Feedback of 4" in done.stdout
    assert index.is_file()
    assert done.stderr == ""


def test_code_that_is_gone_is_said(folder):
    (folder / "handed_in").rename(folder / "elsewhere")
    done = report(folder)
    assert done.exit_code == 0
    assert "The code of 4 is not shown" in done.stderr


def test_a_folder_without_results_is_a_usage_error(tmp_path):
    write(tmp_path, 2)
    done = CliRunner().invoke(
        main, ["report", str(tmp_path), "--solution", str(tmp_path / "solution")]
    )
    assert done.exit_code == 2
    assert "gradebook.db is missing" in done.stderr


def test_a_missing_manifest_is_a_usage_error_that_names_it(folder):
    (folder / "solution" / "assignment.toml").unlink()
    done = report(folder)
    assert done.exit_code == 2
    assert "there is no manifest here" in done.stderr


def test_while_a_run_has_the_folder_the_report_waits_for_another_time(folder):
    with Results(folder / "results"):
        done = report(folder)
    assert done.exit_code == 2
    assert str(folder / "results") in done.stderr
    assert not (folder / "results" / "report").exists()


def test_a_damaged_gradebook_is_named(folder):
    (folder / "results" / "gradebook.db").write_bytes(b"no database" * 100)
    done = report(folder)
    assert done.exit_code == 2
    assert "gradebook.db" in done.stderr


def test_a_file_in_the_place_of_a_submissions_folder_is_named(folder):
    place = folder / "results" / "student-0002"
    place.rename(folder / "aside")
    place.write_text("in the way")
    done = report(folder)
    assert done.exit_code == 2
    assert "student-0002" in done.stderr


def test_everything_that_can_be_set_is_documented():
    text = (Path(__file__).parents[1] / "docs" / "report.md").read_text(encoding="utf-8")
    names = [*Feedback.__struct_fields__, *Gallery.__struct_fields__, *get_args(Shown)]
    names += [option for param in report_command.params for option in param.opts[:1]]
    for name in names:
        shown = name if name.startswith("--") else name.lower()
        assert shown in text.lower(), name


def test_help_and_report_do_without_torch(folder):
    code = (
        "import sys\nfrom grader.cli import main\n"
        "try:\n    main()\nfinally:\n    assert 'torch' not in sys.modules\n"
    )
    where = ["report", str(folder / "results"), "--solution", str(folder / "solution")]
    for arguments in (["report", "--help"], where):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
