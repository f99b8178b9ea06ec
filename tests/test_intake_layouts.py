from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from intake_samples import (
    AUTOENCODER,
    LAYERS,
    MNIST,
    Files,
    laid_out,
    problem,
    put,
    take,
    zipped,
)

from grader.batch.submission import IntakeError, Student, Submission


def take_both(tmp_path: Path, name: str, files: Files) -> dict[str, Submission]:
    """Take a download as a folder and as a zip, with and without a folder around; compare."""
    put(tmp_path / name, files)
    put(tmp_path, {f"{name}.zip": zipped(files)})
    wrapped = {f"{name}/{path}": content for path, content in files.items()}
    put(tmp_path / "wrapped", {f"{name}.zip": zipped(wrapped)})
    taken = take(tmp_path, tmp_path / name)
    for other in (tmp_path / f"{name}.zip", tmp_path / "wrapped" / f"{name}.zip"):
        again = take(tmp_path, other)
        assert list(again) == list(taken)
        for one, two in zip(again.values(), taken.values(), strict=True):
            assert one.source == other
            assert (one.student, one.late, one.digest) == (two.student, two.late, two.digest)
            assert (one.layout, one.attempt, one.problem) == (two.layout, two.attempt, two.problem)
            assert (one.submitted_at, one.partners) == (two.submitted_at, two.partners)
    return take(tmp_path, tmp_path / name)


def test_canvas(tmp_path: Path) -> None:
    taken = take_both(
        tmp_path,
        "submissions",
        {
            "lovelaceada_1815_90001_mnist.py": MNIST,
            "lovelaceada_1815_90002_my_tools-1.py": b"t\n",
            "hoppergrace_LATE_1906_90003_layers-2.py": LAYERS,
            "hoppergrace_LATE_1906_90004_mnist-1.py": MNIST,
            "nööremmy_1882_90005_hw 1.zip": zipped({"hw/autoencoder.py": AUTOENCODER}),
            "turingalan_1912_text.html": b"<p>see my repository</p>",
            "turingalan_1912_90007_mnist.py": MNIST,
            "ricedoe_1900_link.html": b"<a>",
        },
    )
    assert list(taken) == [
        "hoppergrace-1906",
        "lovelaceada-1815",
        "nooremmy-1882",
        "ricedoe-1900",
        "turingalan-1912",
    ]
    assert {submission.layout for submission in taken.values()} == {"canvas"}
    ada, grace = taken["lovelaceada-1815"], taken["hoppergrace-1906"]
    assert laid_out(ada) == {"mnist.py": MNIST, "my_tools.py": b"t\n"}
    assert ada.student == Student(name="lovelaceada", user_id="1815")
    assert (ada.late, grace.late) == (False, True)
    assert grace.late_seconds is None
    assert laid_out(grace) == {"layers.py": LAYERS, "mnist.py": MNIST}
    assert (grace.attempt, taken["turingalan-1912"].attempt) == (3, None)
    assert "layers.py: recognised in 'layers-2.py'" in grace.notes
    assert laid_out(taken["nooremmy-1882"]) == {"autoencoder.py": AUTOENCODER}
    assert "typed in, not a file that was handed in" in taken["turingalan-1912"].notes[0]
    assert "left out 'ricedoe_1900_link.html' (typed in" in problem(taken["ricedoe-1900"])


def test_canvas_without_names(tmp_path: Path) -> None:
    taken = take_both(
        tmp_path,
        "submissions",
        {
            "anon_aB3xZ_90001_mnist.py": MNIST,
            "LATE_anon_Q7rst_90003_mnist.py": MNIST,
        },
    )
    assert {name: s.late for name, s in taken.items()} == {"anon-ab3xz": False, "anon-q7rst": True}
    student = taken["anon-ab3xz"].student
    assert student == Student(identifiers={"canvas_anonymous": "aB3xZ"})


