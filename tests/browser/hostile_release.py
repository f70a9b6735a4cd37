"""A release whose every text is an attack: thirty of them, in each place that a text or an address of others can reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from filmgraph.facets_index import write_facets
from filmgraph.iris import IriScheme, Kind
from filmgraph.manifest import Manifest
from filmgraph.namespaces import FG, FG_BASE, PROV, RDF, SCHEMA, XSD
from filmgraph.search_index import write_search_index
from filmgraph.settings import Settings
from filmgraph.stores.base import Term
from filmgraph.vocabulary import Vocabulary
from tests.handmade import make_manifest

__all__ = ["BASE", "FOREIGN", "PAYLOADS", "HostileStore", "fill", "make_settings"]

BASE = "https://films.example/"
IRIS = IriScheme(BASE)
#: Each calls `alert` with a number of its own, by which it is found again as a text.
PAYLOADS = tuple(
    text.replace("N", str(number))
    for number, text in enumerate(
        (
            "<script>alert(N)</script>",
            "</title><script>alert(N)</script>",
            "</script><script>alert(N)</script>",
            "<img src=x onerror=alert(N)>",
            "\"><img src=x onerror=alert(N)>",
            "'><img src=x onerror=alert(N)>",
            "\" onmouseover=\"alert(N)\" x=\"",
            "' onfocus='alert(N)' autofocus='",
            "<svg onload=alert(N)>",
            "<svg><script>alert(N)</script></svg>",
            "</text></svg><script>alert(N)</script>",
            "<details open ontoggle=alert(N)>",
            "<iframe srcdoc='<script>parent.alert(N)</script>'></iframe>",
            "<iframe src=javascript:alert(N)>",
            "<a href=javascript:alert(N)>x</a>",
            "<base href='https://evil.example/'><!--alert(N)",
            "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(N)></style></mglyph></math>",
            "<noscript><p title='</noscript><img src=x onerror=alert(N)>'>",
            "<style>@import 'javascript:alert(N)';</style>",
            "<link rel=stylesheet href='data:text/css,*{x:alert(N)}'>",
            "<meta http-equiv=refresh content='0;url=javascript:alert(N)'>",
            "<form action=javascript:alert(N)><button autofocus>",
            "<input autofocus onfocus=alert(N)>",
            "--><script>alert(N)</script><!--",
            "]]><script>alert(N)</script>",
            "{{ alert(N) }}${alert(N)}<%= alert(N) %>",
            "&lt;script&gt;alert(N)&lt;/script&gt;",
            "\\u003cscript\\u003ealert(N)\\u003c/script\\u003e",
            "javascript:alert(N)",
            "\u202e<script\u2028>alert(N)</script >\u2066",
        ),
        1001,
    )
)  # fmt: skip
#: Addresses that a graph may hold and nobody should follow, and some that try to leave their attribute.
FOREIGN = (
    "javascript:alert(2001)", "JaVaScRiPt:alert(2002)", "javascript://films.example/%0aalert(2003)", "vbscript:alert(2004)",
    "data:text/html,<script>alert(2005)</script>".replace("<", "%3C").replace(">", "%3E"), "blob:alert(2006)",
    "https://evil.example/'onclick='alert(2007)", "https://evil.example/%22%3E%3Cscript%3Ealert(2008)%3C/script%3E",
    f"{BASE}/evil.example/alert(2009)", "view-source:javascript:alert(2010)",
)  # fmt: skip


class HostileStore:
    """A release in memory."""

    def __init__(self) -> None:
        self.store = Store()

    @property
    def manifest(self) -> Manifest:
        return make_manifest("2026-11-22.1", BASE, f"Films {PAYLOADS[0]}", len(self.store), {}, publisher=PAYLOADS[1])

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        *,
        graph: str | None = "",
    ) -> Iterator[Quad]:
        name = None if graph is None else NamedNode(graph) if graph else DefaultGraph()
        return self.store.quads_for_pattern(subject, predicate, object_, name)

    def is_open(self) -> bool:
        return True

    def say(self, subject: str, predicate: str, *values: str, graph: str = "", datatype: str = "", language: str = "") -> None:
        """Add texts as values of a property."""
        for value in values:
            literal = (
                Literal(value, language=language) if language else Literal(value, datatype=NamedNode(datatype or XSD.string))
            )
            self._add(subject, predicate, literal, graph)

    def link(self, subject: str, predicate: str, *targets: str, graph: str = "") -> None:
        """Add links as values of a property."""
        for target in targets:
            self._add(subject, predicate, NamedNode(target), graph)

    def thing(self, kind: Kind, key: str, name: str, graph: str = "") -> str:
        """Add a thing and return its IRI."""
        iri = IRIS.thing(kind, key)
        self.link(iri, RDF.type, kind.class_iri, graph=graph)
        self.say(iri, SCHEMA.name, name, graph=graph)
        return iri

    def _add(self, subject: str, predicate: str, value: NamedNode | Literal, graph: str) -> None:
        name = NamedNode(graph) if graph else DefaultGraph()
        self.store.add(Quad(NamedNode(subject), NamedNode(predicate), value, name))


def fill(store: HostileStore, folder: Path) -> None:
    """Fill a release, and write its search index and its facets into a folder."""
    film, festival = store.thing(Kind.FILM, "all", "All"), store.thing(Kind.FESTIVAL, "fest", PAYLOADS[0])
    store.say(film, SCHEMA.dateCreated, "2023", datatype=XSD.gYear)
    store.say(festival, SCHEMA.startDate, "2027-04-15", datatype=XSD.date)
    store.say(festival, SCHEMA.endDate, "2027-04-15", datatype=XSD.date)
    store.link(film, SCHEMA.sameAs, *FOREIGN)
    for n, text in enumerate(PAYLOADS):
        _add_about_film(store, film, n, text)
        _add_screening(store, film, festival, n, text)
    triples = [Triple(*quad.triple) for quad in store.quads()]
    write_search_index(triples, IRIS, folder)
    write_facets(triples, IRIS, folder)


def _add_about_film(store: HostileStore, film: str, n: int, text: str) -> None:
    other, source = store.thing(Kind.FILM, f"title-{n}", text), store.thing(Kind.SOURCE, f"source-{n}", text)
    person, owner = store.thing(Kind.PERSON, f"person-{n}", text), store.thing(Kind.ORG, f"org-{n}", text)
    foreign = FOREIGN[n % len(FOREIGN)]
    store.say(film, SCHEMA.alternateName, text, language="en")
    store.link(film, SCHEMA.character, store.thing(Kind.CHARACTER, f"all-{n}", text))
    store.link(film, SCHEMA.contentLocation, store.thing(Kind.PLACE, f"place-{n}", text))
    store.link(film, FG.inspiredBy, store.thing(Kind.WORK, f"work-{n}", text))
    store.link(source, SCHEMA.url, foreign)
    store.link(source, SCHEMA.license, foreign)
    award = store.thing(Kind.AWARD, f"award-{n}", text)
    store.link(film, FG.award, award)
    store.link(award, FG.awardedTo, film)
    part = f"{film}#other-{n}"
    store.link(film, SCHEMA.identifier, part)
    store.say(part, SCHEMA.propertyID, text)
    store.say(part, SCHEMA.value, text)
    image = store.thing(Kind.IMAGE, f"image-{n}", text)
    store.link(other, SCHEMA.image, image)
    store.link(image, SCHEMA.contentUrl, foreign)
    store.say(image, SCHEMA.creditText, text)
    _add_credit(store, film, person, source, n, text)
    _add_text(store, film, owner, n, text)
    node, graph = f"{BASE}film/all#fact-{n}", IRIS.provenance_graph
    store.link(node, RDF.subject, film, graph=graph)
    store.link(node, RDF.predicate, SCHEMA.dateCreated, graph=graph)
    store.say(node, RDF.object, "2023" if n % 2 else text, graph=graph, datatype=XSD.gYear if n % 2 else "")
    store.link(node, PROV.wasDerivedFrom, source, graph=graph)
    store.say(node, FG.placeLabel, text, graph=graph)
    store.say(node, FG.reason, text, graph=graph)


def _add_credit(store: HostileStore, film: str, person: str, source: str, n: int, text: str) -> None:
    credit = IRIS.thing(Kind.CREDIT, f"all-actor-{n}")
    store.link(credit, RDF.type, SCHEMA.PerformanceRole)
    store.link(film, FG.credit, credit)
    store.link(film, SCHEMA.actor, person)
    store.link(credit, SCHEMA.actor, person)
    store.link(credit, SCHEMA.roleName, f"{FG_BASE}id/role/actor")
    store.link(credit, FG.certainty, FG.external)
    store.link(credit, PROV.wasDerivedFrom, source)
    for each in (SCHEMA.characterName, FG.creditedAs, FG.reason):
        store.say(credit, each, text)


def _add_text(store: HostileStore, film: str, owner: str, n: int, text: str) -> None:
    graph = IRIS.texts_graph
    words = store.thing(Kind.TEXT, f"text-{n}", text, graph)
    if n % 2:
        store.link(words, RDF.type, SCHEMA.Quotation, graph=graph)
    store.link(words, SCHEMA.about, film, graph=graph)
    store.link(words, SCHEMA.copyrightHolder, owner, graph=graph)
    store.link(words, SCHEMA.license, FOREIGN[n % len(FOREIGN)], graph=graph)
    store.say(words, SCHEMA.text, text, graph=graph, language="en")
    store.say(words, FG.textKind, text, graph=graph)


def _add_screening(store: HostileStore, film: str, festival: str, n: int, text: str) -> None:
    screening, section = store.thing(Kind.SCREENING, f"show-{n}", text), store.thing(Kind.SECTION, f"section-{n}", text)
    venue, hall = store.thing(Kind.VENUE, f"venue-{n}", text), store.thing(Kind.HALL, f"hall-{n}", text)
    store.link(section, SCHEMA.superEvent, festival)
    store.link(hall, SCHEMA.containedInPlace, venue)
    store.link(venue, SCHEMA.address, f"{venue}#address")
    for each in (SCHEMA.streetAddress, SCHEMA.postalCode, SCHEMA.addressLocality, SCHEMA.addressCountry):
        store.say(f"{venue}#address", each, text)
    store.say(venue, FG.accessibility, text)
    store.say(venue, FG.timeZone, text)
    store.link(screening, SCHEMA.workPresented, film)
    store.link(screening, SCHEMA.superEvent, festival)
    store.link(screening, FG.inSection, section)
    store.link(screening, SCHEMA.location, hall)
    store.link(screening, SCHEMA.performer, IRIS.thing(Kind.PERSON, f"person-{n}"))
    store.link(screening, SCHEMA.eventStatus, FOREIGN[n % len(FOREIGN)])
    store.say(screening, SCHEMA.startDate, f"2027-04-15T{8 + n // 4:02}:{n % 4 * 15:02}:00+02:00", datatype=XSD.dateTime)
    for each in (SCHEMA.subtitleLanguage, SCHEMA.inLanguage, SCHEMA.videoFormat):
        store.say(screening, each, text)


def make_settings(folder: Path, vocabulary: Vocabulary, store: HostileStore) -> Settings:
    """Return the settings of the catalogue, and add the vocabulary to its release."""
    graph = NamedNode(IRIS.vocabulary_graph)
    store.store.extend(Quad(each.subject, each.predicate, each.object, graph) for each in vocabulary.triples)
    return Settings(
        catalogue_path=folder,
        id="films",
        base_iri=BASE,
        title=f"Films {PAYLOADS[0]}",
        publisher=PAYLOADS[1],
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        description=PAYLOADS[2],
        contact="javascript:alert(3001)",
    )
