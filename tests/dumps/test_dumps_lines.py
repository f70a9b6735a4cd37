from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.dumps_lines import Terms, ThingLines, group_things, iter_blocks, name_graph, split_line, to_lines, to_text
from filmgraph.errors import ReleaseError
from filmgraph.namespaces import RDF, SCHEMA
from tests.dumps.conftest import thing, triple


def split(items: Iterable[ox.Triple]) -> list[Terms]:
    return [split_line(line, has_graph=False) for line in sorted(to_lines(items))]


def group(*names: str) -> list[ThingLines]:
    return list(group_things(split([triple(name, SCHEMA.name, name) for name in names])))


@given(st.text(), st.sampled_from(["", "en", "zh-Hant"]))
def test_a_text_is_read_as_it_was_written(text: str, language: str) -> None:
    literal = ox.Literal(text, language=language) if language else ox.Literal(text)
    (line,) = to_lines([triple("film/a", SCHEMA.name, literal)])
    assert line.count(b"\n") == 1
    assert to_text(split_line(line, has_graph=False)[2]) == (text, language.lower(), "")


@given(st.text())
def test_the_graph_of_a_line_is_found_whatever_the_text(text: str) -> None:
    fact = triple("film/a", SCHEMA.name, text)
    (line,) = to_lines([ox.Quad(fact.subject, fact.predicate, fact.object, ox.NamedNode("http://g/x"))])
    (bare,) = to_lines([fact])
    assert split_line(line, has_graph=True) == (*split_line(bare, has_graph=False)[:3], b"<http://g/x>")


@given(st.lists(st.text()))
def test_triples_become_quads_of_a_graph_as_the_engine_writes_them(texts: list[str]) -> None:
    facts = [triple("film/a", SCHEMA.name, text) for text in texts]
    quads = [ox.Quad(each.subject, each.predicate, each.object, ox.NamedNode("http://g/x")) for each in facts]
    assert name_graph(b"".join(iter_blocks(facts)), "http://g/x") == b"".join(to_lines(quads))
    assert name_graph(b"".join(to_lines(facts)), "") == ox.serialize(facts, format=ox.RdfFormat.N_QUADS)


@pytest.mark.parametrize(
    "item",
    [
        ox.Triple(ox.BlankNode("b"), ox.NamedNode(SCHEMA.name), ox.Literal("x")),
        ox.Triple(thing("film/a"), ox.NamedNode(SCHEMA.about), ox.BlankNode("b")),
        ox.Triple(thing("film/a"), ox.NamedNode(SCHEMA.about), triple("film/a", SCHEMA.name, "x")),
    ],
    ids=["subject", "object", "triple"],
)
def test_what_no_release_may_hold_is_refused(item: ox.Triple) -> None:
    (line,) = to_lines([item])
    with pytest.raises(ReleaseError, match="cannot be released"):
        split_line(line, has_graph=False)


def test_parts_come_with_their_thing_though_others_stand_between() -> None:
    found = group("venue/a", "venue/a#address", "venue/a-b", "venue/a-b#address", "venue/a-b-c", "venue/b")
    assert [str(each.subject, "utf-8").rpartition("/")[2] for each in found] == ["a-b-c>", "a-b>", "a>", "b>"]
    assert [len(each.published) for each in found] == [1, 2, 2, 1]


def test_a_part_without_its_thing_is_kept() -> None:
    found = group("venue/a#address", "venue/a-b", "venue/z#address")
    assert [(each.subject.rpartition(b"/")[2], len(each.published)) for each in found] == [(b"a-b>", 1), (b"a>", 1), (b"z>", 1)]


def test_class_and_name_stand_first() -> None:
    facts = [triple("film/a", SCHEMA.alternateName, "x"), triple("film/a", SCHEMA.name, "y")]
    (found,) = group_things(split([*facts, triple("film/a", RDF.type, ox.NamedNode(SCHEMA.Movie))]))
    assert [line[1].decode().strip("<>") for line in found.published] == [RDF.type, SCHEMA.name, SCHEMA.alternateName]
