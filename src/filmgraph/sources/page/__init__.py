"""A festival's film page, as text or HTML."""

from __future__ import annotations

from filmgraph.sources.page.reader import NOTHING_TO_READ, read_page

__all__ = ["NOTHING_TO_READ", "read_page"]
