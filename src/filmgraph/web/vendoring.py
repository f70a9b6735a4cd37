"""Fetches what others made from the package registry; run by `make vendor`, never by the program.

What the query page needs of Yasgui: the two built files, the licences of everything that is built into them, and their sums. What
the share cards need of DejaVu: one font, its licence, and their sums.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["DEJAVU", "YASGUI", "Package", "install", "read_licence", "write_sums"]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the registry. `integrity` is what the registry says of this version: another content is refused."""

    name: str
    version: str
    integrity: str
    files: tuple[str, ...]


YASGUI: Final = Package(
    "@zazuko/yasgui",
    "4.6.2",
    "sha512-Zw45KdPoAE1KRaAoxIHdQqeJxvaVG1oQdntw0hy0ktX35Zu8ZccuOLrXCLwR+GU+0xMzLw8Mjw6BkSZV2vUuQw==",
    ("yasgui.min.js", "yasgui.min.css"),
)
DEJAVU: Final = Package(
    "dejavu-fonts-ttf",
    "2.37.3",
    "sha512-f1hd7jJbeQa1VWcw+K2KrTXS50zTMaHpVC4XIKJpNcDeYR5ajMtj/iLlQDYNvLOKamUB3ARVVCf79lNwNVztSQ==",
    ("ttf/DejaVuSerif-Bold.ttf",),
)
_FONT_TARGET: Final = Path(__file__).resolve().parents[1] / "vendor" / f"dejavu-{DEJAVU.version}"
_TARGET: Final = Path(__file__).resolve().parent / "static" / "vendor" / f"yasgui-{YASGUI.version}"
_FAMILY: Final = (YASGUI.name, "@zazuko/yasgui-utils", "@zazuko/yasqe", "@zazuko/yasr")
_MIT: Final = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software
is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def install(package: Package, folder: Path) -> Path:
    """Install a package into `folder` without running any of its scripts, and return the folder of all modules."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed: only fetching what is vendored anew needs it")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", f"{package.name}@{package.version}"]
    subprocess.run(command, cwd=folder, check=True)
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    found = lock["packages"][f"node_modules/{package.name}"]["integrity"]
    if found != package.integrity:
        sys.exit(f"{package.name} {package.version} is not the package that was reviewed: its integrity is {found}")
    return folder / "node_modules"


def write_sums(target: Path, names: Iterable[str]) -> None:
    """Write the sums of some files of a folder into it, as `sha256sum --check` reads them."""
    lines = (f"{hashlib.sha256((target / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(names))
    (target / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def _main() -> None:
    _vendor_yasgui()
    _vendor_font()


def _vendor_font() -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = install(DEJAVU, Path(folder)) / DEJAVU.name
        _FONT_TARGET.mkdir(parents=True, exist_ok=True)
        for name in (*DEJAVU.files, "LICENSE"):
            shutil.copyfile(package / name, _FONT_TARGET / Path(name).name)
    write_sums(_FONT_TARGET, (*(Path(name).name for name in DEJAVU.files), "LICENSE"))


def _vendor_yasgui() -> None:
    with tempfile.TemporaryDirectory() as folder:
        modules = install(YASGUI, Path(folder))
        built = modules / YASGUI.name / "build"
        _TARGET.mkdir(exist_ok=True)
        for name in YASGUI.files:
            shutil.copyfile(built / name, _TARGET / name)
        packages = sorted({*_FAMILY, *_iter_packages(built / f"{YASGUI.files[0]}.map")})
        licences = "\n\n".join(read_licence(modules / each) for each in packages)
        (_TARGET / "LICENSE").write_text(licences, encoding="utf-8")
    write_sums(_TARGET, (*YASGUI.files, "LICENSE"))


def _iter_packages(map_path: Path) -> Iterator[str]:
    """Yield the packages whose code the source map names."""
    for source in json.loads(map_path.read_text(encoding="utf-8"))["sources"]:
        found = re.findall(r"node_modules/((?:@[^/]+/)?[^/]+)", source)
        if found:
            yield found[-1]


def read_licence(package_path: Path) -> str:
    """Return the licence of an installed package under its name."""
    described: dict[str, Any] = json.loads((package_path / "package.json").read_text(encoding="utf-8"))
    own = sorted(path for path in package_path.iterdir() if path.name.lower().startswith("licen"))
    author = described.get("author", "")
    holder = author.get("name", "") if isinstance(author, dict) else str(author)
    declared = described.get("license", "see below")
    if not own and declared != "MIT":
        sys.exit(f"{described['name']} ships no licence text: add the text of its licence, {declared}, to this script")
    text = own[0].read_text(encoding="utf-8").strip() if own else f"Copyright (c) {holder.partition(' <')[0]}\n\n{_MIT}".strip()
    title = f"{described['name']} ({declared})"
    return f"{title}\n{'=' * len(title)}\n\n{text}\n"


if __name__ == "__main__":
    _main()
