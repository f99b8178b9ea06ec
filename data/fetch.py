"""Fetch the full MNIST, 60,000 and 10,000 digits, where the network allows it.

    python data/fetch.py                      into data/full
    pytest assignment --data data/full        use it

The files come through torchvision's own downloader, which checks their MD5 sums. They are gathered
in a hidden folder beside their place, and moved there when all of them are whole: a download that
is stopped, even by a power cut, leaves nothing that looks complete. Other files in the target
folder are never touched.
"""

import argparse
import contextlib
import http.client
import io
import shutil
import socket
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
RAW = Path("MNIST", "raw")
STAGING = ".partial-"  # prefix of the hidden folder that a download is gathered in
ABANDONED_S = 24 * 3600  # a download older than this was killed; no live one takes a day
SIDE = 28  # of an image, in pixels


class IncompleteError(Exception):
    """A folder does not hold a whole data set; the message names the file."""


class FetchError(Exception):
    """The full set could not be had; the message says what to do."""


@dataclass(frozen=True)
class Source:
    """What to fetch, and where it lies."""

    mirrors: Sequence[str]
    """URLs of folders, tried in order."""
    files: Sequence[tuple[str, str]]
    """Names of the four ``.gz`` files and their MD5 sums."""
    counts: tuple[int, int] = (60_000, 10_000)
    """Numbers of training and validation digits."""
    timeout_s: float = 30
    """Seconds without an answer after which a mirror is given up."""


def official(mirrors: Sequence[str] = ()) -> Source:
    """The full MNIST as torchvision knows it, from its mirrors or those given."""
    from grader import torchvision_cpu

    torchvision_cpu.ensure()  # lets torchvision import beside a CPU build of torch
    from torchvision.datasets import MNIST

    return Source(tuple(mirrors or MNIST.mirrors), tuple(MNIST.resources))


def count(root: Path) -> tuple[int, int]:
    """Numbers of training and validation digits in ``root/MNIST/raw``.

    Raises
    ------
    IncompleteError
        A file is absent, is not the IDX file its name says, or is cut short.
    """
    counts = []
    for part in ("train", "t10k"):
        images = _length(root / RAW / f"{part}-images-idx3-ubyte", (SIDE, SIDE))
        labels = _length(root / RAW / f"{part}-labels-idx1-ubyte", ())
        if images != labels:
            raise IncompleteError(f"{root / RAW}: {images:,} {part} images, but {labels:,} labels")
        counts.append(images)
    return counts[0], counts[1]


def _length(path: Path, item: tuple[int, ...]) -> int:
    """The number of items in an IDX file of unsigned bytes, read from its header."""
    header = 4 * (2 + len(item))
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(header)
    except OSError as error:
        raise IncompleteError(f"{path}: {error.strerror}") from error
    shape = tuple(int.from_bytes(start[at : at + 4], "big") for at in range(4, header, 4))
    if start[:4] != bytes([0, 0, 8, 1 + len(item)]) or shape[1:] != item or not shape[0]:
        raise IncompleteError(f"{path}: not an IDX file of MNIST")
    wanted = header + shape[0] * (SIDE * SIDE if item else 1)
    if size != wanted:
        raise IncompleteError(f"{path}: {size:,} bytes, not {wanted:,}")
    return shape[0]


def fetch(out: Path, source: Source) -> bool:
    """Fetch and unpack into ``out/MNIST/raw``; False if all of it is there already.

    Files of the right name and MD5 sum that lie there, still compressed, are used and not fetched.

    Raises
    ------
    FetchError
        No mirror gave every file unharmed, or another data set is in the way.
    """
    with contextlib.suppress(IncompleteError):
        found = count(out)
        if found == source.counts:
            return False
        raise FetchError(
            f"{out / RAW} holds {_digits(found)}, not {_digits(source.counts)}; "
            "it stays as it is: name another folder with --out"
        )
    fresh = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    try:
        with tempfile.TemporaryDirectory(dir=out, prefix=STAGING) as staging:
            _gather(out, Path(staging), source)
            _install(Path(staging) / RAW, out / RAW)
    except BaseException:
        if fresh:
            with contextlib.suppress(OSError):
                out.rmdir()
        raise
    return True


