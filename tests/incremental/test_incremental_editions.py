"""What belongs to an edition after a change is what a search from nothing finds, whatever the links are."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from filmgraph.dumps_index import ThingNames
from filmgraph.dumps_lines import ThingLines
from filmgraph.incremental_editions import find_editions
from filmgraph.incremental_related import Difference
from filmgraph.iris import IriScheme
from filmgraph.namespaces import SCHEMA

IRIS = IriScheme("https://films.example/")
EVENT, OTHER = f"<{SCHEMA.superEvent}>".encode(), f"<{SCHEMA.workPresented}>".encode()
THINGS = ("festival/a", "festival/b", "section/a", "screening/a", "screening/b", "film/a", "film/b", "person/a")
Graph = dict[str, frozenset[tuple[bytes, str]]]

LINKS = st.frozensets(st.tuples(st.sampled_from((EVENT, OTHER)), st.sampled_from(THINGS)), max_size=3)
GRAPHS = st.dictionaries(st.sampled_from(THINGS), LINKS)


class Things:
    """The things of a small graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = ThingNames(IRIS)

    def links(self, thing: str) -> set[tuple[bytes, str]]:
        return {each for each in self.graph.get(thing, ()) if each[1] != thing}

    def linkers(self, thing: str, predicate_iri: str | None = None) -> set[str]:
        return set(self.iter_linkers(thing, predicate_iri))

    def iter_linkers(self, thing: str, predicate_iri: str | None = None) -> Iterator[str]:
        for subject in self.graph:
            for predicate, other in self.links(subject):
                if other == thing and predicate_iri in (None, predicate[1:-1].decode()):
                    yield subject


def lines_of(thing: str, graph: Graph) -> ThingLines | None:
    if thing not in graph:
        return None
    subject = f"<{IRIS.base}id/{thing}>".encode()
    own = (subject, b"<https://films.example/p>", b'"x"', b"")
    return ThingLines(subject, [own, *((subject, p, f"<{IRIS.base}id/{other}>".encode(), b"") for p, other in graph[thing])], [])


def gather(graph: Graph) -> dict[str, frozenset[str]]:
    """Search each edition from nothing, as a whole build does."""
    things, found = Things(graph), {}
    for edition in (each for each in graph if each.startswith("festival/")):
        inside, todo = {edition}, [edition]
        while todo:
            more = things.linkers(todo.pop(), SCHEMA.superEvent) - inside
            inside |= more
            todo += more
        held, todo = set(inside), list(inside)
        while todo:
            more = {other for _, other in things.links(todo.pop())} - held
            held |= more
            todo += more
        found[edition] = frozenset(held)
    return found


@settings(max_examples=500)
@given(GRAPHS, GRAPHS)
def test_editions_follow_from_those_before_and_the_change(before: Graph, after: Graph) -> None:
    changed = {
        thing: Difference(lines_of(thing, before), lines_of(thing, after))
        for thing in THINGS
        if before.get(thing) != after.get(thing)
    }
    found = find_editions(changed, Things(after), gather(before))  # type: ignore[arg-type]  # all that is asked of them
    assert found == gather(after)
