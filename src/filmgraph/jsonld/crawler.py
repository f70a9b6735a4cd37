"""The JSON-LD block in a page, in the plain form that search engines read.

`@context` is the bare string `https://schema.org`, because crawlers read no other. Things are nested with type, IRI, name and
page; a label stands where the graph has a concept. It is written from the same description as the page, and is never read back as
data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from filmgraph.describe import Description
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, RDF, SCHEMA
from filmgraph.vocabulary import Vocabulary

__all__ = ["crawler_document", "crawler_list", "to_script"]

_CONTEXT = "https://schema.org"
_LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
_TYPES = {
    Kind.FILM: "Movie", Kind.PERSON: "Person", Kind.ORG: "Organization", Kind.FESTIVAL: "Festival", Kind.SERIES: "EventSeries",
    Kind.SECTION: "EventSeries", Kind.SCREENING: "ScreeningEvent", Kind.VENUE: "MovieTheater", Kind.HALL: "Place",
    Kind.PLACE: "Place", Kind.CHARACTER: "Person", Kind.WORK: "CreativeWork", Kind.IMAGE: "ImageObject",
    Kind.TEXT: "CreativeWork", Kind.SOURCE: "CreativeWork", Kind.DATASET: "Dataset",
    Kind.ROLE: "DefinedTerm", Kind.GENRE: "DefinedTerm", Kind.FORM: "DefinedTerm",
    Kind.COUNTRY: "Country", Kind.LANGUAGE: "Language", Kind.SCHEME: "DefinedTermSet", Kind.CREDIT: "Role",
    Kind.AWARD: "CreativeWork",
}  # fmt: skip
# Agents that stand bare under their property. Search engines know no Role, so one stands only where it says more: around a cast
# member with a character, and around a contributor.
_AGENTS = ("director", "author", "producer", "productionCompany", "musicBy", "editor", "translator")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the pieces of one block."""

    description: Description
    vocabulary: Vocabulary

    def text(self, iri: str, name: str) -> str:
        return self.description.text(iri, SCHEMA.term(name))

    def texts(self, iri: str, name: str) -> list[str]:
        return [each.value for each in self.description.literals(iri, SCHEMA.term(name))]

    def label(self, iri: str) -> str:
        concept = self.vocabulary.by_iri(iri)
        return (
            concept.label()
            if concept
            else self.description.name(iri) or self.vocabulary.term_label(iri) or iri.rpartition("/")[2]
        )

    def labels(self, iri: str, predicate_iri: str) -> list[str]:
        return sorted(self.label(each) for each in self.description.iris(iri, predicate_iri))

    def thing(self, iri: str) -> dict[str, Any]:
        """A thing nested in another: type, IRI, name and page."""
        known = self.description.scheme.parse(iri)
        if known is None:
            return {"@type": "Thing", "@id": iri, "name": self.label(iri)}
        kind = known.kind
        types = {each.rpartition("/")[2] for each in self.description.iris(iri, RDF.type)}
        own_type = next((each for each in ("Book", "Quotation", "WebPage") if each in types), _TYPES[kind])
        return {
            "@type": own_type,
            "@id": iri,
            "name": self.label(iri),
            "url": self.description.scheme.document(kind, known.key),
        }

    def things(self, iri: str, name: str) -> list[dict[str, Any]]:
        return [self.thing(each) for each in self.description.iris(iri, SCHEMA.term(name))]

    # Kinds of root objects.

    def movie(self, iri: str) -> dict[str, Any]:
        year = self.text(iri, "dateCreated")
        credits = sorted(self.description.iris(iri, FG.credit), key=self._billing)
        return {
            "alternateName": self.texts(iri, "alternateName"),
            "dateCreated": year,
            "duration": self.text(iri, "duration"),
            "genre": self.labels(iri, SCHEMA.genre),
            "inLanguage": self.texts(iri, "inLanguage"),
            "countryOfOrigin": self.things(iri, "countryOfOrigin"),
            **{name: self._in_billing_order(iri, name, credits) for name in _AGENTS},
            "actor": self.roles(iri, "actor", credits),
            "contributor": self.roles(iri, "contributor", credits),
            "character": self.things(iri, "character"),
            "award": self.texts(iri, "award"),
            "image": [
                url for each in self.description.iris(iri, SCHEMA.image) for url in self.description.iris(each, SCHEMA.contentUrl)
            ],
            **self.identity(iri),
        }

    def _in_billing_order(self, iri: str, name: str, credits: Iterable[str]) -> list[dict[str, Any]]:
        credited = (agent for each in credits for agent in self.description.iris(each, SCHEMA.term(name)))
        return [self.thing(each) for each in dict.fromkeys([*credited, *self.description.iris(iri, SCHEMA.term(name))])]

    def roles(self, iri: str, name: str, credits: Iterable[str]) -> list[dict[str, Any]]:
        """Agents with their character or role name around them; bare where neither is known."""
        found = []
        credited: set[str] = set()
        for credit in credits:
            for agent in self.description.iris(credit, SCHEMA.term(name)):
                credited.add(agent)
                found.append(self._role(credit, name, agent))
        rest = (each for each in self.description.iris(iri, SCHEMA.term(name)) if each not in credited)
        return [*found, *(self.thing(each) for each in rest)]

    def _role(self, credit: str, name: str, agent: str) -> dict[str, Any]:
        character = self.text(credit, "characterName")
        if name == "actor":
            return (
                {"@type": "PerformanceRole", "characterName": character, name: self.thing(agent)}
                if character
                else self.thing(agent)
            )
        roles = self.labels(credit, SCHEMA.roleName)
        return {"@type": "Role", "roleName": roles, name: self.thing(agent)} if roles else self.thing(agent)

    def _billing(self, credit: str) -> tuple[int, str]:
        return int(self.description.text(credit, FG.billing) or 0), credit

    def screening(self, iri: str) -> dict[str, Any]:
        return {
            "startDate": self.text(iri, "startDate"),
            "endDate": self.text(iri, "endDate"),
            "doorTime": self.text(iri, "doorTime"),
            "previousStartDate": self.text(iri, "previousStartDate"),
            "eventStatus": self.states(iri, "eventStatus"),
            "eventAttendanceMode": self.states(iri, "eventAttendanceMode"),
            "location": [self.location(each) for each in self.description.iris(iri, SCHEMA.location)],
            "workPresented": [self.presented(each) for each in self.description.iris(iri, SCHEMA.workPresented)],
            "superEvent": [self.event(each) for each in self.description.iris(iri, SCHEMA.superEvent)],
            "performer": self.things(iri, "performer"),
            "inLanguage": self.texts(iri, "inLanguage"),
            "subtitleLanguage": self.texts(iri, "subtitleLanguage"),
            "videoFormat": self.texts(iri, "videoFormat"),
            "description": self.fiction(iri),
        }

    def states(self, iri: str, name: str) -> list[str]:
        return [f"{_CONTEXT}/{each.rpartition('/')[2]}" for each in self.description.iris(iri, SCHEMA.term(name))]

    def location(self, iri: str) -> dict[str, Any]:
        """A hall and its venue as one place, because an event's place needs both a name and an address."""
        venue = next(iter(self.description.iris(iri, SCHEMA.containedInPlace)), iri)
        place = self.thing(venue) | {"address": self.addresses(venue)}
        return place | ({"name": f"{self.label(venue)}, {self.label(iri)}"} if venue != iri else {})

    def addresses(self, iri: str) -> list[dict[str, Any]]:
        parts = ("streetAddress", "postalCode", "addressLocality", "addressCountry")
        return [
            {"@type": "PostalAddress", **{name: self.text(each, name) for name in parts}}
            for each in self.description.iris(iri, SCHEMA.address)
        ]

    def presented(self, iri: str) -> dict[str, Any]:
        return self.thing(iri) | {
            "dateCreated": self.text(iri, "dateCreated"),
            "duration": self.text(iri, "duration"),
            "director": self.things(iri, "director"),
        }

    def event(self, iri: str) -> dict[str, Any]:
        return self.thing(iri) | {"startDate": self.text(iri, "startDate"), "endDate": self.text(iri, "endDate")}

    def festival(self, iri: str) -> dict[str, Any]:
        return {
            "startDate": self.text(iri, "startDate"),
            "endDate": self.text(iri, "endDate"),
            "superEvent": self.things(iri, "superEvent"),
            "organizer": self.things(iri, "organizer"),
            "description": self.fiction(iri),
            **self.identity(iri),
        }

    def fiction(self, iri: str) -> str:
        """What must be said of a made-up event wherever it is read."""
        own = self.text(iri, "disambiguatingDescription")
        events = (iri, *self.description.iris(iri, SCHEMA.superEvent))
        is_fictional = any(self.description.text(each, FG.isFictional) == "true" for each in events)
        return own or ("Fictional: made up to show the data; it does not take place." if is_fictional else "")

    def venue(self, iri: str) -> dict[str, Any]:
        return {"address": self.addresses(iri), "screenCount": self.number(iri, "screenCount"), **self.identity(iri)}

    def hall(self, iri: str) -> dict[str, Any]:
        places = [
            self.thing(each) | {"address": self.addresses(each)} for each in self.description.iris(iri, SCHEMA.containedInPlace)
        ]
        return {"containedInPlace": places, "maximumAttendeeCapacity": self.number(iri, "maximumAttendeeCapacity")}

    def number(self, iri: str, name: str) -> int | None:
        text = self.text(iri, name)
        return int(text) if text.isdecimal() else None

    def concept(self, iri: str) -> dict[str, Any]:
        return {"description": self.description.text(iri, "http://www.w3.org/2004/02/skos/core#definition"), **self.identity(iri)}

    def nothing(self, _iri: str) -> dict[str, Any]:
        return {}

    def identity(self, iri: str) -> dict[str, Any]:
        identifiers = (
            {"@type": "PropertyValue", "propertyID": self.text(each, "propertyID"), "value": self.text(each, "value")}
            for each in self.description.iris(iri, SCHEMA.identifier)
        )
        return {"sameAs": list(self.description.iris(iri, SCHEMA.sameAs)), "identifier": list(identifiers)}


