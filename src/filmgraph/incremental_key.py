"""Whether the state that a build left can be built upon: it is of the newest release, and nothing that made it is another now."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from filmgraph.errors import ReleaseError
from filmgraph.incremental_state import Seal, State, load_seal
from filmgraph.manifest import FILE_NAME as MANIFEST
from filmgraph.manifest import hash_file
from filmgraph.queries import FOLDER as QUERIES
from filmgraph.queries import SUFFIX
from filmgraph.release_folder import find_current, find_previous
from filmgraph.release_verify import Stamp
from filmgraph.resources import find_ontology_path, find_shapes_path
from filmgraph.settings import EndpointSettings, ServerSettings, Settings

__all__ = ["Basis", "find_basis"]

# What reads sources, tells films and people apart, and writes releases.
_LIBRARIES = (
    "icalendar", "pyarrow", "pyoxigraph", "python-calamine", "python-dateutil", "rapidfuzz", "rdflib", "selectolax", "tzdata",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basis:
    """What a build can be based upon: the release whose state is kept, or None and why.

    `made_by` are the digests of all that every record depends on, `tables` the stamps that the files of its store had.
    """

    release_path: Path | None
    why: str
    made_by: dict[str, str]
    tables: Mapping[str, Stamp] = field(default_factory=dict)


def find_basis(settings: Settings, *, is_full: bool = False) -> Basis:
    """Return the release to build upon; `is_full` asks for none."""
    made_by = _digests(settings)
    if is_full:
        return Basis(None, "asked for", made_by)
    seal = load_seal(settings.releases_path)
    if seal is None:
        return Basis(None, "no state is kept of an earlier build", made_by)
    release_path, why = _find_release(settings, seal, made_by)
    return Basis(release_path, why, made_by, seal.tables)


def _find_release(settings: Settings, seal: Seal, made_by: dict[str, str]) -> tuple[Path | None, str]:
    others = sorted(name for name in made_by.keys() | seal.made_by.keys() if made_by.get(name) != seal.made_by.get(name))
    if others:
        return None, f"changed since the last build: {', '.join(others)}"
    try:
        current, newest = find_current(settings.releases_path), find_previous(settings.releases_path)
    except ReleaseError as error:
        return None, str(error)
    if current is None or newest is None or current.name != newest.name:
        return None, "the current release is not the newest one"
    if current.name != seal.release_id or hash_file(current / MANIFEST).sha256 != seal.manifest_sha256:
        return None, f"the kept state is of release {seal.release_id}, and {current.name} is current"
    if not State.is_whole(settings.releases_path, seal):
        return None, "the kept state is damaged"
    return current, ""


def _digests(settings: Settings) -> dict[str, str]:
    package = Path(__file__).parent
    versions = [platform.python_version(), *(f"{name} {version(name)}" for name in _LIBRARIES)]
    # Neither where the catalogue lies nor how a release is served changes anything in it.
    elsewhere = replace(settings, catalogue_path=Path(), releases_path=Path())
    lasting = replace(elsewhere, endpoint=EndpointSettings(), server=ServerSettings())
    return {
        "the software": _digest_files(sorted(each for each in package.rglob("*") if each.suffix in (".py", ".toml", ".json"))),
        "the libraries": _digest(versions),
        "the settings": _digest([repr(lasting)]),
        "the vocabulary": _digest_files(sorted(find_ontology_path().glob("*.ttl"))),
        "the shapes": _digest_files(sorted(find_shapes_path().glob("*.ttl"))),
        "the saved queries": _digest_files(sorted((settings.catalogue_path / QUERIES).glob("*" + SUFFIX))),
    }


def _digest_files(paths: Iterable[Path]) -> str:
    return _digest(f"{path.name} {hash_file(path).sha256}" for path in paths)


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
