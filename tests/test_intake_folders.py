import os
from pathlib import Path

import pytest
from intake_samples import (
    AUTOENCODER,
    LAYERS,
    MNIST,
    MODULES,
    laid_out,
    problem,
    put,
    take,
    take_one,
    zipped,
)

from grader.batch import folders
from grader.batch.folders import read_file, walk
from grader.batch.intake import collect
from grader.batch.submission import IntakeError, Student
from grader.batch.tree import MAX_ENTRIES, MIB, UnreadableError


def test_a_folder_of_submissions_gives_each_by_id(tmp_path: Path) -> None:
    put(
        tmp_path / "class",
        {
            "Grace/mnist.py": MNIST,
            "ada/layers.py": LAYERS,
            "ada/autoencoder.py": AUTOENCODER,
            "zoe.zip": zipped({"mnist.py": MNIST}),
            "README.txt": b"from the staff",
        },
    )
    taken = take(tmp_path, tmp_path / "class")
    assert list(taken) == ["ada", "grace", "zoe"]
    assert laid_out(taken["ada"]) == {"layers.py": LAYERS, "autoencoder.py": AUTOENCODER}
    assert [s.layout for s in taken.values()] == ["folder", "folder", "zip"]
    assert taken["grace"].source == tmp_path / "class" / "Grace"
    assert taken["zoe"].source == tmp_path / "class" / "zoe.zip"
    assert taken["ada"].student == Student()
    assert not taken["ada"].late
    assert taken["ada"].notes == ()


def test_a_folder_that_holds_a_module_is_one_submission(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST, "helpers/tools.py": b"x = 1\n", "notes.txt": b"hi"})
    submission = take_one(tmp_path, tmp_path / "ada")
    assert submission.id == "ada"
    assert laid_out(submission) == {
        "mnist.py": MNIST,
        "helpers/tools.py": b"x = 1\n",
        "notes.txt": b"hi",
    }


@pytest.mark.parametrize("inner", ["assignment", "work/src"])
def test_files_one_or_two_folders_too_deep_are_found(tmp_path: Path, inner: str) -> None:
    files = {f"{inner}/mnist.py": MNIST, f"{inner}/pkg/part.py": b"y = 2\n", "README.md": b"#"}
    put(tmp_path / "ada", files)
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST, "pkg/part.py": b"y = 2\n"}
    assert f"found in the folder '{inner}'" in submission.notes
    assert f"left out 'README.md': outside the folder '{inner}'" in submission.notes


def test_in_a_folder_of_submissions_the_files_may_lie_deeper_too(tmp_path: Path) -> None:
    put(tmp_path / "class", {"ada/my homework/hw/layers.py": LAYERS, "bob/layers.py": LAYERS})
    taken = take(tmp_path, tmp_path / "class")
    assert laid_out(taken["ada"]) == laid_out(taken["bob"]) == {"layers.py": LAYERS}


def test_four_folders_are_too_deep(tmp_path: Path) -> None:
    put(tmp_path / "class", {"ada/a/b/c/d/layers.py": LAYERS})
    assert "none of mnist.py, autoencoder.py, layers.py was found" in problem(
        take(tmp_path, tmp_path / "class")["ada"]
    )


def test_modules_spread_over_folders_are_gathered(tmp_path: Path) -> None:
    put(
        tmp_path / "class",
        {"ada/one/mnist.py": MNIST, "ada/one/layers.py": LAYERS, "ada/two/autoencoder.py": b"z\n"},
    )
    submission = take(tmp_path, tmp_path / "class")["ada"]
    assert laid_out(submission) == {
        "mnist.py": MNIST,
        "layers.py": LAYERS,
        "autoencoder.py": b"z\n",
    }
    assert "autoencoder.py: taken from 'two/autoencoder.py'" in submission.notes


def test_clutter_is_left_out_with_a_note(tmp_path: Path) -> None:
    clutter = [
        "__MACOSX/mnist.py",
        ".DS_Store",
        "._mnist.py",
        ".venv/lib/mnist.py",
        "venv/lib/layers.py",
        "env/lib/site-packages/torch/layers.py",
        "__pycache__/mnist.cpython-311.pyc",
        ".git/config",
        "node_modules/x/layers.py",
        ".ipynb_checkpoints/mnist-checkpoint.py",
    ]
    put(tmp_path / "ada", {"mnist.py": MNIST} | dict.fromkeys(clutter, b"not this"))
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST}
    (note,) = submission.notes
    assert note.startswith("left out '.DS_Store', '._mnist.py', '.git', '.ipynb_checkpoints' and")
    assert note.endswith(": no part of a submission")