def test_canvas_identifiers_that_differ_in_case_stay_apart(tmp_path: Path) -> None:
    put(
        tmp_path / "dl",
        {"anon_aB3xZ_1_mnist.py": MNIST, "anon_ab3xz_2_mnist.py": LAYERS},
    )
    assert len(take(tmp_path, tmp_path / "dl")) == 2


def test_canvas_with_zips_that_staff_unpacked(tmp_path: Path) -> None:
    put(
        tmp_path / "dl",
        {
            "lovelaceada_1815_90001_hw/mnist.py": MNIST,
            "lovelaceada_1815_90002_layers.py": LAYERS,
            "hoppergrace_1906_90003_mnist.py": MNIST,
        },
    )
    ada = take(tmp_path, tmp_path / "dl")["lovelaceada-1815"]
    assert laid_out(ada) == {"mnist.py": MNIST, "layers.py": LAYERS}


def test_two_uploads_of_one_name_are_two_candidates(tmp_path: Path) -> None:
    files = {"lovelaceada_1815_1_mnist.py": MNIST, "lovelaceada_1815_2_mnist.py": b"other\n"}
    assert "two different files could be mnist.py" in problem(
        take_both(tmp_path, "dl", files)["lovelaceada-1815"]
    )


def test_work_put_beside_a_download_is_taken_too(tmp_path: Path) -> None:
    put(
        tmp_path / "dl",
        {
            "lovelaceada_1815_90001_mnist.py": MNIST,
            "hoppergrace_1906_90003_mnist.py": MNIST,
            "bob.zip": zipped({"mnist.py": MNIST}),
            "roster.csv": b"",
        },
    )
    taken = take(tmp_path, tmp_path / "dl")
    assert {name: s.layout for name, s in taken.items()} == {
        "bob": "zip",
        "hoppergrace-1906": "canvas",
        "lovelaceada-1815": "canvas",
    }


def test_folders_that_only_now_and_then_look_like_canvas_are_not(tmp_path: Path) -> None:
    put(
        tmp_path / "class",
        {
            "ada/mnist.py": MNIST,
            "bob/mnist.py": MNIST,
            "v_1_2_final/mnist.py": MNIST,
        },
    )
    assert {s.layout for s in take(tmp_path, tmp_path / "class").values()} == {"folder"}


@pytest.mark.parametrize("end", ["_assignsubmission_file_", "_assignsubmission_file"])
def test_moodle(tmp_path: Path, end: str) -> None:
    taken = take_both(
        tmp_path,
        "course-hw-77",
        {
            f"Ada Lovelace_1234567{end}/mnist.py": MNIST,
            f"Ada Lovelace_1234567{end}/pkg/a.py": b"1\n",
            "Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html": b"<p>hi</p>",
            f"Zoë O'Neil-Ångström_1234568{end}/hw.zip": zipped({"hw/layers.py": LAYERS}),
            "李 雷_1234569_assignsubmission_onlinetext_/onlinetext.html": b"<p>hi</p>",
        },
    )
    ada, lei, zoe = (
        taken["ada-lovelace-1234567"],
        *[s for name, s in taken.items() if not name.startswith("ada")],
    )
    assert zoe.id == "zoe-o-neil-angstrom-1234568"
    assert lei.id.startswith("1234569-")
    assert {submission.layout for submission in taken.values()} == {"moodle"}
    assert laid_out(ada) == {"mnist.py": MNIST, "pkg/a.py": b"1\n"}
    assert ada.student == Student(
        name="Ada Lovelace", identifiers={"moodle_participant": "1234567"}
    )
    assert zoe.student.name == "Zoë O'Neil-Ångström"
    assert laid_out(zoe) == {"layers.py": LAYERS}
    assert "typed in, not a file that was handed in" in ada.notes[0]
    assert lei.student.name == "李 雷"
    assert "onlinetext_' (typed in" in problem(lei)


