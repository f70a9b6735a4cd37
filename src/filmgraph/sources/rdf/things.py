"""What each subject of a graph is, and how the records refer to it: by a key made of its IRI, or by its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from filmgraph.iris import IriScheme, Kind, is_key
from filmgraph.model import Ref
from filmgraph.namespaces import DCAT, PROV, SCHEMA, VOID
from filmgraph.schemaorg import Terms
from filmgraph.sources.rdf.account import OF_DATASET, OF_SOURCE
from filmgraph.sources.rdf.graph import Graph, Said
from filmgraph.sources.rdf.profile import ClassRule, Profile
from filmgraph.sources.rdf.terms import CLASSES, FORMS, INVERSES, NAMES, NODES, Node, Rule, rules_for
from filmgraph.sources.rdf.values import Literals, Qualified

__all__ = ["Keys", "Things", "classify"]

_LONGEST_KEY: Final = 80
_WORD: Final = re.compile("[A-Za-z0-9]+")
_READABLE: Final = re.compile("[A-Za-z0-9/-]*[/#]?[A-Za-z0-9-]*")
_SCHEME: Final = re.compile(r"[a-z]+:(//)?(www\.)?")
_HASH: Final = 6
_WORKS: Final = frozenset({SCHEMA.workPresented, SCHEMA.workFeatured, SCHEMA.workPerformed})
_NEED_NO_NAME: Final = frozenset({Kind.SCREENING, Kind.IMAGE, Kind.TEXT})
_NEED_AN_IRI: Final = frozenset({Kind.CHARACTER, Kind.AWARD, Kind.IMAGE, Kind.TEXT})
_YEARS: Final = {
    Kind.FILM: frozenset({SCHEMA.dateCreated, SCHEMA.datePublished, SCHEMA.copyrightYear}),
    Kind.FESTIVAL: frozenset({SCHEMA.startDate}),
}
_CONTAINERS: Final = {Kind.HALL: frozenset({SCHEMA.containedInPlace}), Kind.SECTION: frozenset({SCHEMA.superEvent})}
_STARTS: Final = frozenset({SCHEMA.startDate})
#: Classes whose things are known to a catalogue in another way.
_ELSEWHERE: Final = {
    PROV.Entity: OF_SOURCE,
    DCAT.Dataset: OF_DATASET,
    VOID.Dataset: OF_DATASET,
    VOID.Linkset: OF_DATASET,
}
_NO_CLASS: Final = "the file does not say what it is about"
_OTHER_CLASS: Final = "it is about a thing of a class that the model does not have"
_NO_FILM: Final = "it is about an event that shows no film"
_NO_NAME: Final = "it is about a thing without a name"


@dataclass(slots=True)
class Keys:
    """Makes keys of IRIs: always the same key of the same IRI, so that a second import updates what the first one made."""

    own: IriScheme
    profile: Profile
    invented_base: str
    source_id: str
    _used: dict[tuple[Kind, str], str] = field(default_factory=dict)

    def key(self, iri: str, kind: Kind) -> str:
        """Return the key of a thing: its own where the IRI is of this catalogue, otherwise host and path in one word."""
        own = self.own_key(iri, kind)
        if own is not None:
            return own
        key = self._made(iri)
        if self._used.setdefault((kind, key), iri) != iri:
            key = f"{key[:_LONGEST_KEY]}-{_digest(iri)}"
            self._used[kind, key] = iri
        return key

    def own_key(self, iri: str, kind: Kind) -> str | None:
        """Return the key in an IRI of this catalogue; None for another IRI."""
        thing = self.own.parse(iri)
        return thing.key if thing is not None and thing.segment == kind.segment else None

    def is_published(self, iri: str) -> bool:
        """Whether an IRI is somebody else's address of a thing: what a release links to as the same."""
        return iri.startswith(("http://", "https://")) and not iri.startswith((self.own.base, self.invented_base))

    def _made(self, iri: str) -> str:
        for start, put in self.profile.keys:
            if iri.startswith(start) and is_key(put + iri[len(start) :]):
                return put + iri[len(start) :]
        if iri.startswith(self.invented_base):
            return self._plain(iri[len(self.invented_base) :], iri, f"{self.source_id}-")
        return self._plain(_SCHEME.sub("", iri, count=1) if _SCHEME.match(iri) else iri, iri, "")

    def _plain(self, text: str, iri: str, start: str) -> str:
        host, slash, path = text.partition("/")
        readable = host.replace(".", "-") + slash + path
        key = start + "-".join(_WORD.findall(readable))
        # Letters that no key has, or too many of them: the rest of the IRI is in the digest.
        if _READABLE.fullmatch(readable) and len(key) <= _LONGEST_KEY and is_key(key):
            return key
        return f"{key[: _LONGEST_KEY - _HASH - 1].strip('-')}-{_digest(iri)}".strip("-")


