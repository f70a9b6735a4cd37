"""`coverage.json`: how many things of each kind have each property. Build writes it, serve reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import ReleaseError

__all__ = ["COVERAGE_FILE", "Coverage", "KindCoverage", "load_coverage", "percent"]

COVERAGE_FILE: Final = "coverage.json"


@dataclass(frozen=True, slots=True)
class KindCoverage:
    """The things of one kind, by its path segment: how many there are, and how many have each property (IRI)."""

    segment: str
    things: int
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of one release's published graph."""

    release_id: str
    kinds: tuple[KindCoverage, ...]

    def to_json(self) -> str:
        """Return the counts as JSON: same release, same bytes."""
        kinds = {
            kind.segment: {
                "things": kind.things,
                "properties": {
                    iri: {"things": count, "percent": percent(count, kind.things)} for iri, count in sorted(kind.fields.items())
                },
            }
            for kind in self.kinds
        }
        return json.dumps({"release": self.release_id, "kinds": kinds}, indent=1, ensure_ascii=False) + "\n"


def percent(count: int, total: int) -> float:
    """Return a share in percent, to one decimal; what is not all never becomes 100, and what is something never 0.

    >>> percent(2999, 3000), percent(1, 3000), percent(0, 5), percent(5, 5)
    (99.9, 0.1, 0.0, 100.0)
    """
    if count in (0, total):
        return 100.0 if count else 0.0
    return min(max(round(100 * count / total, 1), 0.1), 99.9)


def load_coverage(release_path: Path) -> Coverage | None:
    """Read the coverage of the release in `release_path`; None when it was built without one. ReleaseError when it is damaged."""
    path = release_path / COVERAGE_FILE
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kinds = tuple(
            KindCoverage(segment, kind["things"], {iri: each["things"] for iri, each in kind["properties"].items()})
            for segment, kind in values["kinds"].items()
        )
        return Coverage(values["release"], kinds)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(f"{path} cannot be read ({error}): build the release again") from error
