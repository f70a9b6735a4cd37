"""To validate what a change touches finds what a validation of everything finds: on the cases of all shapes and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple, parse

from filmgraph import validation
from filmgraph.findings import Finding, SourcePlace
from filmgraph.incremental_graph import Change, OldGraphs
from filmgraph.incremental_validation import revalidate
from filmgraph.iris import IriScheme
from filmgraph.validation import Shapes, validate
from filmgraph.validation_compile import compile_shapes
from filmgraph.vocabulary import Vocabulary

#: Without the cases of the shared vocabulary: no edit of a catalogue touches that.
_FOLDER = Path(__file__).resolve().parents[1] / "shapes" / "cases"
CASES = [path for path in sorted(_FOLDER.glob("*.ttl")) if not path.name.startswith("concept-")]
#: Every so many cases one is tried in each run of the tests; `pytest -m edits` tries them all.
STEP = 30
IRIS = IriScheme("https://films.example.org/")


class Nowhere:
    """Knows no place."""

    def without(self, iris: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def locate(self, focus_iri: str, path_iri: str | None = None, value: str | None = None) -> tuple[SourcePlace, ...]:
        return ()


def read_quads(path: Path) -> set[Quad]:
    """Return the data of a case; what is expected of it, and what has no IRI, is left out."""
    quads = set()
    for each in parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri="urn:case"):
        has_blank = isinstance(each.subject, BlankNode) or isinstance(each.object, BlankNode)
        if not has_blank and each.subject != NamedNode("urn:case"):
            graph = [NamedNode(IRIS.texts_graph)] if "/id/text/" in str(each.subject) else []
            quads.add(Quad(each.subject, each.predicate, each.object, *graph))
    return quads


@pytest.fixture
def find_all(
    loaded_vocabulary: Vocabulary, loaded_shapes: Shapes, monkeypatch: pytest.MonkeyPatch
) -> Callable[[set[Quad]], frozenset[Finding]]:
    # The same shapes, hundreds of times.
    compiled = compile_shapes(loaded_shapes)
    monkeypatch.setattr(validation, "compile_shapes", lambda _: compiled)

    def find_all(quads: set[Quad]) -> frozenset[Finding]:
        texts = NamedNode(IRIS.texts_graph)
        parts: list[list[Triple]] = [[q.triple for q in quads if (q.graph_name == texts) is is_text] for is_text in (False, True)]
        return frozenset(validate(parts[0], parts[1], loaded_vocabulary, loaded_shapes, Nowhere().locate))

    return find_all


def change_at_random(quads: set[Quad], chance: Random) -> set[Quad]:
    """Return the quads of one thing, or one quad alone."""
    one = chance.choice(sorted(quads, key=str))
    return {each for each in quads if each.subject == one.subject} if chance.random() < 0.5 else {one}


def compare(
    path: Path, vocabulary: Vocabulary, shapes: Shapes, find_all: Callable[[set[Quad]], frozenset[Finding]], chance: Random
) -> None:
    # As a store spells them: a release whose store spells a value otherwise is not published.
    spelled = Store()
    spelled.extend(read_quads(path))
    full = set(spelled)
    if not full:
        return
    part = change_at_random(full, chance)
    rest = full - part
    found = {True: find_all(full), False: find_all(rest)}
    for is_added in (True, False):
        before = rest if is_added else full
        store = Store()
        store.extend(before)
        change = Change(set(), part) if is_added else Change(part, set())
        touched = frozenset(each.subject.value for each in part if isinstance(each.subject, NamedNode))
        old = OldGraphs(store, IRIS, "cases")
        known = found[not is_added]
        again = revalidate(known, touched, old, change, IRIS.texts_graph, vocabulary, shapes, Nowhere())
        assert frozenset(again.findings) == found[is_added], f"{path.name}: {'with' if is_added else 'without'} {part}"


@pytest.mark.parametrize("path", CASES[::STEP], ids=lambda path: path.stem)
def test_a_change_is_validated_as_everything_is(
    path: Path, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes, find_all: Callable[[set[Quad]], frozenset[Finding]]
) -> None:
    compare(path, loaded_vocabulary, loaded_shapes, find_all, Random(path.stem))


@pytest.mark.edits
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_is_validated_in_part_as_in_whole(
    path: Path, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes, find_all: Callable[[set[Quad]], frozenset[Finding]]
) -> None:
    for seed in range(2):
        compare(path, loaded_vocabulary, loaded_shapes, find_all, Random(f"{path.stem} {seed}"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 200
