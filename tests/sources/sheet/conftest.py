"""A catalogue in a temporary folder, read with the shipped vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary, load_vocabulary

ReadSheet = Callable[..., Reading]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
def read(tmp_path: Path, vocabulary: Vocabulary) -> ReadSheet:
    """Return a function that reads `sheet` by `profile`; further arguments are files of the catalogue."""

    def read_with(sheet: str | bytes, profile: str, **files: str) -> Reading:
        (tmp_path / "t.csv").write_bytes(sheet if isinstance(sheet, bytes) else sheet.encode())
        (tmp_path / "t.toml").write_text(profile, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / name.replace("_dot_", ".")).write_text(text, encoding="utf-8")
        source = SourceSettings(id="t", kind="sheet", precedence=1, path="t.csv", profile="t.toml")
        return read_sheet(source, tmp_path, vocabulary)

    return read_with
