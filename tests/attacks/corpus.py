"""The corpus of attacks: what each tries, what it deserves, and the class that they hand in."""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ASSIGNMENT = HERE / "assignment"
PARTS = HERE / "parts"
HONEST = {"reference": 12, "modules": 12, "by_hand": 12, "half": 6}
"""Honest submissions and their points; the reference is the assignment's own."""
EVERY = 6
"""After so many attacks an honest submission follows."""


@dataclass(frozen=True)
class Attack:
    """One hostile submission."""

    family: str
    name: str
    tries: str
    honest: float
    """The points that its honest part deserves: it may have no more."""
    exact: bool
    """Whether it must have exactly these."""
    path: Path
    """Its module, or its folder of files."""

    @property
    def id(self) -> str:
        return f"{self.family}-{self.name}".replace("_", "-")


class CorpusError(Exception):
    """The corpus is not in order; the message names file and attack."""


def load(root: Path = HERE) -> list[Attack]:
    """Every attack, by family and name; CorpusError where metadata and files do not agree."""
    attacks = []
    for listing in sorted(root.glob("*/attacks.toml")):
        family = listing.parent
        entries = tomllib.loads(listing.read_text(encoding="utf-8"))
        files = {
            path.stem: path
            for path in family.iterdir()
            if path != listing and not path.name.startswith((".", "__pycache__"))
        }
        for name in sorted(entries.keys() ^ files.keys()):
            what = "no file" if name in entries else "no entry"
            raise CorpusError(f"{listing}: there is {what} for the attack {name}")
        for name, entry in sorted(entries.items()):
            attacks.append(_attack(listing, family.name, name, dict(entry), files[name]))
    return attacks


def _attack(listing: Path, family: str, name: str, entry: dict[str, object], path: Path) -> Attack:
    tries, honest = entry.pop("tries", None), entry.pop("honest", None)
    exact = entry.pop("exact", False)
    sensible = (
        isinstance(tries, str)
        and tries
        and isinstance(honest, int | float)
        and isinstance(exact, bool)
        and not entry
    )
    if not sensible or not isinstance(honest, int | float) or not 0 <= honest <= 12:
        raise CorpusError(
            f"{listing}: {name}: give tries (a text), honest (0 to 12), perhaps exact (true), "
            "and nothing else"
        )
    return Attack(family, name, str(tries), honest, bool(exact), path)


def lay_out(attacks: list[Attack], folder: Path) -> dict[str, Attack | str]:
    """Write a class of attacks among honest submissions.

    Returns
    -------
    dict
        By the id that its submission will have: the attack, or the name of the honest submission.
    """
    laid: dict[str, Attack | str] = {}
    honest = list(HONEST)
    for number, attack in enumerate(attacks):
        if number % EVERY == 0:
            name = honest[number // EVERY % len(honest)]
            submission = f"{number:03d}-{name.replace('_', '-')}"
            lay_out_honest(name, folder / submission)
            laid[submission] = name
        submission = f"{number:03d}-{attack.id}"
        lay_out_attack(attack, folder / submission)
        laid[submission] = attack
    return laid


def lay_out_attack(attack: Attack, folder: Path) -> None:
    """Write one attack: its files, and beside them what every attack may import."""
    folder.mkdir(parents=True)
    for part in PARTS.glob("*.py"):
        shutil.copy(part, folder)
    shutil.copy(ASSIGNMENT / "work.py", folder / "right.py")
    if attack.path.is_dir():
        shutil.copytree(attack.path, folder, dirs_exist_ok=True)
    else:
        shutil.copy(attack.path, folder / "work.py")


def lay_out_honest(name: str, folder: Path) -> None:
    """Write one honest submission."""
    folder.mkdir(parents=True)
    source = ASSIGNMENT / "work.py" if name == "reference" else HERE / "honest" / f"{name}.py"
    shutil.copy(source, folder / "work.py")
