"""Reads `facets.sqlite`: a page of a list, narrowed down by facets, with how many things each further choice would leave."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from filmgraph.describe import Listed
from filmgraph.errors import IriError, StoreError
from filmgraph.facets_model import FACETS, FACETS_FILE, FACETS_FORMAT, Facet, find_positions, unpack_positions
from filmgraph.iris import Kind

__all__ = ["FacetAnswer", "FacetChoice", "FacetIndex", "FacetValue", "open_facets"]

_THINGS_SQL: Final = "SELECT iri, name, date FROM thing WHERE segment = ? AND position = ?"
_VALUES_SQL: Final = "SELECT facet, value, within, label, positions FROM value WHERE segment = ?"

#: Which value of which facet is chosen.
FacetChoice = Mapping[Facet, str]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value to choose. `count` is how many things it leaves beside what else is chosen; `label` what no vocabulary names."""

    facet: Facet
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetAnswer:
    """Some of the things of a list as far as a choice leaves them, how many there are, and what else can be chosen.

    Of every facet that is offered, `values` has those that leave something and the chosen one, in the order of the values.
    """

    listed: tuple[Listed, ...]
    total: int
    values: Mapping[Facet, tuple[FacetValue, ...]]


@dataclass(frozen=True, slots=True)
class _Value:
    within: str
    label: str
    bits: int


#: All values of the facets of one kind.
_Values = Mapping[Facet, Mapping[str, _Value]]


def open_facets(release_path: Path) -> FacetIndex | None:
    """Return the facets of a release; None when it was built without them, or by a filmgraph that wrote them otherwise.

    StoreError when the file is damaged.
    """
    path = release_path / FACETS_FILE
    if not path.is_file():
        return None
    with _reading(path) as connection:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
    return FacetIndex(path) if found == FACETS_FORMAT else None


@dataclass(frozen=True)
class FacetIndex:
    """The lists of a release, opened read-only; several threads may read at once. StoreError when the file is damaged."""

    path: Path

    def answer(self, kind: Kind, choice: FacetChoice, start: int, limit: int) -> FacetAnswer:
        """Return `limit` things from position `start` on, which counts from 0, of those that have all chosen values.

        IriError for a value that no thing of the release has.
        """
        values = self._values(kind)
        for facet, value in choice.items():
            if value not in values.get(facet, ()):
                raise IriError(f"No {kind.segment} has the {facet.value} “{value[:80]}”. Choose one that the list offers")
        bits = self._select(kind, values, choice)
        positions = find_positions(bits, start, limit)
        offered = {facet: tuple(self._offer(kind, values, choice, facet)) for facet in _offered(kind, choice)}
        return FacetAnswer(tuple(self._read(kind, positions)), bits.bit_count(), offered)

    def _select(self, kind: Kind, values: _Values, choice: FacetChoice) -> int:
        bits = (1 << self._counts.get(kind.segment, 0)) - 1
        for facet, value in choice.items():
            bits &= values[facet][value].bits
        return bits

    def _offer(self, kind: Kind, values: _Values, choice: FacetChoice, facet: Facet) -> Iterator[FacetValue]:
        """Yield the values of a facet: each takes the place of the one that is chosen, and of what was chosen within that."""
        others = self._select(kind, values, {each: value for each, value in choice.items() if facet not in (each, each.parent)})
        above = choice.get(facet.parent) if facet.parent else None
        for value, found in sorted(values.get(facet, {}).items()):
            count = (others & found.bits).bit_count()
            is_chosen = choice.get(facet) == value
            if is_chosen or (count and above in (None, found.within)):
                yield FacetValue(facet, value, found.label, count, is_chosen)

    def _read(self, kind: Kind, positions: tuple[int, ...]) -> Iterator[Listed]:
        with _reading(self.path) as connection:
            for position in positions:
                yield Listed(*connection.execute(_THINGS_SQL, (kind.segment, position)).fetchone())

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        with _reading(self.path) as connection:
            return MappingProxyType(dict(connection.execute("SELECT segment, count(*) FROM thing GROUP BY segment")))

    @cached_property
    def _values(self) -> Callable[[Kind], _Values]:
        # The release never changes, and a kind has some hundred values of a few kilobytes each.
        return lru_cache(len(FACETS))(self._read_values)

    def _read_values(self, kind: Kind) -> _Values:
        found: dict[Facet, dict[str, _Value]] = {facet: {} for facet in FACETS[kind]}
        with _reading(self.path) as connection:
            for facet, value, within, label, packed in connection.execute(_VALUES_SQL, (kind.segment,)):
                found[Facet(facet)][value] = _Value(within, label, unpack_positions(packed))
        return found


def _offered(kind: Kind, choice: FacetChoice) -> Iterator[Facet]:
    """Yield the facets that can be chosen by: some only once another one is."""
    yield from (each for each in FACETS[kind] if each.parent is None or each.parent in choice or each in choice)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file: nobody writes it, so nothing is locked."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as connection:
            yield connection
    except (sqlite3.Error, zlib.error) as error:
        raise StoreError(f"The facets of this release cannot be read ({error}): this list cannot be shown just now.") from error
