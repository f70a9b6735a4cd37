"""A web process loads nothing of the build: no SHACL engine, no reader of pages, no tables."""

from __future__ import annotations

import json
import subprocess
import sys

_PROGRAM = "import json, sys, filmgraph.serving; print(json.dumps(sorted(sys.modules)))"


def test_a_server_loads_nothing_of_the_build() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    loaded = set(json.loads(done.stdout))
    assert "granian" in loaded
    assert loaded.isdisjoint({"pyshacl", "rdflib", "selectolax", "pyarrow", "filmgraph.assembly", "filmgraph.release"})