def _gather(out: Path, staging: Path, source: Source) -> None:
    """Put all files, unpacked, into ``staging/MNIST/raw``."""
    from torchvision.datasets.utils import check_integrity

    (staging / RAW).mkdir(parents=True)
    for number, (name, md5) in enumerate(source.files, start=1):
        _say(f"[{number}/{len(source.files)}] {name}")
        if check_integrity(out / RAW / name, md5):
            shutil.copy(out / RAW / name, staging / RAW / name)
        errors = []
        for mirror in source.mirrors:
            try:
                with _patience(source.timeout_s):
                    _download(f"{mirror.rstrip('/')}/{name}", staging / RAW, name, md5)
                break
            # What torchvision, urllib, gzip and a full disk raise; a bad URL is a ValueError.
            except (RuntimeError, OSError, ValueError, EOFError) as error:
                errors.append(f"{mirror}: {error}")
            except (http.client.HTTPException, zlib.error) as error:
                errors.append(f"{mirror}: {type(error).__name__}: {error}")
        else:
            raise FetchError(_by_hand(out, source, name, errors))
    try:
        found = count(staging)
    except IncompleteError as error:
        raise FetchError(f"what was fetched cannot be used: {error}") from error
    if found != source.counts:
        raise FetchError(f"the files hold {_digits(found)}, not {_digits(source.counts)}")


def _download(url: str, folder: Path, name: str, md5: str) -> None:
    """Download and unpack one file, with torchvision's percentage where a person watches."""
    from torchvision.datasets.utils import download_and_extract_archive

    watched = sys.stderr.isatty()  # without a terminal, no control characters
    with contextlib.nullcontext() if watched else contextlib.redirect_stderr(io.StringIO()):
        download_and_extract_archive(url, str(folder), filename=name, md5=md5)


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """A limit on every wait for the network; torchvision's downloader sets none."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _install(staged: Path, raw: Path) -> None:
    """Move the unpacked files to their place, where an incomplete set may lie."""
    raw.mkdir(parents=True, exist_ok=True)
    files = [path for path in sorted(staged.iterdir()) if path.suffix != ".gz"]
    for path in files:  # all old ones first: old and new together must never look complete
        (raw / path.name).unlink(missing_ok=True)
    for path in files:
        path.replace(raw / path.name)


def _sweep(out: Path) -> None:
    """Remove what a killed download left."""
    for folder in out.glob(f"{STAGING}*"):
        if time.time() - folder.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(folder, ignore_errors=True)


def _by_hand(out: Path, source: Source, name: str, errors: Sequence[str]) -> str:
    """What went wrong, and how to place the files without the network."""
    names = "\n".join(f"    {name}  (MD5 {md5})" for name, md5 in source.files)
    return (
        f"{name} could not be fetched. Tried:\n"
        + "".join(f"    {error}\n" for error in errors)
        + "The 5,000 digits that come with the assignment are enough for every task. To use the "
        f"full set all the same, get these files elsewhere:\n{names}\n"
        f"put them into {out / RAW} as they are,\nand run this script again: it checks and unpacks "
        "them without the network."
    )


def _digits(counts: tuple[int, int]) -> str:
    return f"{counts[0]:,} training and {counts[1]:,} validation digits"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None, source: Source | None = None) -> int:
    """Fetch as the command line says; the exit status: 0 all there, 1 not, 130 interrupted.

    `source` replaces the full MNIST; ``--mirror`` still says where it is fetched.
    """
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "full", help="target (data/full)")
    parser.add_argument(
        "--mirror",
        action="append",
        default=[],
        metavar="URL",
        help="folder with the four .gz files, instead of torchvision's mirrors (repeatable)",
    )
    options = parser.parse_args(arguments)
    try:
        if source is None:
            source = official(options.mirror)
        elif options.mirror:
            source = Source(options.mirror, source.files, source.counts, source.timeout_s)
        if fetch(options.out, source):
            print(f"{_digits(source.counts)} are in {options.out}")
        else:
            print(f"{options.out} is complete; nothing to do")
    except FetchError as error:
        _say(f"error: {error}")
        return 1
    except ModuleNotFoundError as error:
        _say(f"error: {error}; install the assignment first, as its README says")
        return 1
    except OSError as error:
        _say(f"error: cannot write to {options.out}: {error}")
        return 1
    except KeyboardInterrupt:
        _say("interrupted; nothing was kept")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
