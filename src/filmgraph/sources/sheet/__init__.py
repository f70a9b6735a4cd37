"""A sheet of rows and columns, read by a column profile."""

from __future__ import annotations

from filmgraph.sources.sheet.reader import open_source, read_sheet

__all__ = ["open_source", "read_sheet"]
