"""Finds `ontology/` and `shapes/`: at the root of a checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from filmgraph.errors import VocabularyError

__all__ = ["PUBLISHING_SHAPES", "find_ontology_path", "find_shapes_path", "list_shape_files"]

#: The one file of shapes that is for the pages of a catalogue and not for its data.
PUBLISHING_SHAPES: Final = "publish.ttl"

_PACKAGE_PATH = Path(__file__).resolve().parent


def find_ontology_path() -> Path:
    """Return the folder of our own terms and concept schemes."""
    return _find("ontology")


def find_shapes_path() -> Path:
    """Return the folder of SHACL shapes."""
    return _find("shapes")


def list_shape_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the files of shapes for the data of a catalogue, by name; of `folder`, by default the shipped ones."""
    files = sorted((folder or find_shapes_path()).glob("*.ttl"))
    return tuple(each for each in files if each.name != PUBLISHING_SHAPES)


def _find(name: str) -> Path:
    installed, checkout = _PACKAGE_PATH / "_shipped" / name, _PACKAGE_PATH.parents[1] / name
    for path in (installed, checkout):
        if path.is_dir():
            return path
    raise VocabularyError(f"the folder {name}/ is neither in {installed} nor in {checkout}: install filmgraph again")