def test_large_files_are_left_out_with_a_note(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST, "images.bin": bytes(MIB + 1), "small.bin": b"ok"})
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST, "small.bin": b"ok"}
    assert submission.notes == ("left out 'images.bin': larger than 1 MiB",)


def test_many_small_files_are_kept_only_up_to_a_bound(tmp_path: Path) -> None:
    files = {f"{number:02}.bin": os.urandom(MIB) for number in range(18)}
    put(tmp_path / "ada", {"mnist.py": MNIST} | files)
    submission = take_one(tmp_path, tmp_path / "ada")
    assert list(laid_out(submission)) == [*(f"{n:02}.bin" for n in range(15)), "mnist.py"]
    assert submission.notes == (
        "left out '15.bin', '16.bin', '17.bin': beyond the 16 MiB that are kept",
    )


def test_a_module_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": b"#" * (MIB + 1)})
    assert problem(take_one(tmp_path, tmp_path / "ada")) == (
        "mnist.py cannot be taken: it has more than 1,048,576 bytes"
    )


def test_too_many_files_are_a_problem_of_that_submission_alone(tmp_path: Path) -> None:
    put(tmp_path / "class", {"ada/mnist.py": MNIST, "bob/mnist.py": MNIST})
    images = tmp_path / "class" / "ada" / "images"
    images.mkdir()
    for number in range(MAX_ENTRIES + 1):
        (images / str(number)).touch()
    taken = take(tmp_path, tmp_path / "class")
    assert "holds more than 5,000 files and folders" in problem(taken["ada"])
    assert laid_out(taken["bob"]) == {"mnist.py": MNIST}


def test_a_part_with_far_too_many_files_is_not_listed_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MAX_ENTRIES", 6)
    files = {f"ada/images/{n}/deep/x.png": b"" for n in range(9)}
    put(tmp_path / "class", files | {"bob/a/b/mnist.py": MNIST, "ada/mnist.py": MNIST})
    listed = {file.name for file in walk(tmp_path / "class").files}
    assert listed == {"ada/mnist.py", "bob/a/b/mnist.py"}


def test_a_folder_that_holds_more_than_a_class_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MAX_LISTED", 6)
    put(tmp_path / "class", {f"{n}/mnist.py": MNIST for n in range(6)})
    with pytest.raises(IntakeError, match="more than 6 files; name the right folder"):
        take(tmp_path, tmp_path / "class")


def test_archives_and_notebooks_beside_the_modules_are_left_out(tmp_path: Path) -> None:
    files = dict.fromkeys(MODULES, MNIST)
    put(tmp_path / "ada", files | {"old.zip": zipped({"mnist.py": b"1"}), "try.ipynb": b"{}"})
    submission = take_one(tmp_path, tmp_path / "ada")
    assert sorted(laid_out(submission)) == sorted(MODULES)
    assert submission.notes == (
        "left out 'old.zip', 'try.ipynb': archives and notebooks are not needed for grading",
    )


def test_an_archive_inside_is_opened_when_a_module_is_missing(tmp_path: Path) -> None:
    inner = zipped({"hw/layers.py": LAYERS, "hw/autoencoder.py": AUTOENCODER})
    put(tmp_path / "class", {"ada/hw.zip": inner, "bob/hw.zip": inner, "bob/mnist.py": MNIST})
    taken = take(tmp_path, tmp_path / "class")
    ada, bob = taken["ada"], taken["bob"]
    assert laid_out(ada) == {"layers.py": LAYERS, "autoencoder.py": AUTOENCODER}
    assert "found in the folder 'hw.zip/hw'" in ada.notes
    assert laid_out(bob) == laid_out(ada) | {"mnist.py": MNIST}


def test_archives_in_archives_in_a_submission_are_opened_one_deep_only(tmp_path: Path) -> None:
    once = zipped({"mnist.py": MNIST})
    put(tmp_path / "class", {"ada/b.zip": zipped({"c.zip": once}), "bob/c.zip": once})
    taken = take(tmp_path, tmp_path / "class")
    assert "nothing gradable" in problem(taken["ada"])
    assert laid_out(taken["bob"]) == {"mnist.py": MNIST}


