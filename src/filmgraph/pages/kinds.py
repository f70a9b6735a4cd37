"""What the kinds of things are called on the pages, and what the links to a thing are called."""

from __future__ import annotations

from filmgraph.iris import Kind
from filmgraph.namespaces import FG, PROV, SCHEMA, SKOS

__all__ = ["group_label", "plural", "singular"]

#: In the order of the site: one, several.
_LABELS: dict[Kind, tuple[str, str]] = {
    Kind.FILM: ("film", "films"),
    Kind.PERSON: ("person", "people"),
    Kind.ORG: ("organisation", "organisations"),
    Kind.FESTIVAL: ("festival edition", "festival editions"),
    Kind.SERIES: ("festival", "festivals"),
    Kind.SECTION: ("programme section", "programme sections"),
    Kind.SCREENING: ("screening", "screenings"),
    Kind.VENUE: ("venue", "venues"),
    Kind.HALL: ("hall", "halls"),
    Kind.PLACE: ("place", "places"),
    Kind.CREDIT: ("credit", "credits"),
    Kind.CHARACTER: ("character", "characters"),
    Kind.AWARD: ("award", "awards"),
    Kind.WORK: ("work", "works"),
    Kind.IMAGE: ("image", "images"),
    Kind.TEXT: ("text", "texts"),
    Kind.SOURCE: ("source", "sources"),
    Kind.DATASET: ("dataset", "datasets"),
    Kind.ROLE: ("role", "roles"),
    Kind.GENRE: ("genre", "genres"),
    Kind.FORM: ("form", "forms"),
    Kind.COUNTRY: ("country", "countries"),
    Kind.LANGUAGE: ("language", "languages"),
    Kind.SCHEME: ("concept scheme", "concept schemes"),
}

#: What a link from another thing means, read from the thing that is linked to. `{}` is what the other things are called.
_GROUPS: dict[str, str] = {
    SCHEMA.actor: "{} with them in the cast",
    SCHEMA.author: "{} they wrote",
    SCHEMA.contentLocation: "{} set here",
    SCHEMA.contributor: "{} they worked on",
    SCHEMA.copyrightHolder: "{} they hold the rights to",
    SCHEMA.countryOfOrigin: "{} from this country",
    SCHEMA.director: "{} they directed",
    SCHEMA.editor: "{} they edited",
    SCHEMA.inLanguage: "{} in this language",
    SCHEMA.musicBy: "{} they wrote the music for",
    SCHEMA.organizer: "{} they organise",
    SCHEMA.performer: "{} with them as a guest",
    SCHEMA.producer: "{} they produced",
    SCHEMA.productionCompany: "{} they produced",
    SCHEMA.publisher: "{} they published",
    SCHEMA.roleName: "{} in this role",
    SCHEMA.subtitleLanguage: "{} with subtitles in this language",
    SKOS.broader: "{} within this one",
    SKOS.inScheme: "{} of this scheme",
    SKOS.narrower: "{} that this one belongs to",
    SKOS.topConceptOf: "{} at the top of this scheme",
    FG.inspiredBy: "{} inspired by this",
    PROV.wasDerivedFrom: "{} taken from this source",
}


def singular(kind: Kind) -> str:
    """Return what one thing of a kind is called: `festival edition`."""
    return _LABELS[kind][0]


def plural(kind: Kind) -> str:
    """Return what several things of a kind are called: `festival editions`."""
    return _LABELS[kind][1]


def group_label(predicate_iri: str, kind: Kind) -> str:
    """Return the heading over the things of a kind that link here by a property.

    >>> group_label(SCHEMA.director, Kind.FILM), group_label(SCHEMA.location, Kind.SCREENING)
    ('Films they directed', 'Screenings')
    """
    text = _GROUPS.get(predicate_iri, "{}").format(plural(kind))
    return text[:1].upper() + text[1:]
