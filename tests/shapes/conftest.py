"""Reads the case files: Turtle that holds data and what is expected of them.

`<> fgt:expects [ fgt:rule "Movie-name" ; fgt:focus film:x ]` names an expected finding. What stands under /id/text/ goes to
the texts graph, as the build does it, unless `<> fgt:allPublished true`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from filmgraph.findings import Report, SourcePlace
from filmgraph.validation import Shapes, load_shapes, validate
from filmgraph.vocabulary import Vocabulary, load_vocabulary

_FGT = "https://filmgraph.example/tests#"


@dataclass(frozen=True)
class Case:
    """One case file."""

    published: tuple[Triple, ...]
    texts: tuple[Triple, ...]
    expected: frozenset[tuple[str, str]]
    comment: str


ReadCase = Callable[[Path], Case]
Validate = Callable[[Case], Report]


def _read(path: Path) -> Case:
    base = path.resolve().as_uri()
    triples = [quad.triple for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri=base)]
    about = [each for each in triples if each.subject == NamedNode(base)]
    expectations = {each.object for each in about if each.predicate.value == _FGT + "expects"}
    data = [each for each in triples if each.subject != NamedNode(base) and each.subject not in expectations]
    fields = {
        (each.subject, each.predicate.value.removeprefix(_FGT)): each.object.value
        for each in triples
        if each.subject in expectations
    }
    all_published = any(each.predicate.value == _FGT + "allPublished" for each in about)
    texts = tuple(each for each in data if "/id/text/" in str(each.subject) and not all_published)
    return Case(
        published=tuple(each for each in data if each not in set(texts)),
        texts=texts,
        expected=frozenset((fields[node, "rule"], fields[node, "focus"]) for node in expectations),
        comment=next((each.object.value for each in about if each.predicate.value.endswith("#comment")), ""),
    )


@pytest.fixture(scope="session")
def read_case() -> ReadCase:
    return _read


@pytest.fixture(scope="session")
def shapes() -> Shapes:
    return load_shapes()


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def _nowhere(focus_iri: str, path_iri: str | None, value: str | None) -> tuple[SourcePlace, ...]:
    return ()


@pytest.fixture(scope="session")
def validate_case(shapes: Shapes, vocabulary: Vocabulary) -> Validate:
    return lambda case: validate(case.published, case.texts, vocabulary, shapes, _nowhere)
