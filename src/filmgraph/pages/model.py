"""The contexts that the page templates are filled with: frozen, typed, one class for each kind of page."""

from __future__ import annotations

from dataclasses import dataclass

from filmgraph.iris import Kind
from filmgraph.pages.moments import Moment

__all__ = [
    "AgentPage",
    "ConceptPage",
    "CreditLine",
    "DataRow",
    "Department",
    "Fact",
    "FactValue",
    "FestivalPage",
    "FilmLine",
    "FilmPage",
    "Group",
    "OrganizationPage",
    "PersonPage",
    "Reference",
    "RoleLines",
    "ScreeningDay",
    "ScreeningLine",
    "ScreeningPage",
    "SourceNote",
    "SourcePage",
    "StatedThing",
    "TextBlock",
    "ThingPage",
    "VenuePage",
]


@dataclass(frozen=True, slots=True)
class Reference:
    """A value as a page shows it. `iri` is what it links to, `language` the BCP 47 tag of a label, `note` a year or the like."""

    label: str
    iri: str | None = None
    language: str | None = None
    note: str = ""
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where a value comes from and how certain it is. `anchor` is the fragment of the statement's IRI."""

    anchor: str
    sources: tuple[Reference, ...]
    place: str = ""
    certainty: str = ""
    is_stated: bool = True
    reason: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class FactValue:
    """One value of a property with what is known of its origin."""

    reference: Reference
    notes: tuple[SourceNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A property with its published values, and with those that another source's value overruled."""

    label: str
    property_iri: str
    values: tuple[FactValue, ...]
    overruled: tuple[FactValue, ...] = ()


@dataclass(frozen=True, slots=True)
class DataRow:
    """One triple of the document, spelled out."""

    subject_iri: str
    subject: str
    predicate_iri: str
    predicate: str
    value: str
    value_iri: str | None = None
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things that link here. When `total` is more than the items, `query` is the SPARQL query that finds all."""

    label: str
    items: tuple[Reference, ...]
    total: int
    query: str = ""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One agent in one role, with what the sources say about it, and about the character where another source names it."""

    credit_iri: str
    role: Reference
    agent: Reference
    character: str = ""
    credited_as: str = ""
    billing: int = 0
    notes: tuple[SourceNote, ...] = ()
    character_notes: tuple[SourceNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Department:
    """The credits of one department in billing order."""

    label: str
    lines: tuple[CreditLine, ...]


@dataclass(frozen=True, slots=True)
class ScreeningLine:
    """One screening in a list. `status` is empty for one that takes place as planned.

    `late` is the day on which it starts where that is not the evening that it is listed under.
    """

    iri: str
    start: Moment | None
    films: tuple[Reference, ...]
    hall: Reference | None = None
    venue: Reference | None = None
    festival: Reference | None = None
    status: str = ""
    is_fictional: bool = False
    late: str = ""


@dataclass(frozen=True, slots=True)
class ScreeningDay:
    """The screenings of one day."""

    day: str
    lines: tuple[ScreeningLine, ...]


@dataclass(frozen=True, slots=True)
class FilmLine:
    """One film in a person's list."""

    film: Reference
    year: str
    directors: tuple[Reference, ...]
    character: str = ""


@dataclass(frozen=True, slots=True)
class RoleLines:
    """The films on which somebody had one role, newest first."""

    role: Reference
    films: tuple[FilmLine, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A text or quote about a film, with whose it is."""

    iri: str
    title: str
    text: str
    language: str
    is_quotation: bool
    kind: str
    attribution: tuple[Reference, ...]
    rights: str


@dataclass(frozen=True, slots=True)
class StatedThing:
    """What one source says about one thing."""

    thing: Reference
    facts: tuple[tuple[str, Reference, SourceNote], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingPage:
    """What every page has. `window_title` fits a list of search results; `fictional` is a sentence, or empty for what is real.

    `note` is what tells the thing from its namesakes: year and director, day and place, roles.
    """

    iri: str
    kind: Kind
    key: str
    kind_label: str
    title: str
    window_title: str
    title_language: str | None = None
    lead: str = ""
    note: str = ""
    fictional: str = ""
    facts: tuple[Fact, ...] = ()
    groups: tuple[Group, ...] = ()
    rows: tuple[DataRow, ...] = ()

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "thing.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmPage(ThingPage):
    """A film."""

    other_titles: tuple[Reference, ...] = ()
    year: str = ""
    countries: tuple[Reference, ...] = ()
    runtime: str = ""
    runtime_iso: str = ""
    directors: tuple[Reference, ...] = ()
    genres: tuple[Reference, ...] = ()
    forms: tuple[Reference, ...] = ()
    languages: tuple[Reference, ...] = ()
    screenings: tuple[ScreeningLine, ...] = ()
    departments: tuple[Department, ...] = ()
    texts: tuple[TextBlock, ...] = ()
    awards: tuple[Reference, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "film.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPage(ThingPage):
    """A person or an organisation."""

    filmography: tuple[RoleLines, ...] = ()
    screenings: tuple[ScreeningLine, ...] = ()

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "agent.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage(AgentPage):
    """A person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPage(AgentPage):
    """An organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FestivalPage(ThingPage):
    """One edition of a festival."""

    series: tuple[Reference, ...] = ()
    start: Moment | None = None
    end: Moment | None = None
    sections: tuple[Reference, ...] = ()
    days: tuple[ScreeningDay, ...] = ()

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "festival.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningPage(ThingPage):
    """One screening. `evening` is its day in the programme (`2026-10-17`), `was` the time before it was moved."""

    start: Moment | None = None
    end: Moment | None = None
    status: str = ""
    films: tuple[Reference, ...] = ()
    hall: Reference | None = None
    venue: Reference | None = None
    address: tuple[str, ...] = ()
    festival: tuple[Reference, ...] = ()
    section: tuple[Reference, ...] = ()
    guests: tuple[CreditLine, ...] = ()
    evening: str = ""
    was: Moment | None = None

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "screening.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePage(ThingPage):
    """A venue, or one of its halls."""

    address: tuple[str, ...] = ()
    venue: Reference | None = None
    halls: tuple[Reference, ...] = ()

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "venue.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptPage(ThingPage):
    """A role, genre, form, country or language."""

    labels: tuple[Reference, ...] = ()
    broader: tuple[Reference, ...] = ()

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "concept.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage(ThingPage):
    """A source and what it states. `total` counts all its statements, of which a page shows the first."""

    stated: tuple[StatedThing, ...] = ()
    shown: int = 0
    total: int = 0
    query: str = ""

    @property
    def template(self) -> str:
        """The template that shows this page."""
        return "source.html"
