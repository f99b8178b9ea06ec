"""Make the pictures of the exercise sheet from the real digits and the reference modules.

For course staff; students get the pictures only. It takes about two minutes on one core:

    python solution/make_pictures.py [PART ...]

Seeds are fixed, and torch runs on one thread, so the same machine makes the same pictures again.
The numbers that the exercise sheet states are printed while they are measured.
"""

import argparse
from importlib import import_module
from pathlib import Path

import mnist
import torch

PARTS = [
    path.stem for path in sorted(Path(__file__).with_name("draw").glob("[!_]*.py"))
    if path.stem != "common"
]  # fmt: skip


def main() -> None:
    """Draw what is asked for, or everything."""
    parser = argparse.ArgumentParser(description="Make the pictures of the exercise sheet.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all, or of {', '.join(PARTS)}")
    parser.add_argument("--data", type=Path, default=mnist.DATA, help="folder of MNIST/raw")
    asked = parser.parse_args()
    if unknown := [name for name in asked.parts if name not in PARTS]:
        parser.error(f"no part is called {unknown[0]}; there are {', '.join(PARTS)}")
    torch.set_num_threads(1)
    for name in asked.parts or PARTS:
        import_module(f"draw.{name}").main(asked.data)


if __name__ == "__main__":
    main()
