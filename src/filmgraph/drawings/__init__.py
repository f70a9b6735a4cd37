"""Drawings: typed rows → SVG, each with a table that says the same. Pure: no store, no files, no Flask.

Same rows, same bytes. Nothing in a drawing runs, and nothing is fetched for it.
"""

from __future__ import annotations

from filmgraph.drawings.bars import draw_roles
from filmgraph.drawings.collaboration import MOST_FILMS, MOST_PEOPLE, draw_collaboration
from filmgraph.drawings.colour import STYLE, contrast, derive_colours
from filmgraph.drawings.model import Drawing, Figure, Table
from filmgraph.drawings.poster import draw_poster
from filmgraph.drawings.timeline import MOST_FILMS as MOST_TIMELINE_FILMS
from filmgraph.drawings.timeline import draw_timeline
from filmgraph.drawings.venue_map import draw_venues

__all__ = [
    "MOST_FILMS",
    "MOST_PEOPLE",
    "MOST_TIMELINE_FILMS",
    "STYLE",
    "Drawing",
    "Figure",
    "Table",
    "contrast",
    "derive_colours",
    "draw_collaboration",
    "draw_poster",
    "draw_roles",
    "draw_timeline",
    "draw_venues",
]
