"""What each requirement takes: `python -m benchmarks.sizes` prints name, version and installed size."""

from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def size_mb(name):
    """Size of the files a distribution installed, in MB of a million bytes, compiled bytecode left out."""
    files = [file.locate() for file in distribution(name).files or [] if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


if __name__ == "__main__":
    for listed in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / listed).read_text().splitlines():
            if line and not line.startswith(("-", "#")):
                name = Requirement(line).name
                print(f"{name:28}{distribution(name).version:14}{size_mb(name):8.2f} MB")