def _digest(iri: str) -> str:
    return hashlib.sha256(iri.encode()).hexdigest()[:_HASH]


@dataclass(slots=True)
class Things:
    """What the subjects are.

    `why` says of those that are not read why not; `implied` is what others say of a thing in its place, with the property by
    which they do; `labels` are names for the blank nodes of screenings that have none.
    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    implied: dict[str, list[tuple[str, Said]]] = field(default_factory=dict)
    refs: dict[str, Ref] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def ref(self, subject: str, keys: Keys) -> Ref | None:
        """Return how records refer to a subject; None for what is no thing."""
        ref = self.refs.get(subject)
        if ref is None and subject in self.kinds:
            kind = self.kinds[subject]
            key = keys.key(subject, kind)
            ref = self.refs[subject] = Ref(kind, key, key=key)
        return ref


def classify(graph: Graph, profile: Profile, terms: Terms, literals: Literals) -> Things:
    """Tell what each subject is. What has no type is what the properties say that lead to it."""
    things = _Classifier(graph, profile, terms).run()
    for subject, kind in things.kinds.items():
        if subject.startswith("_:"):
            things.refs[subject] = _named(subject, kind, graph, things, literals)
    return things


@dataclass(slots=True)
class _Classifier:
    """Looks at each subject once, and at those without a type once more."""

    graph: Graph
    profile: Profile
    terms: Terms
    things: Things = field(default_factory=Things)
    untyped: set[str] = field(default_factory=set)
    _known: dict[str, tuple[int, ClassRule | Node | str | None]] = field(default_factory=dict)

    def run(self) -> Things:
        names = frozenset(
            {*NAMES, *(iri for iri, rule in self.profile.rules.items() if rule.field in ("name", "alternate_name"))}
        )
        for subject in self.graph.subjects():
            self._look(subject, names)
        if self.untyped:
            for subject, kind in list(self.things.kinds.items()):
                self._look_from(subject, self.profile.rules_for(kind))
            for subject, node in self.things.nodes.items():
                if node.name == "role":
                    self._look_from(subject, {**rules_for(Kind.SCREENING), **rules_for(Kind.FILM)})
        for subject in self.untyped:
            self.things.why[subject] = _NO_CLASS
        return self.things

    def _look(self, subject: str, names: frozenset[str]) -> None:
        classes: list[str] = []
        types = self.profile.types
        is_named = shows = False
        for predicate, value, kind, line in self.graph.rows(subject):
            if predicate in types:
                classes.append(value)
            elif predicate in names:
                is_named = True
            elif predicate in _WORKS:
                shows = True
            elif predicate in INVERSES and kind in ("", "_:"):
                kind = "_:" if subject.startswith("_:") else ""
                implied = Said(INVERSES[predicate], subject, kind, line)
                self.things.implied.setdefault(value, []).append((predicate, implied))
        if not classes:
            self.untyped.add(subject) if is_named else self.things.why.setdefault(subject, _NO_CLASS)
            return
        self._settle(subject, min(map(self._of_class, classes), key=lambda each: each[0])[1], is_named, shows)

    def _settle(self, subject: str, found: ClassRule | Node | str | None, is_named: bool, shows: bool) -> None:
        things = self.things
        if isinstance(found, Node):
            things.nodes[subject] = found
        elif found == "event" and not shows:
            things.why[subject] = _NO_FILM
        elif found is None or (isinstance(found, str) and found != "event"):
            things.why[subject] = found or _OTHER_CLASS
        else:
            rule = found if isinstance(found, ClassRule) else ClassRule(Kind.SCREENING)
            if not is_named and rule.kind not in _NEED_NO_NAME:
                things.why[subject] = _NO_NAME
            elif rule.kind in _NEED_AN_IRI and subject.startswith("_:"):
                things.why[subject] = f"its {rule.kind.segment} has no IRI that tells it from others"
            else:
                things.kinds[subject] = rule.kind
                if rule.form:
                    things.forms[subject] = rule.form

    def _of_class(self, iri: str) -> tuple[int, ClassRule | Node | str | None]:
        """Return what a class makes, and its rank: the smaller one counts where a thing has several classes."""
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = self._find_class(iri)
        return known

    def _find_class(self, iri: str) -> tuple[int, ClassRule | Node | str | None]:
        if iri in self.profile.classes:
            return (-1, self.profile.classes[iri])
        above = self.terms.superclasses.get(iri, frozenset({iri}))
        # A country is a place too, and not one of ours.
        for class_iri, node in NODES:
            if class_iri in above:
                return (len(CLASSES), node)
        for rank, (class_iri, kind) in enumerate(CLASSES):
            if class_iri in above:
                return (rank, ClassRule(kind, FORMS.get(class_iri, "")))
        if SCHEMA.Event in above:
            return (len(CLASSES) + 1, "event")
        return (len(CLASSES) + 2, _ELSEWHERE[iri]) if iri in _ELSEWHERE else (len(CLASSES) + 3, None)

    def _look_from(self, subject: str, rules: Mapping[str, Rule]) -> None:
        for said in self.graph.about(subject):
            rule = rules.get(said.predicate)
            if said.value in self.untyped and said.is_node and rule is not None and rule.to:
                self.untyped.discard(said.value)
                self.things.kinds[said.value] = rule.to[0]


def _named(subject: str, kind: Kind, graph: Graph, things: Things, literals: Literals) -> Ref:
    """Return the reference to a blank node: by its name, and what tells it from its namesakes."""
    name = next(_iter_names(subject, graph), "")
    year = None
    for said in graph.values(subject, _YEARS.get(kind, frozenset())):
        found = literals.parse("date", said.value, said.kind)
        value = found.value if isinstance(found, Qualified) else found
        year = year or getattr(value, "year", None)
    within = None
    for said in graph.values(subject, _CONTAINERS.get(kind, frozenset())):
        if said.kind == "_:" and said.value in things.kinds and said.value != subject:
            within = _named(said.value, things.kinds[said.value], graph, things, literals)
    if kind is Kind.SCREENING:
        films = (next(_iter_names(each.value, graph), "") for each in graph.values(subject, _WORKS) if each.is_node)
        start = next((each.value for each in graph.values(subject, _STARTS)), "")
        things.labels[subject] = name or " + ".join(filter(None, films))
        name = " ".join(filter(None, [things.labels[subject], start])) or subject
    return Ref(kind, name, year=year, within=within)


def _iter_names(subject: str, graph: Graph) -> Iterator[str]:
    """Yield the names of a subject, the best ones first."""
    for predicate in NAMES:
        plain = sorted(graph.values(subject, frozenset({predicate})), key=lambda each: (each.kind.startswith("@"), each.kind))
        for said in plain:
            yield said.value.strip()
