"""The values that a record can hold, and a fact: one value with its place and how certain it is. Pure."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeAlias, TypeVar

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, SCHEMA, XSD

__all__ = [
    "Certainty",
    "ConceptRef",
    "Credit",
    "Degrees",
    "EventStatus",
    "Fact",
    "Facts",
    "Identifier",
    "Link",
    "Minutes",
    "PartialDate",
    "Ref",
    "Text",
    "Value",
]


class Certainty(enum.Enum):
    """How a fact was got; the order is from most to least certain."""

    STATED = "stated"
    EXTERNAL = "external"
    INFERRED = "inferred"

    @property
    def iri(self) -> str:
        """The `fg:` concept of this certainty."""
        return FG.term(self.value)

    @property
    def rank(self) -> int:
        """0 for the most certain; for choosing between values."""
        return _RANKS[self.value]


_RANKS = {each.value: rank for rank, each in enumerate(Certainty)}


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its language as a BCP 47 tag, or None where the language is not known or does not matter."""

    value: str
    language: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date known to the year, month or day: `2023`, `2023-10`, `2023-10-15`."""

    value: str

    def __post_init__(self) -> None:
        """Refuse what is no calendar date."""
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", self.value):
            raise ValueError(f"{self.value!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD")
        date.fromisoformat((self.value + "-01-01")[:10])

    @property
    def datatype_iri(self) -> str:
        """The XSD datatype for this precision."""
        return {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}[len(self.value)]

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.value[:4])


@dataclass(frozen=True, slots=True, order=True)
class Minutes:
    """A running time in whole minutes; becomes `schema:duration` and its twin `fg:runtimeMinutes`."""

    value: int

    def isoformat(self) -> str:
        """Return the canonical xsd:duration: `PT1H22M`.

        >>> Minutes(82).isoformat(), Minutes(60).isoformat(), Minutes(5).isoformat()
        ('PT1H22M', 'PT1H', 'PT5M')
        """
        hours, minutes = divmod(self.value, 60)
        text = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        return f"PT{text or '0M'}"


@dataclass(frozen=True, slots=True)
class Degrees:
    """A latitude or longitude in degrees (WGS 84), as the canonical text of an xsd:decimal: `51.05`, `-3`."""

    value: str

    def __post_init__(self) -> None:
        """Refuse what is not canonical: a store would spell it otherwise."""
        if not re.fullmatch(r"-?(0|[1-9]\d{0,2})(\.\d{0,14}[1-9])?", self.value) or self.value == "-0":
            raise ValueError(f"{self.value!r} is not how a decimal number is written: no zeros at its ends")


@dataclass(frozen=True, slots=True)
class Link:
    """An IRI outside the catalogue: a web page, a Wikidata entity."""

    iri: str


@dataclass(frozen=True, slots=True)
class ConceptRef:
    """A concept of a shipped scheme by its key: `ConceptRef(Kind.GENRE, "drama")`."""

    kind: Kind
    key: str


@dataclass(frozen=True, slots=True)
class Ref:
    """How a source names a thing: by kind and name, and by whatever tells it from its namesakes.

    `year` is a film's production year or an edition's year, `within` the thing that contains it (a hall's venue,
    a character's film, an image's film). `key` is set where the source itself gives our key.
    """

    kind: Kind
    name: str
    year: int | None = None
    within: Ref | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code in somebody's numbering: `Identifier("imdb", "tt18550182")`."""

    scheme: str
    value: str


class EventStatus(enum.Enum):
    """schema.org's event states (https://schema.org/EventStatusType)."""

    SCHEDULED = SCHEMA.EventScheduled
    CANCELLED = SCHEMA.EventCancelled
    POSTPONED = SCHEMA.EventPostponed
    RESCHEDULED = SCHEMA.EventRescheduled
    MOVED_ONLINE = SCHEMA.EventMovedOnline


@dataclass(frozen=True, slots=True)
class Credit:
    """One agent in one role on one work; `billing` is the 1-based order within the role."""

    role: str
    agent: Ref
    billing: int = 1
    character_name: str | None = None
    credited_as: str | None = None


Value: TypeAlias = (
    str
    | int
    | bool
    | datetime
    | Text
    | PartialDate
    | Minutes
    | Degrees
    | Link
    | ConceptRef
    | Ref
    | Identifier
    | EventStatus
    | Credit
)
V_co = TypeVar("V_co", bound=Value, covariant=True)


@dataclass(frozen=True, slots=True)
class Fact(Generic[V_co]):
    """One value as one source gives it.

    `reason` says in plain words why an inferred value was concluded. `derived_from` names further sources (their
    ids in the catalogue) that a table cites for this value.
    """

    value: V_co
    place: SourcePlace
    certainty: Certainty = Certainty.STATED
    reason: str = ""
    derived_from: tuple[str, ...] = ()


Facts: TypeAlias = tuple[Fact[V_co], ...]
