"""`facets.sqlite`: the lists of a release and what they can be narrowed down by. Build writes it, serve reads it.

Each list has an order for good, so a thing is known by its position. A value of a facet holds the positions of its things as the
bits of one number: to combine facets is to combine numbers, and to count is to count bits.
"""

from __future__ import annotations

import enum
import re
import zlib
from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from filmgraph.iris import Kind

__all__ = [
    "FACETS",
    "FACETS_FILE",
    "FACETS_FORMAT",
    "SCHEMA_SQL",
    "Facet",
    "find_positions",
    "pack_positions",
    "unpack_positions",
]

FACETS_FILE: Final = "facets.sqlite"
#: Stands in the file's `user_version`; one more with every change of what follows.
FACETS_FORMAT: Final = 1
#: Positions count from 0 within a kind. `within` is the value of the facet above, `label` names what the vocabulary does not, and
#: `positions` are those of `pack_positions`.
SCHEMA_SQL: Final = """
CREATE TABLE thing (segment TEXT NOT NULL, position INTEGER NOT NULL, iri TEXT NOT NULL, name TEXT NOT NULL, date TEXT NOT NULL,
  PRIMARY KEY (segment, position)) WITHOUT ROWID;
CREATE TABLE value (segment TEXT NOT NULL, facet TEXT NOT NULL, value TEXT NOT NULL, within TEXT NOT NULL,
  label TEXT NOT NULL, positions BLOB NOT NULL);
"""


class Facet(enum.StrEnum):
    """What a list can be narrowed down by; the value is the field of an address that names it."""

    DECADE = "decade"
    """The ten years of production: `1990`. Of people, those of the films that they are credited on."""
    YEAR = "year"
    """The year of production; chosen within a decade."""
    COUNTRY = "country"
    """The key of a country of origin."""
    GENRE = "genre"
    FORM = "form"
    LANGUAGE = "language"
    """The tag of a language that is spoken in a film, or that a screening has subtitles in."""
    ROLE = "role"
    """The key of a role that a person or an organisation is credited in."""
    EDITION = "edition"
    """The key of a festival edition with a screening."""
    SECTION = "section"
    """The key of a section of an edition; chosen within an edition."""
    VENUE = "venue"

    @property
    def parent(self) -> Facet | None:
        """The facet that has to be chosen before this one is offered."""
        return {Facet.YEAR: Facet.DECADE, Facet.SECTION: Facet.EDITION}.get(self)


#: The facets of each list that has some, in the order in which they are shown and stand in addresses.
FACETS: Final[Mapping[Kind, tuple[Facet, ...]]] = MappingProxyType(
    {
        Kind.FILM: (
            Facet.DECADE, Facet.YEAR, Facet.COUNTRY, Facet.GENRE, Facet.FORM, Facet.LANGUAGE, Facet.EDITION, Facet.SECTION,
        ),
        Kind.PERSON: (Facet.ROLE, Facet.DECADE),
        Kind.ORG: (Facet.ROLE, Facet.DECADE),
        Kind.SCREENING: (Facet.EDITION, Facet.SECTION, Facet.VENUE, Facet.LANGUAGE),
    }
)  # fmt: skip


def pack_positions(positions: Iterable[int]) -> bytes:
    """Return positions as compressed bits, the lowest position first.

    >>> find_positions(unpack_positions(pack_positions([5, 900, 17])))
    (5, 17, 900)
    """
    found = sorted(positions)
    bits = bytearray(found[-1] // 8 + 1 if found else 0)
    for position in found:
        bits[position // 8] |= 1 << position % 8
    return zlib.compress(bits)


def unpack_positions(packed: bytes) -> int:
    """Return what `pack_positions` packed as one number, whose bits are the positions."""
    return int.from_bytes(zlib.decompress(packed), "little")


def find_positions(bits: int, start: int = 0, limit: int | None = None) -> tuple[int, ...]:
    """Return the positions that are set, from the `start`th on, in order.

    >>> find_positions(0b101101, 1, 2)
    (2, 3)
    """
    stop = None if limit is None else start + limit
    found = re.finditer("1", f"{bits:b}"[::-1])
    return tuple(each.start() for each in islice(found, start, stop))
