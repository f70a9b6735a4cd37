"""filmgraph: facts about films, people and screenings as validated, served linked data."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
