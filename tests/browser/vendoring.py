"""Fetches axe-core, which the tests run in the browser, from the package registry; run by `make vendor`, never shipped."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from filmgraph.web.vendoring import Package, install, write_sums

__all__ = ["AXE", "AXE_PATH"]

AXE: Final = Package(
    "axe-core",
    "4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"),
)
AXE_PATH: Final = Path(__file__).resolve().parent / "vendor" / f"axe-core-{AXE.version}"


def _main() -> None:
    AXE_PATH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        package_path = install(AXE, Path(folder)) / AXE.name
        for name in AXE.files:
            shutil.copyfile(package_path / name, AXE_PATH / name)
    write_sums(AXE_PATH, AXE.files)


if __name__ == "__main__":
    _main()
