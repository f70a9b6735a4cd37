"""The examples of docs/sheets.md are read, and give the facts that stand below them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from filmgraph.settings import SourceSettings
from filmgraph.sources.sheet import read_sheet
from filmgraph.sources.sheet.dates import DATE_FORMATS
from filmgraph.sources.sheet.profile_column import KNOWN_SETTINGS
from filmgraph.vocabulary import Vocabulary
from tests.conftest import ROOT
from tests.sources.sheet.test_sheet_messy import facts_of

TEXT = (ROOT / "docs" / "sheets.md").read_text(encoding="utf-8")


def examples() -> list[dict[str, str]]:
    """Return the examples: blocks from one of kind `csv` to one of kind `facts`, by kind."""
    found: list[dict[str, str]] = []
    for kind, text in re.findall(r"^```(.+)\n((?:.*\n)*?)```$", TEXT, flags=re.MULTILINE):
        if kind == "csv":
            found.append({})
        if found:
            found[-1].setdefault(kind, text)
    return found


def test_there_are_three_examples() -> None:
    assert [sorted(each)[:3] for each in examples()].count(["csv", "facts", "toml"]) == 2
    assert len(examples()) == 3


@pytest.mark.parametrize("number", range(3))
def test_example_gives_the_facts_below_it(number: int, tmp_path: Path, vocabulary: Vocabulary) -> None:
    example = examples()[number]
    for name, text in {"file sheet.csv": example["csv"], "file p.toml": example["toml"], **example}.items():
        if name.startswith("file "):
            (tmp_path / name.removeprefix("file ")).write_text(text, encoding="utf-8")
    reading = read_sheet(SourceSettings("t", "sheet", 1, path="sheet.csv", profile="p.toml"), tmp_path, vocabulary)
    assert reading.findings == ()
    assert facts_of(reading) == example["facts"].splitlines()


def test_every_setting_of_a_column_is_described() -> None:
    described = set(re.findall(r"`([a-z_]+)", TEXT))
    assert set(KNOWN_SETTINGS) - described == set()


def test_every_format_of_a_day_is_listed() -> None:
    assert [each for each in DATE_FORMATS if f"`{each}`" not in TEXT] == []