def test_moodle_without_folders_or_names(tmp_path: Path) -> None:
    taken = take_both(
        tmp_path,
        "course-hw-77",
        {
            "Participant_71_assignsubmission_file_mnist.py": MNIST,
            "Participant_71_assignsubmission_file_layers.py": LAYERS,
            "Participant_72_assignsubmission_file_hw.zip": zipped({"mnist.py": MNIST}),
            "Default team_assignsubmission_file_mnist.py": MNIST,
        },
    )
    assert list(taken) == ["default-team", "participant-71", "participant-72"]
    assert laid_out(taken["participant-71"]) == {"mnist.py": MNIST, "layers.py": LAYERS}
    assert taken["participant-71"].student == Student(identifiers={"moodle_participant": "71"})
    assert taken["default-team"].student == Student(name="Default team")


def test_moodle_names_with_direction_marks_are_graded(tmp_path: Path) -> None:
    name = "\u200fעדה\u200f_1234567_assignsubmission_file_"
    put(tmp_path / "dl", {f"{name}/mnist.py": MNIST})
    (submission,) = take(tmp_path, tmp_path / "dl").values()
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert submission.id.isascii()


METADATA = b"""---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1815'
    :email: ada@example.org
  :created_at: 2026-11-03 14:22:32.365935000 Z
  :score: 0.0
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: [{output: "x: y"}]
  :history:
  - :id: 7
    :created_at: 2026-11-01 10:00:00.000000000 Z
  - :id: 8
    :created_at: !ruby/object:Odd
      - 3
submission_102:
  :submitters:
  - :name: Grace Hopper
    :sid: 1906
    :email: grace@example.org
  - :name: Alan Turing
    :sid:
    :email: alan@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-04 09:15:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Etc/UTC
  :history: []
submission_103:
  :submitters: []
  :created_at: '2026-11-04T09:15:00+02:00'
submission_104:
  :submitters:
  - :name: Nobody There
    :email: nobody@example.org
  :created_at: soon
submission_105:
  :created_at: 2026-11-05 08:00:00
"""


def test_gradescope(tmp_path: Path) -> None:
    taken = take_both(
        tmp_path,
        "assignment_77_export",
        {
            "submission_metadata.yml": METADATA,
            "submission_101/mnist.py": MNIST,
            "submission_102/hw/layers.py": LAYERS,
            "submission_103/notes.txt": b"",
            "submission_105/mnist.py": MNIST,
            "submission_106/mnist.py": MNIST,
        },
    )
    assert list(taken) == [
        "ada-lovelace-1815",
        "grace-hopper-1906",
        "nobody-there-nobody-example-org",
        "submission_103",
        "submission_105",
        "submission_106",
    ]
    assert {submission.layout for submission in taken.values()} == {"gradescope"}
    ada, grace, nobody, third, fifth, sixth = taken.values()
    assert laid_out(ada) == {"mnist.py": MNIST}
    assert ada.student == Student(
        name="Ada Lovelace",
        email="ada@example.org",
        sis_id="1815",
        identifiers={"gradescope_submission": "submission_101"},
    )
    assert ada.submitted_at == datetime(2026, 11, 3, 14, 22, 32, 365935, tzinfo=UTC)
    assert (ada.attempt, grace.attempt, third.attempt) == (3, 1, None)
    assert grace.student.sis_id == "1906"
    assert [partner.name for partner in grace.partners] == ["Alan Turing"]
    assert grace.partners[0].sis_id is None
    assert grace.submitted_at == datetime(2026, 11, 4, 9, 15, tzinfo=UTC)
    assert laid_out(grace) == {"layers.py": LAYERS}
    zone = timezone(timedelta(hours=2))
    assert third.submitted_at == datetime(2026, 11, 4, 9, 15, tzinfo=zone)
    assert "nothing gradable" in problem(third)
    assert problem(nobody) == (
        "submission_metadata.yml lists 'submission_104', but its folder is not there; "
        "download it again"
    )
    assert nobody.submitted_at is None
    assert laid_out(fifth) == {"mnist.py": MNIST}
    assert fifth.submitted_at == datetime(2026, 11, 5, 8, tzinfo=UTC)
    assert sixth.submitted_at is None
    assert fifth.student.identifiers == {"gradescope_submission": "submission_105"}


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", b"a: 2026-99-99", b"&a [*b]"])
def test_gradescope_metadata_that_cannot_be_read_is_wrong_usage(
    tmp_path: Path, content: bytes
) -> None:
    put(tmp_path / "dl", {"submission_metadata.yml": content, "submission_1/mnist.py": MNIST})
    with pytest.raises(IntakeError, match=r"'dl': submission_metadata.yml cannot be read"):
        take(tmp_path, tmp_path / "dl")