def test_a_damaged_archive_inside_is_a_note_if_there_is_something_else(tmp_path: Path) -> None:
    put(tmp_path / "class", {"ada/b.zip": b"no zip", "ada/mnist.py": MNIST, "bob/b.zip": b"no zip"})
    taken = take(tmp_path, tmp_path / "class")
    assert laid_out(taken["ada"]) == {"mnist.py": MNIST}
    assert any("left out 'b.zip': it cannot be opened as the arch" in n for n in taken["ada"].notes)
    assert "'b.zip': it cannot be opened as the archive" in problem(taken["bob"])


def test_the_grader_that_was_handed_out_is_not_mistaken_for_work(tmp_path: Path) -> None:
    grader = {
        f"grader/{name}": b""
        for name in ("__init__.py", "manifest.py", "scores.py", "worker/zygote.py")
    }
    put(
        tmp_path / "ada",
        {"assignment/layers.py": LAYERS, "grader/checks/layers.py": b"ours\n"} | grader,
    )
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"layers.py": LAYERS}
    assert "left out 'grader': no part of a submission" in submission.notes


def test_a_students_own_folder_called_grader_is_looked_into(tmp_path: Path) -> None:
    put(tmp_path / "class", {"ada/layers.py": LAYERS, "ada/grader/layers.py": b"other\n"})
    assert "two different files" in problem(take(tmp_path, tmp_path / "class")["ada"])


def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = put(tmp_path / "outside", {"mnist.py": b"secret\n", "in/layers.py": b"secret\n"})
    put(tmp_path / "class", {"ada/autoencoder.py": AUTOENCODER})
    (tmp_path / "class/ada/mnist.py").symlink_to(secret / "mnist.py")
    (tmp_path / "class/ada/in").symlink_to(secret / "in")
    (tmp_path / "class/eve").symlink_to(secret)
    (tmp_path / "class/ivy").mkdir()
    (tmp_path / "class/ivy/mnist.py").symlink_to(secret / "mnist.py")
    taken = take(tmp_path, tmp_path / "class")
    assert laid_out(taken["ada"]) == {"autoencoder.py": AUTOENCODER}
    assert taken["ada"].notes == ("left out 'in', 'mnist.py': links are not followed",)
    assert problem(taken["eve"]).startswith("'eve': links are not followed")
    assert "left out 'mnist.py' (links are not followed)" in problem(taken["ivy"])


def test_a_link_that_takes_a_files_place_after_the_listing_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, {"secret.py": b"secret\n"})
    (tmp_path / "mnist.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_file(tmp_path / "mnist.py", 100)


def test_pipes_are_left_out_and_hold_nobody_up(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST})
    os.mkfifo(tmp_path / "ada" / "layers.py")
    submission = take_one(tmp_path, tmp_path / "ada")
    assert submission.notes == ("left out 'layers.py': neither file nor folder",)
    with pytest.raises(UnreadableError, match="neither file nor folder"):
        read_file(tmp_path / "ada" / "layers.py", 100)


def test_names_with_control_characters_or_direction_marks_are_shown_escaped(
    tmp_path: Path,
) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST, "a\x1b[31m.txt": b"1", "b\u202etxt.py": b"2"})
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST}
    (note,) = submission.notes
    assert note.startswith(r"left out 'a\x1b[31m.txt', 'b\u202etxt.py': control characters")


def test_names_in_other_scripts_and_with_spaces_are_kept_and_composed(tmp_path: Path) -> None:
    put(
        tmp_path / "Zoë Ångström",
        {"mnist.py": MNIST, "mes donne\u0301es.txt": b"1", "数据.py": b"2"},
    )
    submission = take_one(tmp_path, tmp_path / "Zoë Ångström")
    assert submission.id == "zoe-angstrom"
    assert set(laid_out(submission)) == {"mnist.py", "mes donn\u00e9es.txt", "数据.py"}


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST})
    try:
        (tmp_path / "ada" / os.fsdecode(b"\xff.py")).write_bytes(b"x = 1\n")
    except OSError:
        pytest.skip("this file system refuses such names")
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert r"left out '\udcff.py'" in submission.notes[0]


def test_names_that_differ_only_in_case_are_kept_once(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST, "tools.py": b"1\n", "Tools.py": b"2\n"})
    if len(list((tmp_path / "ada").iterdir())) < 3:
        pytest.skip("this file system does not tell them apart")
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST, "Tools.py": b"2\n"}
    assert "left out 'tools.py': another file or folder has that name" in submission.notes[0]


