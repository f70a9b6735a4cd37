"""What a build depends on: another version of a library that bears on a release means that everything is done anew."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from filmgraph import incremental_key

ROOT = Path(__file__).resolve().parents[2]
#: They serve, talk to people, or judge what is never kept.
WITHOUT_BEARING = {
    "babel", "brotli", "click", "flask", "flask-compress", "granian", "openpyxl", "pillow", "pyshacl", "rich", "sparqlwrapper",
}  # fmt: skip


def test_every_library_bears_on_a_release_or_is_known_not_to() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=]", each)[0] for each in project["dependencies"]}
    assert set(incremental_key._LIBRARIES) == names - WITHOUT_BEARING