def test_gradescope_metadata_runs_nothing(tmp_path: Path) -> None:
    evil = f"submission_1: !!python/object/apply:os.mkdir ['{tmp_path / 'made'}']\n"
    files = {"submission_metadata.yml": evil.encode(), "submission_1/mnist.py": MNIST}
    put(tmp_path / "dl", files)
    with pytest.raises(IntakeError, match="cannot be read"):
        take(tmp_path, tmp_path / "dl")
    assert not (tmp_path / "made").exists()


def test_a_file_called_like_the_metadata_makes_no_download(tmp_path: Path) -> None:
    put(tmp_path / "class", {"submission_metadata.yml": b"- 1\n", "ada/mnist.py": MNIST})
    assert take(tmp_path, tmp_path / "class")["ada"].layout == "folder"


def test_classroom_clones(tmp_path: Path) -> None:
    files = {
        f"hw-1-{login}/{name}": content
        for login in ("ada-l", "alan", "grace")
        for name, content in {"mnist.py": MNIST, ".git/HEAD": b"ref: x"}.items()
    }
    put(tmp_path / "hw-1-submissions", files)
    put(tmp_path / "clones", files)
    for folder in ("hw-1-submissions", "clones"):
        taken = take(tmp_path, tmp_path / folder)
        logins = {name: s.student.login for name, s in taken.items()}
        assert logins == {"hw-1-ada-l": "ada-l", "hw-1-alan": "alan", "hw-1-grace": "grace"}
        assert {s.layout for s in taken.values()} == {"classroom"}
        assert laid_out(taken["hw-1-alan"]) == {"mnist.py": MNIST}
        assert taken["hw-1-alan"].source == tmp_path / folder / "hw-1-alan"


def test_classroom_in_a_zip_and_with_one_student(tmp_path: Path) -> None:
    put(tmp_path, {"dl.zip": zipped({"hw-1-submissions/hw-1-ada/mnist.py": MNIST})})
    taken = take(tmp_path, tmp_path / "dl.zip")
    assert taken["hw-1-ada"].student == Student(login="ada")


@pytest.mark.parametrize(
    "folders", [["hw-ada", "hw-bob"], ["ada/.git", "bob/.git"], ["hw-ada/.git", "hw-bob"]]
)
def test_folders_that_are_no_clones_of_one_assignment_are_folders(
    tmp_path: Path, folders: list[str]
) -> None:
    put(tmp_path / "class", {f"{folder}/x": b"" for folder in folders})
    put(tmp_path / "class", {f"{folder.split('/')[0]}/mnist.py": MNIST for folder in folders})
    taken = take(tmp_path, tmp_path / "class")
    assert {s.layout for s in taken.values()} == {"folder"}


def test_a_clone_whose_name_is_the_start_of_anothers_is_recognised(tmp_path: Path) -> None:
    files = {f"hw-{login}/{x}": MNIST for login in ("a", "a-b") for x in ("mnist.py", ".git/x")}
    put(tmp_path / "clones", files)
    taken = take(tmp_path, tmp_path / "clones")
    assert {s.student.login for s in taken.values()} == {"a", "a-b"}