def test_a_single_python_file_is_a_submission(tmp_path: Path) -> None:
    put(tmp_path, {"layers.py": LAYERS, "mine.py": LAYERS})
    submission = take_one(tmp_path, tmp_path / "layers.py")
    assert (submission.id, submission.layout) == ("layers", "py")
    assert laid_out(submission) == {"layers.py": LAYERS}
    assert problem(take_one(tmp_path, tmp_path / "mine.py")) == (
        "nothing gradable: none of mnist.py, autoencoder.py, layers.py was found; "
        "found under other names: 'mine.py'"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ada.rar", "'ada.rar' is an archive that cannot be opened; hand in a .zip"),
        ("ada.tar.xz", "'ada.tar.xz' is an archive that cannot be opened; hand in a .zip"),
    ],
)
def test_what_cannot_be_graded_yet_is_listed_with_its_problem(
    tmp_path: Path, name: str, message: str
) -> None:
    put(tmp_path / "class", {name: b"{}", "bob/mnist.py": MNIST})
    first, bob = take(tmp_path, tmp_path / "class").values()
    assert first.layout == "file"
    assert message in problem(first)
    assert laid_out(bob) == {"mnist.py": MNIST}
    assert message in problem(take_one(tmp_path, tmp_path / "class" / name))


def test_nothing_gradable_says_what_there_is(tmp_path: Path) -> None:
    put(
        tmp_path / "class",
        {
            "ada/hw.ipynb": b"{}",
            "bob/model.py": b"",
            "cyd/hw.rar": b"",
            "dan/report.pdf": b"",
        },
    )
    (tmp_path / "class" / "eve").mkdir()
    problems = {name: problem(s) for name, s in take(tmp_path, tmp_path / "class").items()}
    assert problems["ada"].endswith(
        "; 'hw.ipynb' cannot be taken: it is no notebook: it has no cells"
    )
    assert problems["bob"].endswith("; found under other names: 'model.py'")
    assert problems["cyd"].endswith("; cannot be opened, hand in a .zip: 'hw.rar'")
    assert problems["dan"].endswith("was found")
    assert problems["eve"].endswith("; there are no files")


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"nowhere': does not exist; name a folder"):
        take(tmp_path, tmp_path / "nowhere")


@pytest.mark.parametrize("files", [{}, {".hidden/mnist.py": MNIST}, {"README.md": b"#"}])
def test_a_folder_without_submissions_is_wrong_usage(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "empty").mkdir()
    put(tmp_path / "empty", files)
    with pytest.raises(IntakeError, match=r"empty': holds no submissions"):
        take(tmp_path, tmp_path / "empty")


def test_a_file_of_another_kind_is_wrong_usage(tmp_path: Path) -> None:
    put(tmp_path, {"grades.csv": b""})
    with pytest.raises(IntakeError, match=r"grades.csv': is no submission"):
        take(tmp_path, tmp_path / "grades.csv")


def test_a_work_folder_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    put(tmp_path, {"ada/mnist.py": MNIST, "work": b"a file"})
    with pytest.raises(IntakeError, match=r"work': cannot be written"):
        collect([tmp_path / "ada"], modules=MODULES, workdir=tmp_path / "work")


def test_a_second_run_replaces_what_the_first_laid_out(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST, "extra.txt": b"1"})
    before = take_one(tmp_path, tmp_path / "ada")
    assert take_one(tmp_path, tmp_path / "ada") == before
    (tmp_path / "ada" / "extra.txt").unlink()
    after = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(after) == {"mnist.py": MNIST}
    assert after.digest != before.digest


def test_the_digest_is_that_of_the_cleaned_files(tmp_path: Path) -> None:
    put(tmp_path / "class", {"ada/mnist.py": MNIST, "ada/.DS_Store": b"1"})
    put(tmp_path / "class", {"bob/hw/mnist.py": MNIST.replace(b"\n", b"\r\n")})
    put(tmp_path / "class", {"fay/mnist.py": MNIST.swapcase()})
    put(tmp_path / "class", {"cyd/layers.py": MNIST, "dan/x.py": b"", "eve/y.py": b""})
    taken = take(tmp_path, tmp_path / "class")
    digests = [submission.digest for submission in taken.values()]
    assert all(len(digest) == 64 for digest in digests)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5  # also of the two problems, which say different things
