"""The words of the editor's tools in one language: `words/editing.*.toml`, with plurals and days as the pages have them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from filmgraph.pages.messages import Messages, load_messages

__all__ = ["load_texts"]


@cache
def load_texts(language: str) -> Messages:
    """Return the words of the editor's tools, and those of the pages beside them, which give the names of kinds and months."""
    path = files("filmgraph") / "words" / f"editing.{language}.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = {f"{table}.{name}": value for table, values in tables.items() for name, value in values.items()}
    pages = load_messages(language)
    texts = {key: value for key, value in entries.items() if isinstance(value, str)}
    forms = {key: MappingProxyType(value) for key, value in entries.items() if isinstance(value, dict)}
    return replace(pages, texts=MappingProxyType({**pages.texts, **texts}), forms=MappingProxyType({**pages.forms, **forms}))
