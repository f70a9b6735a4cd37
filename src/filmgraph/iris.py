"""Mints and parses the IRIs of things, documents and graphs. Pure: no files, no graph.

A thing is `{base}id/{kind}/{key}`; its document is `{base}{kind}/{key}`, with a format's suffix for one representation.
Vocabulary kinds (roles, genres, …) live under the vocabulary's own base, so that all catalogues share them.
"""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from filmgraph.errors import IriError
from filmgraph.namespaces import DCAT, FG, FG_BASE, PROV, SCHEMA, SKOS

__all__ = ["IriScheme", "Kind", "ThingId", "is_key", "slugify"]


class Kind(enum.Enum):
    """A kind of thing: the path segment of its IRIs, and the class that tells it in the graph."""

    FILM = ("film", SCHEMA.Movie)
    PERSON = ("person", SCHEMA.Person)
    ORG = ("org", SCHEMA.Organization)
    FESTIVAL = ("festival", SCHEMA.Festival)
    SERIES = ("series", SCHEMA.EventSeries)
    SECTION = ("section", FG.ProgrammeSection)
    SCREENING = ("screening", SCHEMA.ScreeningEvent)
    VENUE = ("venue", SCHEMA.MovieTheater)
    HALL = ("hall", FG.Auditorium)
    PLACE = ("place", SCHEMA.Place)
    CREDIT = ("credit", SCHEMA.Role)
    CHARACTER = ("character", FG.Character)
    AWARD = ("award", FG.AwardDecision)
    WORK = ("work", SCHEMA.CreativeWork)
    IMAGE = ("image", SCHEMA.ImageObject)
    TEXT = ("text", SCHEMA.CreativeWork)
    SOURCE = ("source", PROV.Entity)
    DATASET = ("dataset", DCAT.Dataset)
    ROLE = ("role", SKOS.Concept)
    GENRE = ("genre", SKOS.Concept)
    FORM = ("form", SKOS.Concept)
    COUNTRY = ("country", SCHEMA.Country)
    LANGUAGE = ("language", SKOS.Concept)
    SCHEME = ("scheme", SKOS.ConceptScheme)

    # Members are equal to themselves only. The hash of the base class is written in Python, and asked for millions of times.
    __hash__ = object.__hash__

    def __init__(self, segment: str, class_iri: str) -> None:
        self.segment = segment
        self.class_iri = class_iri

    @property
    def is_vocabulary(self) -> bool:
        """Whether things of this kind belong to the shipped vocabulary and not to a catalogue."""
        return self in _VOCABULARY_KINDS

    @classmethod
    def from_segment(cls, segment: str) -> Kind:
        """Return the kind with the path segment `segment`; IriError if there is none."""
        try:
            return _BY_SEGMENT[segment]
        except KeyError:
            raise IriError(f"no kind of thing is called {segment!r}; there are {', '.join(_BY_SEGMENT)}") from None


_VOCABULARY_KINDS = frozenset({Kind.ROLE, Kind.GENRE, Kind.FORM, Kind.COUNTRY, Kind.LANGUAGE, Kind.SCHEME})
_BY_SEGMENT = {kind.segment: kind for kind in Kind}
_KEY = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\Z")
_KEY_LIMIT = 100
# Letters that NFKD does not take apart.
_LETTERS = str.maketrans(
    dict(zip("ßæÆœŒøØđĐłŁıþ", ("ss", "ae", "ae", "oe", "oe", "o", "o", "d", "d", "l", "l", "i", "th"), strict=True))
)


def slugify(text: str) -> str:
    """Return `text` as a key: ASCII letters and digits in lower case, joined by single hyphens.

    A text without any Latin letter or digit (日本) gives a short hash, so that every name has a key.

    >>> slugify("Špela Tušar"), slugify("L'été – Œuvres")
    ('spela-tusar', 'l-ete-oeuvres')
    """
    ascii_text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_text.lower()))[:_KEY_LIMIT].strip("-")
    return slug or "x" + hashlib.sha256(text.encode()).hexdigest()[:10]


def is_key(text: str) -> bool:
    """Return whether `text` may stand as a key in an IRI."""
    return len(text) <= 2 * _KEY_LIMIT and _KEY.match(text) is not None


@dataclass(frozen=True, slots=True, order=True)
class ThingId:
    """A thing's kind and key: what its IRI is made of."""

    segment: str
    key: str

    @property
    def kind(self) -> Kind:
        """The kind that the path segment stands for."""
        return Kind.from_segment(self.segment)


@dataclass(frozen=True, slots=True)
class IriScheme:
    """The IRIs of one catalogue. `base` ends in a slash and comes from the settings, never from a request."""

    base: str

    def thing(self, kind: Kind, key: str, fragment: str = "") -> str:
        """Return the IRI of a thing, or of a part of it (`fragment`: an address, an identifier)."""
        if not is_key(key):
            raise IriError(f"{key!r} is no key for a {kind.segment}: use letters, digits and single hyphens")
        return f"{self.base_of(kind)}id/{kind.segment}/{key}" + (f"#{fragment}" if fragment else "")

    def base_of(self, kind: Kind) -> str:
        """Return the base under which things of `kind` are minted."""
        return FG_BASE if kind.is_vocabulary else self.base

    def parse(self, iri: str) -> ThingId | None:
        """Return kind and key of a thing's IRI (a fragment is left out), or None when it is not one of ours."""
        for base in (self.base, FG_BASE):
            if iri.startswith(base + "id/"):
                segment, _, key = iri[len(base) + 3 :].partition("#")[0].partition("/")
                if segment in _BY_SEGMENT and is_key(key) and base == self.base_of(_BY_SEGMENT[segment]):
                    return ThingId(segment, key)
        return None

    def document(self, kind: Kind, key: str, suffix: str = "") -> str:
        """Return the public URL of a thing's page, or with `suffix` (`.ttl`) of one representation."""
        return f"{self.base}{kind.segment}/{key}{suffix}"

    def source_graph(self, source_id: str) -> str:
        """Return the name of the graph that holds the facts of one source as they were read."""
        return f"{self.base}graph/source/{source_id}"

    @property
    def texts_graph(self) -> str:
        """The graph of prose and quotes, which are other people's work and not CC0."""
        return f"{self.base}graph/texts"

    @property
    def provenance_graph(self) -> str:
        """The graph that tells of each fact where it stands in its source and how certain it is."""
        return f"{self.base}graph/provenance"

    @property
    def vocabulary_graph(self) -> str:
        """The graph of our own terms and of all concept schemes, used or not."""
        return f"{self.base}graph/vocabulary"

    def statement(self, subject_iri: str, predicate_iri: str, value: str, source_id: str) -> str:
        """Return the IRI of one fact as one source states it: an anchor on the thing's page."""
        thing = self.parse(subject_iri)
        if thing is None:
            raise IriError(f"{subject_iri} is not one of our things: nothing can be stated of it")
        digest = hashlib.sha256("\n".join((subject_iri, predicate_iri, value, source_id)).encode()).hexdigest()[:12]
        return f"{self.document(thing.kind, thing.key)}#fact-{digest}"

    def source_place(self, source_id: str, fragment: str) -> str:
        """Return the IRI of a place in a source: `…/id/source/films#row=7`."""
        return self.thing(Kind.SOURCE, source_id, quote(fragment, safe="=,;"))
