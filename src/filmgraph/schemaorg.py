"""What schema.org has: a lint for terms that do not exist, were replaced, or stand on a thing they are not for.

The term table `schemaorg_terms.json` holds names only and is made by `ontology/make_schemaorg_terms.py`.
"""

from __future__ import annotations

import enum
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.errors import VocabularyError
from filmgraph.namespaces import FG, RDF, RDFS, SCHEMA, shorten
from filmgraph.resources import find_ontology_path

__all__ = ["TermFault", "TermProblem", "Terms", "load_terms"]

_HTTPS = "https://schema.org/"
_EITHER = (_HTTPS, SCHEMA)
_TABLE_NAME = "schemaorg_terms.json"
_Term = NamedNode | BlankNode | Literal | Triple


class TermFault(enum.Enum):
    """What can be wrong with a schema.org term."""

    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    DOMAIN = "domain"
    HTTPS = "https"


@dataclass(frozen=True, slots=True, order=True)
class TermProblem:
    """One wrong use of one term; `subject` is the thing whose triple holds it."""

    subject: str
    term: str
    message: str
    fault: TermFault


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Terms:
    """The terms of one schema.org release, by their IRIs, with our own subclasses among the classes.

    `superclasses` leads to all classes above a class, itself included; `domains` to the classes that a property is for.
    """

    release: str
    superclasses: Mapping[str, frozenset[str]]
    domains: Mapping[str, frozenset[str]]
    members: frozenset[str]
    superseded: Mapping[str, str]

    def is_known(self, iri: str) -> bool:
        """Return whether `iri` is a class, property or enumeration member of schema.org, in its http spelling."""
        return iri.startswith(SCHEMA) and (iri in self.superclasses or iri in self.domains or iri in self.members)

    def superseded_by(self, iri: str) -> str | None:
        """Return the term that replaced `iri`, or None when it is current."""
        return self.superseded.get(iri)

    def fits_domain(self, property_iri: str, class_iris: Iterable[str]) -> bool:
        """Return whether a thing of these classes may have the schema.org property.

        A schema:Role may have any (https://schema.org/docs/datamodel.html), and so may a thing of no schema.org class.
        """
        classes = frozenset[str]().union(*(self.superclasses.get(each, frozenset()) for each in class_iris))
        domain = self.domains.get(property_iri)
        return not classes or domain is None or SCHEMA.Role in classes or bool(domain & classes)

    def check(self, triples: Iterable[Triple]) -> list[TermProblem]:
        """Return every wrong use of a schema.org term in `triples`, sorted.

        The domain of a property is judged by the types that `triples` give its subject.
        """
        things: dict[str, dict[str, list[_Term]]] = {}
        for triple in triples:
            things.setdefault(_name(triple.subject), {}).setdefault(triple.predicate.value, []).append(triple.object)
        return self.check_things(things)

    def check_things(self, things: Mapping[str, Mapping[str, Sequence[_Term]]]) -> list[TermProblem]:
        """Do the same for triples that are held by subject and property."""
        # A million triples use a few hundred combinations of a property and classes.
        known: dict[tuple[str, frozenset[str]], tuple[TermProblem, ...]] = {}
        problems: set[TermProblem] = set()
        for subject, properties in things.items():
            if subject.startswith(_EITHER):
                problems.update(self._check_iri(subject, subject))
            classes = frozenset(each.value for each in properties.get(RDF.type, ()) if isinstance(each, NamedNode))
            for predicate, values in properties.items():
                combination = (predicate, classes)
                if combination not in known:
                    known[combination] = tuple(self._check_property(*combination))
                problems.update(replace(each, subject=subject) for each in known[combination])
                problems.update(self._check_values(subject, values))
            for each in properties.get(RDF.type, ()):
                problems.update(self._check_class(subject, _name(each)))
        return sorted(problems, key=lambda each: (each.subject, each.term, each.message))

    def _check_values(self, subject: str, values: Iterable[_Term]) -> Iterator[TermProblem]:
        for value in values:
            iri = value.datatype.value if isinstance(value, Literal) else _name(value)
            if iri.startswith(_EITHER):
                yield from self._check_iri(subject, iri)

    def _check_class(self, subject: str, class_iri: str) -> Iterator[TermProblem]:
        if self.is_known(class_iri) and class_iri not in self.superclasses:
            yield TermProblem(subject, class_iri, f"{shorten(class_iri)} is no class: do not use it as one", TermFault.UNKNOWN)

    def _check_property(self, predicate: str, class_iris: frozenset[str]) -> Iterator[TermProblem]:
        """Yield what is wrong with a property on a thing of some classes; the subject is for the caller to fill in."""
        yield from self._check_iri("", predicate)
        if self.is_known(predicate) and predicate not in self.domains:
            yield TermProblem("", predicate, f"{shorten(predicate)} is no property: do not use it as one", TermFault.UNKNOWN)
        if not self.fits_domain(predicate, class_iris):
            owners, used = (", ".join(sorted(map(shorten, each))) for each in (self.domains[predicate], class_iris))
            message = f"{shorten(predicate)} is for {owners}, not for {used}: use another property"
            yield TermProblem("", predicate, message, TermFault.DOMAIN)

    def _check_iri(self, subject: str, iri: str) -> Iterator[TermProblem]:
        if iri.startswith(_HTTPS):
            yield TermProblem(subject, iri, f"<{iri}> is spelled with https: write http, as in {SCHEMA}", TermFault.HTTPS)
        elif not iri.startswith(SCHEMA) or "/" in iri.removeprefix(SCHEMA) or iri == SCHEMA:
            return
        elif not self.is_known(iri):
            message = f"{shorten(iri)} is no term of schema.org {self.release}: look for the right name"
            yield TermProblem(subject, iri, message, TermFault.UNKNOWN)
        elif iri in self.superseded:
            message = f"{shorten(iri)} was replaced: use {shorten(self.superseded[iri])}"
            yield TermProblem(subject, iri, message, TermFault.SUPERSEDED)


