"""Prose, quotes and pictures, brought in by every way that we could think of; the writer refuses each and names it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.assembly import Assembly
from filmgraph.dumps_guard import FactsGuard
from filmgraph.dumps_lines import split_line, to_lines
from filmgraph.errors import DumpContentError
from filmgraph.namespaces import DCTERMS, FG, FG_BASE, FOAF, RDF, RDFS, SCHEMA, SKOS, XSD
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Built
from tests.dumps.conftest import IRIS, DumpWriter, film, thing, triple

QUOTE = "A film of rare patience, in which moss has the last word."
PROSE = f"On a summer evening a builder packs his things. {QUOTE} He stays."
TEXTS = [triple("text/a", SCHEMA.text, ox.Literal(PROSE, language="en"))]
URL = "https://films.example.org/stills/1.jpg"
SMUGGLED = {
    "the text graph's text": triple("text/a", SCHEMA.text, ox.Literal(PROSE, language="en")),
    "a text on a film": triple("film/a", SCHEMA.text, "Short."),
    "a description": triple("film/a", SCHEMA.description, "A film about moss."),
    "a description in Dublin Core": triple("film/a", DCTERMS.description, "A film about moss."),
    "an abstract": triple("film/a", SCHEMA.abstract, "A film about moss."),
    "a comment": triple("film/a", RDFS.comment, "A film about moss."),
    "a note of a concept on a film": triple("film/a", SKOS.scopeNote, "A film about moss."),
    "a property that nobody knows": triple("film/a", "https://x.example/blurb", "A film about moss."),
    "the name of a text": triple("text/a", SCHEMA.name, "Introduction"),
    "a link to a text": triple("film/a", SCHEMA.subjectOf, thing("text/a")),
    "a quotation by its class": triple("work/a", RDF.type, ox.NamedNode(SCHEMA.Quotation)),
    "a review by its class": triple("work/a", RDF.type, ox.NamedNode(SCHEMA.Review)),
    "a synopsis as a title": triple("film/a", SCHEMA.alternateName, "So it goes on. " * 30),
    "two lines as a title": triple("film/a", SCHEMA.name, "Here\nA film about moss"),
    "two lines by another line break": triple("film/a", SCHEMA.name, "Here\u2028A film about moss"),
    "a text as a title": triple("film/a", SCHEMA.alternateName, PROSE),
    "a quote as the name of a character": triple("credit/a", SCHEMA.characterName, QUOTE),
    "a quote in other spaces and letters": triple("film/a", SCHEMA.award, f"“{QUOTE.upper().replace(' ', '  ')}”"),
    "a quote as a reason": triple("credit/a", FG.reason, ox.Literal(f"The critic wrote: ok. {QUOTE}", language="en")),
    "markup": triple("film/a", SCHEMA.name, ox.Literal("<p>x</p>", datatype=ox.NamedNode(RDF.HTML))),
    "a picture in bytes": triple("film/a", SCHEMA.name, ox.Literal("/9j/4AAQ", datatype=ox.NamedNode(XSD.base64Binary))),
    "a picture as an address": triple("film/a", SCHEMA.url, ox.NamedNode("data:image/png;base64,iVBORw0KGgo=")),
    "a picture as a text": triple("film/a", SCHEMA.name, "data:image/gif;base64,R0"),
    "the address of a picture": triple("film/a", SCHEMA.image, ox.NamedNode("https://films.example.org/stills/1")),
    "the address of a picture by its suffix": triple("film/a", SCHEMA.url, ox.NamedNode(URL + "?w=100")),
    "the address of a picture as a text": triple("film/a", SCHEMA.name, URL),
    "the file of a picture": triple("image/a", SCHEMA.contentUrl, ox.NamedNode("https://films.example.org/stills/1")),
    "a thumbnail": triple("film/a", SCHEMA.thumbnailUrl, ox.NamedNode("https://films.example.org/1")),
    "a depiction": triple("person/a", FOAF.depiction, ox.NamedNode("https://films.example.org/1")),
    "a film": triple("film/a", SCHEMA.sameAs, ox.NamedNode("https://films.example.org/trailer.MP4#t=10")),
    "a note on a concept that is not ours": triple(f"{FG_BASE}id/role/director", SKOS.scopeNote, "Prose on directors"),
    "a text in the dataset's own description": triple("dataset/films", DCTERMS.description, PROSE),
}  # fmt: skip
FACTS = {
    "a long title": triple("film/a", SCHEMA.name, "Night of the " + "Day of the " * 20 + "Dawn"),
    "a title like an address": triple("film/a", SCHEMA.name, "www.rachels-diary.com/2"),
    "a title like a file": triple("film/a", SCHEMA.name, "Dogville.mov"),
    "a title like a formula": triple("film/a", SCHEMA.name, "=1+1"),
    "a web page": triple("film/a", SCHEMA.url, ox.NamedNode("https://films.example.org/here")),
    "a picture as a thing": triple("film/a", SCHEMA.image, thing("image/still-1")),
    "who has the rights in a picture": triple("image/a", SCHEMA.copyrightHolder, thing("org/a")),
    "the dataset's description": triple("dataset/films", DCTERMS.description, "Films, people and screenings.\nIn two lines."),
    "a number": triple("film/a", FG.runtimeMinutes, ox.Literal(82)),
}


def check(item: ox.Triple, vocabulary: Vocabulary | None = None) -> None:
    guard = FactsGuard(IRIS, vocabulary.triples if vocabulary else (), TEXTS)
    (line,) = to_lines([item])
    guard.check(split_line(line, has_graph=False))


@pytest.mark.parametrize("item", SMUGGLED.values(), ids=SMUGGLED)
def test_what_is_no_fact_is_refused_and_named(item: ox.Triple, loaded_vocabulary: Vocabulary) -> None:
    with pytest.raises(DumpContentError) as caught:
        check(item, loaded_vocabulary)
    assert str(item.subject) in str(caught.value)
    assert str(item.predicate) in str(caught.value)


@pytest.mark.parametrize("item", FACTS.values(), ids=FACTS)
def test_facts_pass(item: ox.Triple) -> None:
    check(item)


def test_our_own_vocabulary_passes_whole(loaded_vocabulary: Vocabulary) -> None:
    guard = FactsGuard(IRIS, loaded_vocabulary.triples)
    for line in to_lines(loaded_vocabulary.triples):
        if not line.startswith(b"_:") and b" _:" not in line:
            guard.check(split_line(line, has_graph=False))


def test_nothing_of_the_texts_graph_passes(demo_release: Built, loaded_vocabulary: Vocabulary) -> None:
    assembly: Assembly = demo_release.assembly
    guard = FactsGuard(demo_release.settings.iris, loaded_vocabulary.triples)
    lines = list(to_lines(assembly.resolution.texts))
    assert len(lines) > 20
    for line in lines:
        with pytest.raises(DumpContentError):
            guard.check(split_line(line, has_graph=False))


@pytest.mark.parametrize("name", ["a description", "a quote as the name of a character", "the address of a picture"])
def test_the_writer_stops_before_a_dump_is_made(write: DumpWriter, tmp_path: Path, name: str) -> None:
    with pytest.raises(DumpContentError):
        write([*film("a", "Here"), SMUGGLED[name]], TEXTS)
    assert not (tmp_path / "release" / "dumps" / "SHA256SUMS").exists()


def test_what_a_source_says_is_held_to_the_same(write: DumpWriter) -> None:
    item = SMUGGLED["a description"]
    told = ox.Quad(item.subject, item.predicate, item.object, ox.NamedNode(IRIS.source_graph("page")))
    with pytest.raises(DumpContentError, match="prose"):
        write([*film("a", "Here"), told])


def test_a_quote_is_found_in_the_catalogue_that_has_its_text(write: DumpWriter) -> None:
    quote = triple("film/a", SCHEMA.alternateName, QUOTE)
    write([*film("a", "Here"), quote], name="without")
    with pytest.raises(DumpContentError, match="sentence"):
        write([*film("a", "Here"), quote], TEXTS, name="with")
