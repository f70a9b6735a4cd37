"""Saved pages in a temporary folder, read with the shipped vocabulary."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.confined import Limits
from filmgraph.sources.html import reader
from filmgraph.sources.html.process import read_pages
from filmgraph.vocabulary import Vocabulary

ReadHtml = Callable[..., Reading]


def _answer(_: str, request: dict[str, Any], data: bytes, __: Limits, ___: str) -> Any:
    """Do in this process what is done in one of its own."""
    return json.loads(json.dumps(read_pages(request, data)))


@pytest.fixture
def read(tmp_path: Path, loaded_vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> ReadHtml:
    """Return a function that reads a page, without the process of its own, by a profile if there is one."""
    monkeypatch.setattr(reader, "run_confined", _answer)

    def read_with(page: str | bytes, profile: str = "", **settings: str) -> Reading:
        (tmp_path / "p.html").write_bytes(page if isinstance(page, bytes) else page.encode())
        (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
        given = {"path": "p.html", "profile": "p.toml" if profile else "", **settings}
        return reader.read_html(SourceSettings(id="p", kind="html", precedence=1, **given), tmp_path, loaded_vocabulary)

    return read_with