def load_terms(ontology_path: Path | None = None) -> Terms:
    """Read the term table, and our own subclasses from `filmgraph.ttl` in `ontology_path`, by default the shipped one.

    VocabularyError names the file that cannot be read.
    """
    try:
        tables = json.loads(files("filmgraph").joinpath(_TABLE_NAME).read_text(encoding="utf-8"))
        classes = {SCHEMA.term(name): _to_iris(above) for name, above in tables["classes"].items()}
        domains = {SCHEMA.term(name): frozenset(_to_iris(each)) for name, each in tables["properties"].items()}
        superseded = {SCHEMA.term(name): SCHEMA.term(each[0]) for name, each in tables["superseded"].items()}
    except (OSError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise VocabularyError(f"{_TABLE_NAME} is damaged ({error!r}): install filmgraph again") from error
    classes.update(_read_own_classes((ontology_path or find_ontology_path()) / "filmgraph.ttl"))
    return Terms(
        release=tables["release"],
        superclasses={iri: _closure(iri, classes) for iri in classes},
        domains=domains,
        members=frozenset(_to_iris(tables["members"])),
        superseded=superseded,
    )


def _read_own_classes(path: Path) -> dict[str, list[str]]:
    above: defaultdict[str, list[str]] = defaultdict(list)
    try:
        for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE):
            if quad.predicate.value == RDFS.subClassOf and isinstance(quad.object, NamedNode):
                above[_name(quad.subject)].append(quad.object.value)
    except (OSError, SyntaxError) as error:
        raise VocabularyError(f"{path} cannot be read as Turtle: {error}") from error
    return {iri: each for iri, each in above.items() if iri.startswith(FG)}


def _closure(iri: str, above: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [iri]
    while waiting:
        current = waiting.pop()
        if current in above and current not in found:
            found.add(current)
            waiting.extend(above[current])
    return frozenset(found)


def _to_iris(names: Iterable[str]) -> list[str]:
    return [SCHEMA.term(name) for name in names]


def _name(term: _Term) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)
