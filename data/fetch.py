"""Fetch the full MNIST, 60,000 and 10,000 digits, where the network allows it.

    python data/fetch.py                      into data/full
    pytest assignment --data data/full        use it

The files come through torchvision's own downloader, which checks their MD5 sums. Nothing stands
under the target until all of it is there and read back.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import grader.torchvision_cpu  # noqa: F401  # lets torchvision import beside a CPU build of torch
from torchvision.datasets import MNIST

HERE = Path(__file__).parent
RAW = Path("MNIST", "raw")


class FetchError(Exception):
    """The full set could not be had; the message says what to do by hand."""


def counts(root: Path) -> tuple[int, int]:
    """Numbers of training and validation digits under a root; RuntimeError if incomplete."""
    return len(MNIST(root, train=True)), len(MNIST(root, train=False))


def fetch(out: Path, mirrors: Sequence[str], resources: Sequence[tuple[str, str]]) -> bool:
    """Fetch and unpack into ``out/MNIST/raw``; False if it is there already.

    Parameters
    ----------
    mirrors
        URLs of folders, each ending in a slash, tried in order.
    resources
        Names and MD5 sums of the four files.

    Raises
    ------
    FetchError
        No mirror gave every file unharmed, or they cannot be read back.
    """
    try:
        counts(out)
    except RuntimeError:
        pass
    else:
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:

        class Source(MNIST):
            """MNIST from the mirrors given."""

        # torchvision names the folder after the class, and reads these two when it downloads.
        Source.__name__ = "MNIST"
        Source.mirrors = list(mirrors)
        Source.resources = list(resources)
        try:
            Source(folder, download=True)
            found = counts(Path(folder))
        except (RuntimeError, OSError, EOFError, ValueError) as error:
            raise FetchError(by_hand(out, mirrors, resources, error)) from error
        if out.exists():
            shutil.rmtree(out)  # incomplete, as counts() found
        shutil.move(folder, out)
        Path(folder).mkdir()  # for TemporaryDirectory to remove
    print(f"{found[0]:,} training and {found[1]:,} validation digits in {out}")
    return True


def by_hand(
    out: Path,
    mirrors: Sequence[str],
    resources: Sequence[tuple[str, str]],
    error: Exception,
) -> str:
    """What went wrong, and how to place the files without this script."""
    names = "\n".join(f"    {name}  (MD5 {md5})" for name, md5 in resources)
    return (
        f"the full MNIST could not be fetched: {error}\n"
        f"Tried: {', '.join(mirrors)}\n"
        "The 5,000 digits that come with the assignment are enough for every task. To use the full "
        f"set all the same, get these files elsewhere:\n{names}\n"
        f"unpack them (gunzip) into {out / RAW}, and run this script again to check them."
    )


def main(arguments: list[str] | None = None) -> int:
    """Fetch as the command line says; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "full", help="target (data/full)")
    parser.add_argument(
        "--mirror", action="append", help="URL of a folder with the four .gz files (repeatable)"
    )
    options = parser.parse_args(arguments)
    mirrors = [url.rstrip("/") + "/" for url in options.mirror or MNIST.mirrors]
    try:
        if not fetch(options.out, mirrors, MNIST.resources):
            print(f"{options.out} is complete already; nothing to do")
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
