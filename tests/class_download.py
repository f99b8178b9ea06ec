"""A class's submissions as a download from Canvas, made of the samples and the repository itself.

    python tests/class_download.py FOLDER

Fifteen students: right, half-right, untouched, crashing, hanging, wrong in instructive ways, late,
zipped, nested one folder too deep, with Windows line ends, and one whose archive cannot be read.
"""

import io
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "submissions"
BOM = b"\xef\xbb\xbf"


def modules(folder: Path) -> dict[str, bytes]:
    """The six modules of a folder, by file name, as far as they are there."""
    names = [path.name for path in sorted((ROOT / "assignment").glob("*.py"))]
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    """A gzipped tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def windows(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files as a Windows editor may save them."""
    return {name: BOM + content.replace(b"\n", b"\r\n") for name, content in files.items()}


def nested(files: dict[str, bytes]) -> dict[str, bytes]:
    """One folder too deep, with what macOS and Python leave beside."""
    deep = {f"hw9/{name}": content for name, content in files.items()}
    return deep | {"__MACOSX/hw9/._layers.py": b"\0", "hw9/__pycache__/layers.cpython-311.pyc": b""}


def download() -> dict[str, bytes]:
    """Files by name, as Canvas names them: student, LATE, numbers of student and file, file."""
    sample = {path.name: modules(path) for path in sorted(SAMPLES.iterdir()) if path.is_dir()}
    right = modules(ROOT / "solution")
    return {
        "adams_1001_90001_hw9.zip": zipped(right),
        "baker_1002_90002_hw9.zip": zipped(nested(sample["other_style"])),
        "clark_1003_90003_hw9.tar.gz": packed(windows(right)),
        "davis_LATE_1004_90004_hw9.zip": zipped(right),
        "evans_1005_90005_hw9.zip": zipped(sample["half_finished"]),
        "frank_1006_90006_hw9.zip": zipped(sample["half_right"]),
        "ghosh_1007_90007_layers.py": sample["layers_only"]["layers.py"],
        "hills_1008_90008_hw9.zip": zipped(modules(ROOT / "assignment")),
        "irwin_1009_90009_hw9.zip": zipped(sample["crashing"]),
        "jones_1010_90010_hw9.zip": zipped(sample["hanging"]),
        "kumar_1011_90011_hw9.zip": zipped(sample["sizes_swapped"]),
        "lopez_1012_90012_hw9.zip": zipped(sample["trains_on_labels"]),
        "meyer_1013_90013_hw9.zip": zipped(sample["syntax_error"]),
        "novak_1014_90014_hw9.zip": zipped(sample["missing_package"]),
        "olsen_1015_90015_hw9.zip": zipped(right)[:5000],
    }


def write(folder: Path) -> Path:
    """Write the download; what was there before is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in download().items():
        (folder / name).write_bytes(content)
    return folder


if __name__ == "__main__":
    write(Path(sys.argv[1]))
