"""A calendar in a temporary folder, read with the shipped vocabulary."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.calendar import reader
from filmgraph.sources.calendar.process import read_calendar_bytes
from filmgraph.sources.calendar.reader import read_calendar
from filmgraph.sources.confined import Limits, RefusedError
from filmgraph.vocabulary import Vocabulary

ReadCalendar = Callable[..., Reading]


def _answer(_: str, request: dict[str, Any], data: bytes, __: Limits, path: str) -> Any:
    """Do in this process what is done in one of its own."""
    try:
        return json.loads(json.dumps(read_calendar_bytes(request, data)))
    except RefusedError as error:
        raise UnreadableInputError(f"{path}: {error}") from error


@pytest.fixture
def read(tmp_path: Path, loaded_vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> ReadCalendar:
    """Return a function that reads a calendar by a profile, without the process of its own, which takes half a second."""
    monkeypatch.setattr(reader, "run_confined", _answer)

    def read_with(calendar: str | bytes, profile: str) -> Reading:
        (tmp_path / "c.ics").write_bytes(calendar if isinstance(calendar, bytes) else calendar.encode())
        (tmp_path / "c.toml").write_text(profile, encoding="utf-8")
        source = SourceSettings(id="c", kind="calendar", precedence=1, path="c.ics", profile="c.toml")
        return read_calendar(source, tmp_path, loaded_vocabulary)

    return read_with
