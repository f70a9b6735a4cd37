"""The shipped vocabulary: our own terms and the concept schemes (roles, genres, forms, countries, languages).

Readers find concepts by the labels that pages and sheets print; pages find labels for concepts and terms.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from filmgraph.errors import VocabularyError
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, FG_BASE, RDFS, SKOS
from filmgraph.resources import find_ontology_path

__all__ = ["Concept", "Vocabulary", "load_vocabulary"]

_IRIS = IriScheme(FG_BASE)
_CONCEPT_KINDS = (Kind.ROLE, Kind.GENRE, Kind.FORM, Kind.COUNTRY, Kind.LANGUAGE)
_FIRST_LANGUAGE = "en"
_ANY_LANGUAGE = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a scheme (https://www.w3.org/TR/skos-reference/#concepts).

    `pref_label` and `alt_labels` are keyed by language tag. `broader` and `direct_property` are IRIs: the concept above it, and
    for a role the schema.org property that a credit in this role is flattened to. `is_performance` tells acting roles.
    """

    iri: str
    kind: Kind
    key: str
    pref_label: Mapping[str, str] = field(hash=False)
    alt_labels: Mapping[str, tuple[str, ...]] = field(hash=False)
    broader: str | None
    direct_property: str | None
    is_performance: bool

    def label(self, language: str = _FIRST_LANGUAGE) -> str:
        """Return the preferred label in `language`, else in English, else the key."""
        return self.pref_label.get(language) or self.pref_label.get(_FIRST_LANGUAGE) or self.key


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Vocabulary:
    """All of `ontology/`, read once by `load_vocabulary`. `quads` are the triples in the default graph."""

    triples: tuple[Triple, ...]
    quads: tuple[Quad, ...]
    _by_iri: Mapping[str, Concept]
    _by_kind: Mapping[Kind, tuple[Concept, ...]]
    _by_subject: Mapping[str, tuple[Triple, ...]]
    _term_labels: Mapping[str, Mapping[str, str]]
    _labels: Mapping[Kind, _LabelIndex]

    def concept(self, kind: Kind, key: str) -> Concept | None:
        """Return the concept of `kind` whose notation is `key`, or None."""
        return self._by_iri.get(f"{FG_BASE}id/{kind.segment}/{key}")

    def by_iri(self, iri: str) -> Concept | None:
        """Return the concept with this IRI, or None."""
        return self._by_iri.get(iri)

    def concepts(self, kind: Kind) -> tuple[Concept, ...]:
        """Return all concepts of `kind` in the order of their keys; none for a kind that is no scheme."""
        return self._by_kind.get(kind, ())

    def find(self, kind: Kind, label: str, language: str | None = None) -> Concept | None:
        """Return the one concept of `kind` that a page calls `label`.

        Preferred, alternative and hidden labels match, whatever their case, spacing or final colon; accents count first, then
        they are ignored; a notation matches where no label does. A label in `language` goes before one in another language.
        None when nothing matches, or two concepts do.
        """
        index = self._labels.get(kind)
        iri = index.find(label, language) if index else None
        return self._by_iri[iri] if iri else None

    def scheme_iri(self, kind: Kind) -> str:
        """Return the IRI of the concept scheme of `kind`."""
        return _scheme_iri(kind)

    def concept_triples(self, iri: str) -> tuple[Triple, ...]:
        """Return the triples about one concept or term, sorted; empty when it is not ours."""
        return self._by_subject.get(iri, ())

    def term_label(self, iri: str, language: str = _FIRST_LANGUAGE) -> str | None:
        """Return what people call a class, property or concept, in `language` or else in English; None when it has no label."""
        labels = self._term_labels.get(iri, {})
        return labels.get(language) or labels.get(_FIRST_LANGUAGE)


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Read every Turtle file in `path`, by default the shipped `ontology/`.

    VocabularyError names the file that cannot be read, or the concept that is not whole.
    """
    triples = _read_triples(path or find_ontology_path())
    by_subject: defaultdict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, NamedNode):
            by_subject[triple.subject.value].append(triple)
    by_kind = {kind: tuple(_iter_concepts(kind, by_subject)) for kind in _CONCEPT_KINDS}
    return Vocabulary(
        triples=triples,
        quads=tuple(Quad(*each) for each in triples),
        _by_iri=MappingProxyType({each.iri: each for concepts in by_kind.values() for each in concepts}),
        _by_kind=MappingProxyType(by_kind),
        _by_subject=MappingProxyType({subject: tuple(each) for subject, each in by_subject.items()}),
        _term_labels=MappingProxyType(
            {subject: _texts(each, RDFS.label, SKOS.prefLabel) for subject, each in by_subject.items()}
        ),
        _labels=MappingProxyType({kind: _LabelIndex(concepts, by_subject) for kind, concepts in by_kind.items()}),
    )


class _LabelIndex:
    """The labels of one scheme: label → language → concepts, in three steps from strict to lenient.

    Notations come last, since the key of one concept may be what pages call another. A concept above others (a department) is
    found by its labels only.
    """

    def __init__(self, concepts: Iterable[Concept], by_subject: Mapping[str, list[Triple]]) -> None:
        self._steps = tuple(defaultdict[str, defaultdict[str, set[str]]](lambda: defaultdict(set)) for _ in range(3))
        exact, folded, notations = self._steps
        concepts = tuple(concepts)
        above = {each.broader for each in concepts}
        for concept in concepts:
            for label in _literals(by_subject[concept.iri], SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
                exact[_normalise(label.value)][label.language or _ANY_LANGUAGE].add(concept.iri)
                folded[_fold(label.value)][label.language or _ANY_LANGUAGE].add(concept.iri)
            if concept.iri not in above:
                notations[_fold(concept.key)][_ANY_LANGUAGE].add(concept.iri)

    def find(self, label: str, language: str | None) -> str | None:
        """Return the IRI that `label` stands for; None when it stands for none or several."""
        for labels, normalise in zip(self._steps, (_normalise, _fold, _fold), strict=True):
            matches = labels.get(normalise(label))
            if matches:
                found = matches.get(language or _ANY_LANGUAGE) or set().union(*matches.values())
                return next(iter(found)) if len(found) == 1 else None
        return None


def _normalise(label: str) -> str:
    text = unicodedata.normalize("NFC", label.replace("’", "'"))
    return re.sub(r"\s+", " ", text).strip().rstrip(":. ").casefold()


def _fold(label: str) -> str:
    decomposed = unicodedata.normalize("NFD", _normalise(label))
    return unicodedata.normalize("NFC", "".join(each for each in decomposed if not unicodedata.combining(each)))


def _read_triples(path: Path) -> tuple[Triple, ...]:
    files = sorted(path.glob("*.ttl"))
    if not files:
        raise VocabularyError(f"{path} holds no Turtle file: install filmgraph again")
    triples: set[Triple] = set()
    for file in files:
        try:
            triples.update(quad.triple for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE))
        except (OSError, SyntaxError, ValueError) as error:
            raise VocabularyError(f"{file} cannot be read as Turtle: {error}") from error
    return tuple(sorted(triples, key=str))


def _iter_concepts(kind: Kind, by_subject: Mapping[str, list[Triple]]) -> Iterator[Concept]:
    prefix = f"{FG_BASE}id/{kind.segment}/"
    for iri in sorted(by_subject):
        if iri.startswith(prefix):
            yield _to_concept(kind, iri, by_subject[iri])


def _to_concept(kind: Kind, iri: str, triples: list[Triple]) -> Concept:
    thing = _IRIS.parse(iri)
    notations = [each.value for each in _literals(triples, SKOS.notation)]
    labels = _texts(triples, SKOS.prefLabel)
    if thing is None or notations != [thing.key]:
        raise VocabularyError(f"<{iri}> needs one skos:notation that is its key; it has {notations}")
    if _FIRST_LANGUAGE not in labels:
        raise VocabularyError(f"<{iri}> has no skos:prefLabel in English: give it one")
    alternatives: defaultdict[str, list[str]] = defaultdict(list)
    for label in _literals(triples, SKOS.altLabel):
        alternatives[label.language or _ANY_LANGUAGE].append(label.value)
    return Concept(
        iri=iri,
        kind=kind,
        key=thing.key,
        pref_label=labels,
        alt_labels=MappingProxyType({language: tuple(sorted(each)) for language, each in sorted(alternatives.items())}),
        broader=_object_iri(triples, SKOS.broader),
        direct_property=_object_iri(triples, FG.directProperty),
        is_performance=any(each.value == "true" for each in _literals(triples, FG.isPerformance)),
    )


def _literals(triples: Iterable[Triple], *predicates: str) -> Iterator[Literal]:
    for triple in triples:
        if triple.predicate.value in predicates and isinstance(triple.object, Literal):
            yield triple.object


def _texts(triples: Iterable[Triple], *predicates: str) -> Mapping[str, str]:
    return MappingProxyType({each.language or _ANY_LANGUAGE: each.value for each in _literals(triples, *predicates)})


def _object_iri(triples: Iterable[Triple], predicate: str) -> str | None:
    return next(
        (each.object.value for each in triples if each.predicate.value == predicate and isinstance(each.object, NamedNode)), None
    )


def _scheme_iri(kind: Kind) -> str:
    if kind not in _CONCEPT_KINDS:
        raise VocabularyError(
            f"there is no concept scheme for {kind.segment}; there are {', '.join(k.segment for k in _CONCEPT_KINDS)}"
        )
    return _IRIS.thing(Kind.SCHEME, kind.segment)
