"""What the block of a page says, the graph says: each triple of every block of the demo, read by a JSON-LD parser.

Only what is listed here may be said besides: terms that speak of the page, and three chains of links that search engines want as
one link.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

import pyoxigraph as ox
import pytest

from filmgraph.iris import IriScheme
from filmgraph.namespaces import FG, RDF, RDFS, SCHEMA, SKOS
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Built

#: Terms that speak of the page and of its markup, not of the thing; `description` is the page's own where the graph has none.
PAGE_ONLY = {SCHEMA.term(each) for each in ("url", "mainEntityOfPage", "sdLicense", "sdPublisher")}
#: Links that the graph holds the other way round.
INVERSE = {SCHEMA.subEvent: SCHEMA.superEvent, SCHEMA.containsPlace: SCHEMA.containedInPlace}
#: Terms of the block whose values are a literal of another property in the graph.
SPELLED = {SCHEMA.termCode: SKOS.notation, SCHEMA.name: SKOS.prefLabel, SCHEMA.description: SKOS.definition}
#: Classes of schema.org that the demo's classes are kinds of (https://schema.org/docs/full.html), and SKOS as schema.org sees it.
WIDER = {
    SCHEMA.Book: SCHEMA.CreativeWork,
    SCHEMA.Dataset: SCHEMA.CreativeWork,
    SCHEMA.WebPage: SCHEMA.CreativeWork,
    SCHEMA.Quotation: SCHEMA.CreativeWork,
    SKOS.Concept: SCHEMA.DefinedTerm,
    SKOS.ConceptScheme: SCHEMA.DefinedTermSet,
}

CREDITED = (
    "director", "author", "producer", "productionCompany", "musicBy", "editor", "translator", "actor", "performer", "contributor",
)  # fmt: skip

Node = ox.NamedNode | ox.BlankNode


@dataclass
class Known:
    """The graph of a release, by subject and property, and by property and object."""

    scheme: IriScheme
    values: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    sources: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, triples: Iterable[ox.Triple]) -> None:
        for each in triples:
            value = each.object.value if isinstance(each.object, ox.NamedNode | ox.Literal) else ""
            subject = each.subject.value if isinstance(each.subject, ox.NamedNode) else ""
            self.values[subject, each.predicate.value].add(value)
            self.sources[each.predicate.value, value].add(subject)

    def follow(self, nodes: Iterable[str], *predicates: str) -> set[str]:
        found = set(nodes)
        for predicate in predicates:
            found = {value for node in found for value in self.values.get((node, predicate), ())}
        return found

    def types(self, node: str) -> set[str]:
        found, fresh = set(), self.values.get((node, RDF.type), set())
        while fresh:
            found |= fresh
            wider = {WIDER[each] for each in fresh if each in WIDER} | self.follow(fresh, RDFS.subClassOf)
            fresh = wider - found
        return found | {SCHEMA.Thing}

    def places(self, event: str) -> set[str]:
        screenings = {event} | self.sources.get((SCHEMA.superEvent, event), set())
        halls = self.follow(screenings, SCHEMA.location)
        return halls | self.follow(halls, SCHEMA.containedInPlace)

    def organizers(self, event: str) -> set[str]:
        above = {event} | self.follow([event], SCHEMA.superEvent) | self.follow([event], SCHEMA.superEvent, SCHEMA.superEvent)
        return self.follow(above, SCHEMA.organizer)

    def labels(self, nodes: Iterable[str]) -> set[str]:
        return self.follow(nodes, SCHEMA.name) | self.follow(nodes, SKOS.prefLabel)

    def allowed(self, node: str, predicate: str) -> set[str]:
        """What a block may say of a node by a property."""
        direct = self.values.get((node, predicate), set())
        found = direct | self.labels(direct) | {each.replace("http://schema.org/", "https://schema.org/") for each in direct}
        found |= self.values.get((node, SPELLED.get(predicate, "")), set())
        found |= self.sources.get((INVERSE.get(predicate, ""), node), set())
        found |= self.follow([node], predicate, SCHEMA.contentUrl) if predicate == SCHEMA.image else set()
        found |= self.places(node) if predicate == SCHEMA.location else set()
        found |= self.organizers(node) if predicate == SCHEMA.organizer else set()
        # A role stands between a film and an agent where the graph has a credit beside them.
        found |= self.follow([node], FG.credit) if predicate in (SCHEMA.actor, SCHEMA.contributor) else set()
        if predicate == SCHEMA.name:
            found |= {f"{v}, {h}" for v in self.labels([node]) for h in self.labels(self.halls(node))}
            # A credit is called after who did what.
            agents = {agent for each in CREDITED for agent in self.labels(self.follow([node], SCHEMA.term(each)))}
            found |= {f"{agent} ({role})" for agent in agents for role in self.labels(self.follow([node], SCHEMA.roleName))}
        return found

    def halls(self, venue: str) -> set[str]:
        return self.sources.get((SCHEMA.containedInPlace, venue), set())


@pytest.fixture(scope="module")
def known(demo_release: Built, loaded_vocabulary: Vocabulary) -> Known:
    found = Known(demo_release.settings.iris)
    assembly = demo_release.assembly
    found.add(assembly.published)
    found.add(assembly.resolution.texts)
    found.add(loaded_vocabulary.triples)
    return found


def read_triples(block: dict[str, object]) -> list[ox.Triple]:
    """Read a block as its readers do, without fetching its context."""
    assert block["@context"] == "https://schema.org"
    text = json.dumps({**block, "@context": {"@vocab": SCHEMA}})
    return [each.triple for each in ox.parse(text, format=ox.RdfFormat.JSON_LD)]


@dataclass
class Reading:
    """The triples of one block, held to what is known."""

    known: Known
    root: str
    lead: str
    by_subject: dict[str, list[ox.Triple]]

    def refused(self, node: str, candidates: set[str], path: str = "") -> Iterator[str]:
        """Yield what a node says that none of the things that it may stand for bears out."""
        for triple in self.by_subject.get(node, ()):
            predicate, value = triple.predicate.value, triple.object
            assert not isinstance(value, ox.Triple)
            if predicate in PAGE_ONLY or (node == self.root and predicate == SCHEMA.description and value.value == self.lead):
                continue
            if predicate == RDF.type:
                allowed = {each for one in candidates for each in self.known.types(one)}
            else:
                allowed = {each for one in candidates for each in self.known.allowed(one, predicate)}
            step = f"{path}/{predicate.rpartition('/')[2]}"
            if isinstance(value, ox.BlankNode):
                yield from self._refused_part(value.value, allowed, step)
            elif value.value not in allowed:
                yield f"{step}: {value.value}"
            elif isinstance(value, ox.NamedNode) and predicate != RDF.type and value.value != node:
                yield from self.refused(value.value, {value.value}, step)

    def _refused_part(self, node: str, allowed: set[str], step: str) -> Iterator[str]:
        """A nameless node stands for one of the things that may stand there."""
        tries = [list(self.refused(node, {each}, step)) for each in sorted(allowed)]
        if all(tries):
            yield from min(tries, key=len, default=[f"{step}: nothing can stand here"])


def read_page(known: Known, root: str, html: str) -> Reading:
    block = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[0])
    (lead,) = re.findall(r'<meta name="description" content="(.*?)">', html)
    by_subject = defaultdict(list)
    for triple in read_triples(block):
        assert isinstance(triple.subject, Node)
        by_subject[triple.subject.value].append(triple)
    return Reading(known, root, unescape(lead), by_subject)


def test_every_triple_of_every_block_is_in_the_graph(
    pages: dict[str, str], thing_urls: dict[str, str], known: Known, demo_release: Built
) -> None:
    read, refused = 0, {}
    for iri, url in thing_urls.items():
        reading = read_page(known, iri, pages[url])
        refused[url] = list(reading.refused(iri, {iri}))
        read += sum(map(len, reading.by_subject.values()))
    assert {url: each for url, each in refused.items() if each} == {}
    assert len(thing_urls) > 400
    assert read > 6000


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "There"),
        ("dateCreated", "1923"),
        ("director", {"@type": "Person", "@id": "https://filmgraph.example/id/person/stefan-gota", "name": "Stefan Gota"}),
        ("actor", {"@type": "PerformanceRole", "characterName": "Nobody", "actor": {"@type": "Person", "name": "Stefan Gota"}}),
        ("genre", "Comedy"),
        ("award", "Best nothing"),
        ("@type", "Festival"),
    ],
)
def test_what_the_graph_does_not_say_is_seen(
    member: str, value: object, pages: dict[str, str], known: Known, demo_release: Built
) -> None:
    iri = "https://filmgraph.example/id/film/here-2023"
    html = pages["https://filmgraph.example/film/here-2023"]
    block = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[0])
    forged = (
        f'<meta name="description" content="x"><script type="application/ld+json">{json.dumps({**block, member: value})}</script>'
    )
    assert [each for each in read_page(known, iri, forged).refused(iri, {iri}) if not each.startswith("/description")]
