"""`python -m filmgraph` is the command line."""

from __future__ import annotations

from filmgraph.cli import main

main()
