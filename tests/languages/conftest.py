"""Lends the small release of `tests/http` to these tests."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_SPEC = spec_from_file_location("small_release", Path(__file__).parents[1] / "http" / "conftest.py")
assert _SPEC is not None
assert _SPEC.loader is not None
_LENT = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_LENT)

iris = _LENT.iris
vocabulary = _LENT.vocabulary
manifest = _LENT.manifest
store = _LENT.store
settings = _LENT.settings
release_path = _LENT.release_path
app = _LENT.app
