"""A sheet of rows and columns, read by a column profile."""

from __future__ import annotations

from filmgraph.sources.sheet.reader import read_sheet

__all__ = ["read_sheet"]
