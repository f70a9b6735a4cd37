"""The programmes of a release: which editions there are, and the screenings of the editions last asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from filmgraph.iris import Kind, is_key
from filmgraph.programme import Edition, Screening, ScreeningReader
from filmgraph.web.site import Site

__all__ = ["Editions", "Programme"]

#: A large festival has a thousand screenings, at a few kilobytes each.
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Programme:
    """An edition with all its screenings, in order."""

    edition: Edition
    screenings: tuple[Screening, ...]


@dataclass(frozen=True)
class Editions:
    """Reads each programme once, as long as few are asked for; the release never changes."""

    site: Site

    @cached_property
    def all(self) -> tuple[Edition, ...]:
        """All editions, by their first day."""
        return self.reader().editions()

    def find(self, key: str) -> Programme | None:
        """Return the programme of an edition; None when there is no such edition."""
        iri = self.site.iris.thing(Kind.FESTIVAL, key) if is_key(key) else ""
        edition = next((each for each in self.all if each.named.iri == iri), None)
        return None if edition is None else Programme(edition, self._screenings(key))

    def reader(self) -> ScreeningReader:
        """Return a reader for one thing's screenings."""
        return ScreeningReader(self.site.store, self.site.iris)

    @cached_property
    def _screenings(self) -> Callable[[str], tuple[Screening, ...]]:
        return lru_cache(_KEPT)(lambda key: self.reader().screenings_of(Kind.FESTIVAL, key))
