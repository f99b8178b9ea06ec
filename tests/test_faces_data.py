"""data/faces.py: faces that come from a seed, and whose classes no mean of pixels tells apart."""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import grader.torchvision_cpu  # noqa: F401  # before torchvision

# isort: split
import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import ImageFolder

DATA = Path(__file__).parents[1] / "data"
COUNT, SIZE, SEED = 800, 32, 11
# A classifier that guesses is right on 200 of 400 faces, give or take 10; 5 of these spreads.
CHANCE = 0.625


def script():
    spec = importlib.util.spec_from_file_location("data_faces", DATA / "faces.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


faces = script()


@pytest.fixture(scope="module")
def drawn():
    """Images in [0, 1] and -1 or 1 for angry and happy."""
    images, labels = faces.draw_faces(COUNT, SEED, SIZE)
    return images / 255, 2 * labels - 1


def test_the_same_seed_gives_the_same_faces_on_every_machine():
    images, labels = faces.draw_faces(6, 7)
    assert (images.shape, images.dtype) == ((6, 128, 128, 3), np.uint8)
    assert labels.tolist() == [0, 1, 0, 1, 0, 1]
    digest = hashlib.sha256(np.ascontiguousarray(images).tobytes()).hexdigest()
    assert digest == "c5894f6d34411f7a3759c8d6828174e3db896482495aa0188f9b612d333c0928"


def test_a_face_does_not_depend_on_how_many_follow():
    assert np.array_equal(faces.draw_faces(5, 7, 48)[0][:3], faces.draw_faces(3, 7, 48)[0])


def test_other_seeds_and_numbers_give_other_faces():
    images = [faces.draw_faces(3, seed, 48)[0] for seed in (0, 1, 2)]
    assert len({image.tobytes() for group in images for image in group}) == 9


def linear_accuracy(features, labels):
    """Right answers on the second half of a least-squares classifier fitted to the first."""
    half = len(labels) // 2
    features = features.reshape(len(labels), -1)
    features = (features - features[:half].mean(0)) / (features[:half].std(0) + 1e-9)
    features = np.c_[features, np.ones(len(labels))]
    gram = features[:half].T @ features[:half] + 0.1 * half * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, features[:half].T @ labels[:half])
    return np.mean((features[half:] @ weights > 0) == (labels[half:] > 0))


def means(images, blocks):
    """Mean colours of so many blocks in each direction."""
    size = images.shape[1] // blocks
    return images.reshape(len(images), blocks, size, blocks, size, 3).mean(axis=(2, 4))


@pytest.mark.parametrize("blocks", [1, 2, 4, 8])
def test_mean_colours_do_not_tell_happy_from_angry(drawn, blocks):
    images, labels = drawn
    assert 1 - CHANCE < linear_accuracy(means(images, blocks), labels) < CHANCE


def mouth(face, image):
    """The pixels around the mouth, upright and of one size: 12 x 18 of them."""
    cosine = (1 - face.tilt**2) / (1 + face.tilt**2)
    sine = 2 * face.tilt / (1 + face.tilt**2)
    u = face.turn[0] + np.linspace(-0.55, 0.55, 18)
    v = face.turn[1] + face.mouth[0] + np.linspace(-0.4, 0.4, 12)[:, None]
    x = (cosine * u - sine * v) * face.scale + face.shift[0]
    y = (sine * u + cosine * v) * face.scale + face.shift[1]
    side = len(image)
    columns, rows = (np.rint(((p + 1) * side - 1) / 2).astype(int) for p in (x, y))
    return image[rows.clip(0, side - 1), columns.clip(0, side - 1)]


def test_the_mouth_tells_happy_from_angry(drawn):
    images, labels = drawn
    mouths = [mouth(faces.sample(SEED, number), image) for number, image in enumerate(images)]
    assert linear_accuracy(np.stack(mouths), labels) > 0.95


def test_all_but_the_expression_is_drawn_alike_for_both():
    def numbers(face):
        scalars = (face.strength, face.tilt, face.scale, face.height, face.gape, face.beard)
        return [*scalars, *face.shift, *face.skin, *face.mouth, *face.eyes, *face.brows]

    drawn = np.array([numbers(faces.sample(3, number)) for number in range(4000)])
    angry, happy = drawn[::2], drawn[1::2]
    spread = drawn.std(axis=0) * np.sqrt(2 / 2000)  # of a difference of two means of 2,000
    assert np.all(np.abs(angry.mean(axis=0) - happy.mean(axis=0)) < 5 * spread)


def test_the_embedded_photographs_are_what_the_script_draws():
    wanted = faces.pictures(24, 7, mixed=True)
    folder = DATA / "photos"
    assert sorted(wanted) == sorted(p.relative_to(folder).as_posix() for p in folder.glob("*/*"))
    for name, picture in wanted.items():
        with Image.open(folder / name) as image:
            assert np.array_equal(np.asarray(image), picture), name


def test_the_embedded_photographs_are_few_small_and_of_many_kinds():
    files = list((DATA / "photos").glob("*/*.png"))
    assert sum(path.stat().st_size for path in files) < 300_000
    kinds = set()
    for path in files:
        with Image.open(path) as image:
            kinds.add((image.mode, image.width > image.height, image.width < image.height))
    assert kinds == {
        (mode, wide, tall)
        for mode in ("RGB", "L")
        for wide, tall in ((False, False), (True, False), (False, True))
    }


def test_imagefolder_reads_what_the_script_writes(tmp_path, capsys):
    assert faces.main(["--out", str(tmp_path / "new"), "--count", "5", "--seed", "3"]) == 0
    assert capsys.readouterr().out == f"3 angry and 2 happy faces are in {tmp_path / 'new'}\n"
    folder = ImageFolder(tmp_path / "new")
    assert (folder.classes, folder.targets) == (list(faces.CLASSES), [0, 0, 0, 1, 1])
    drawn, _ = faces.draw_faces(5, 3)
    for place, number in enumerate((0, 2, 4, 1, 3)):
        assert np.array_equal(np.asarray(folder[place][0]), drawn[number])


def test_files_that_lie_there_are_never_mixed_with_new_ones(tmp_path, capsys):
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "me.jpg").write_bytes(b"mine")
    assert faces.main(["--out", str(tmp_path), "--count", "4"]) == 1
    assert f"{tmp_path / 'happy'} holds files already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["happy", "me.jpg"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert faces.main(["--out", str(tmp_path / "file"), "--count", "2"]) == 1
    assert f"cannot write to {tmp_path / 'file'}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: --out"),
        (["--out", "x", "--count", "1"], "a whole number from 2 on, not '1'"),
        (["--out", "x", "--count", "ten"], "a whole number from 2 on, not 'ten'"),
        (["--out", "x", "--seed", "-1"], "a seed is a whole number from 0 on, not '-1'"),
    ],
)
def test_wrong_words_are_usage_errors_that_name_them(words, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        faces.main(words)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_help_names_every_option_and_what_is_written():
    done = subprocess.run(
        [sys.executable, str(DATA / "faces.py"), "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    for text in ("--out DIR", "--count N", "--seed S", "--mixed", "angry/ and happy/", "(200)"):
        assert text in done.stdout
