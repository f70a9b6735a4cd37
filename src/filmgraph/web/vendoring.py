"""Fetches what the query page needs of Yasgui from the package registry; run by `make vendor`, never by the program.

It writes the two built files, the licences of everything that is built into them, and their sums.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

__all__: list[str] = []

PACKAGE: Final = "@zazuko/yasgui"
VERSION: Final = "4.6.2"
#: What the registry says of this version; another content under the same number is refused.
INTEGRITY: Final = "sha512-Zw45KdPoAE1KRaAoxIHdQqeJxvaVG1oQdntw0hy0ktX35Zu8ZccuOLrXCLwR+GU+0xMzLw8Mjw6BkSZV2vUuQw=="
FILES: Final = ("yasgui.min.js", "yasgui.min.css")
TARGET: Final = Path(__file__).resolve().parent / "static" / "vendor" / f"yasgui-{VERSION}"
_FAMILY: Final = (PACKAGE, "@zazuko/yasgui-utils", "@zazuko/yasqe", "@zazuko/yasr")
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


def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        modules = _install(Path(folder))
        built = modules / PACKAGE / "build"
        TARGET.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copyfile(built / name, TARGET / name)
        packages = sorted({*_FAMILY, *_iter_packages(built / f"{FILES[0]}.map")})
        licences = "\n\n".join(_licence(modules / each) for each in packages)
        (TARGET / "LICENSE").write_text(licences, encoding="utf-8")
    names = sorted((*FILES, "LICENSE"))
    sums = "".join(f"{hashlib.sha256((TARGET / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (TARGET / "SHA256SUMS").write_text(sums, encoding="ascii")


def _install(folder: Path) -> Path:
    """Install the package without running any of its scripts, and return the folder of all modules."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed: only fetching the query editor anew needs it")
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", f"{PACKAGE}@{VERSION}"]
    subprocess.run(command, cwd=folder, check=True)
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    found = lock["packages"][f"node_modules/{PACKAGE}"]["integrity"]
    if found != INTEGRITY:
        sys.exit(f"{PACKAGE} {VERSION} is not the package that was reviewed: its integrity is {found}")
    return folder / "node_modules"


def _iter_packages(map_path: Path) -> Iterator[str]:
    """Yield the packages whose code the source map names."""
    for source in json.loads(map_path.read_text(encoding="utf-8"))["sources"]:
        found = re.findall(r"node_modules/((?:@[^/]+/)?[^/]+)", source)
        if found:
            yield found[-1]


def _licence(package_path: Path) -> str:
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