_BODIES: dict[Kind, Callable[[_Writer, str], dict[str, Any]]] = {
    Kind.FILM: _Writer.movie,
    Kind.SCREENING: _Writer.screening,
    Kind.FESTIVAL: _Writer.festival,
    Kind.SERIES: _Writer.festival,
    Kind.VENUE: _Writer.venue,
    Kind.HALL: _Writer.hall,
    Kind.ROLE: _Writer.concept,
    Kind.GENRE: _Writer.concept,
    Kind.FORM: _Writer.concept,
    Kind.PERSON: _Writer.identity,
    Kind.ORG: _Writer.identity,
}


def crawler_document(description: Description, vocabulary: Vocabulary, publisher: str) -> dict[str, Any]:
    """Return the block of a thing's page. Nothing in it is empty, null or a bare reference."""
    writer = _Writer(description, vocabulary)
    root = writer.thing(description.iri)
    body = _BODIES.get(description.thing.kind, _Writer.nothing)(writer, description.iri)
    markup = {
        "mainEntityOfPage": root["url"],
        "sdLicense": _LICENCE,
        "sdPublisher": {"@type": "Organization", "name": publisher, "url": description.scheme.base},
    }
    return {"@context": _CONTEXT, **_full({**root, **body, **markup})}


def crawler_list(name: str, page_urls: Iterable[str], first_position: int = 1) -> dict[str, Any]:
    """Return the block of a list page: the pages it lists, in their order."""
    items = [{"@type": "ListItem", "position": n, "url": url} for n, url in enumerate(page_urls, first_position)]
    return {"@context": _CONTEXT, "@type": "ItemList", "name": name, "numberOfItems": len(items), "itemListElement": items}


def to_script(document: dict[str, Any]) -> str:
    """Return a document as JSON that is inert within a script element: no `<`, `>` or `&`, and no line separators."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def _full(value: dict[str, Any]) -> dict[str, Any]:
    """Return a document without its empty members; a list of one becomes its one value."""
    found = {key: _clean(each) for key, each in value.items()}
    return {key: each for key, each in found.items() if each not in (None, "", [], {})}


def _clean(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return _full(value)
    if isinstance(value, list):
        cleaned = [each for each in (_clean(each) for each in value) if each not in (None, "", [], {})]
        return cleaned[0] if len(cleaned) == 1 else cleaned
    return value
