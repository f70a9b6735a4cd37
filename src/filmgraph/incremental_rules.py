"""Runs the rules across records on what a change touches, and gives the findings that a run over everything would give.

A rule's query begins at ?value and reads other things that are so many steps away. The table `REACH` tells those ways for each
rule. A change somewhere on a way can change the answer for the ?value at its beginning only. So the rule is run over these values
and all that lies on their ways, and its findings about other things stay as they were. A rule that is not in the table is run
over everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from filmgraph.findings import Finding
from filmgraph.incremental_graph import View
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, RDF, SCHEMA
from filmgraph.validation_rules import run_rule
from filmgraph.validation_shapes import Rule
from filmgraph.vocabulary import Vocabulary

__all__ = ["REACH", "RuleRun", "run_rules"]


_Term = NamedNode | Literal
_AGENT: Final = "agent"
_AGENTS: Final = tuple(f"/id/{kind.segment}/" for kind in (Kind.PERSON, Kind.ORG))
_CREDITS: Final = f"/id/{Kind.CREDIT.segment}/"


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a way: along a property or against it, once or as often as it goes.

    The property `agent` stands for whichever one leads from a credit to its agent.
    """

    predicate: str
    is_against: bool = False
    is_repeated: bool = False

    def follow(self, terms: set[_Term], view: View, *, is_back: bool) -> set[_Term]:
        """Return where the step leads from some terms; `is_back` takes it from its end to its beginning."""
        found = self._once(terms, view, is_along=self.is_against is is_back)
        fresh = found
        while self.is_repeated and fresh:
            fresh = self._once(fresh, view, is_along=self.is_against is is_back) - found
            found = found | fresh
        return found

    def _once(self, terms: set[_Term], view: View, *, is_along: bool) -> set[_Term]:
        predicate = None if self.predicate == _AGENT else self.predicate
        if is_along:
            values = {value for each in terms if isinstance(each, NamedNode) for value in view.values(each.value, predicate)}
            return values if predicate else {each for each in values if _is_thing(each, _AGENTS)}
        subjects = {iri for each in terms for iri in view.subjects(each, predicate)}
        return {NamedNode(iri) for iri in subjects if predicate or _CREDITS in iri}


def _is_thing(term: _Term, kinds: tuple[str, ...]) -> bool:
    return isinstance(term, NamedNode) and any(kind in term.value for kind in kinds)


_Way = tuple[_Step, ...]


def _way(*steps: str) -> _Way:
    """Return a way: `^` before a property is a step against it, `+` after it stands for one step or more."""
    return tuple(_Step(each.removeprefix("^").removesuffix("+"), each.startswith("^"), each.endswith("+")) for each in steps)


_CREDIT, _AGAINST_CREDIT = str(FG.credit), f"^{FG.credit}"
_EVENT, _AGAINST_EVENT = str(SCHEMA.superEvent), f"^{SCHEMA.superEvent}"
_ITSELF: Final[tuple[_Way, ...]] = ((),)
_WORK: Final = (_way(_AGAINST_CREDIT),)
_OTHER_CREDITS: Final = (_way(_AGAINST_CREDIT, _CREDIT),)
_FILMS_OF_PERSON: Final = (_way(f"^{_AGENT}", _AGAINST_CREDIT),)
_FILMS_SHOWN: Final = (_way(SCHEMA.workPresented),)
_SAME_SERIES: Final = (_way(_EVENT, _AGAINST_EVENT),)
#: The ways of each rule from what it complains about to all else that it reads. None: it reads the shipped vocabulary only.
REACH: Final[Mapping[str, tuple[_Way, ...] | None]] = MappingProxyType(
    {
        "DurationTwin": _ITSELF,
        "FormFitsDuration": _ITSELF,
        "DuplicateFilm": (_way(SCHEMA.name, f"^{SCHEMA.name}"),),
        "FilmDescribedInEnglish": (_way(f"^{SCHEMA.about}"),),
        "CreditProperty": _WORK,
        "CreditDirectEdge": _WORK,
        "DirectEdgeCredit": (_way(_CREDIT),),
        "CharacterOnActingCredit": _ITSELF,
        "CreditTwice": _OTHER_CREDITS,
        "BillingTwice": _OTHER_CREDITS,
        "InferredUnconfirmed": _ITSELF,
        "BirthBeforeDeath": _ITSELF,
        "BornBeforeFilm": _FILMS_OF_PERSON,
        "ChildInCrew": _FILMS_OF_PERSON,
        "DeadBeforeFilm": _FILMS_OF_PERSON,
        "Namesakes": (_way(SCHEMA.name, f"^{SCHEMA.name}"),),
        "ScreeningWithinFestival": (_way(f"{_EVENT}+"),),
        "ScreeningAfterProduction": _FILMS_SHOWN,
        "PreviousStartOnlyWhenMoved": _ITSELF,
        "RescheduledHasPreviousStart": _ITSELF,
        "CapacityWithinHall": (_way(SCHEMA.location),),
        "GuestInTwoPlaces": (_way(_CREDIT, _AGENT, f"^{_AGENT}", _AGAINST_CREDIT),),
        "ScreenCount": (_way(f"^{SCHEMA.containedInPlace}"),),
        "SubtitledInOwnLanguage": _FILMS_SHOWN,
        "DubbedScreening": _FILMS_SHOWN,
        "FestivalLength": _ITSELF,
        "EditionNumberTwice": _SAME_SERIES,
        "EditionOrder": _SAME_SERIES,
        "SectionOfFestival": (_way(FG.inSection),),
        "AwardAfterFilm": (_way(FG.awardedTo), _way(_EVENT)),
        "SameAsUnique": (_way(SCHEMA.sameAs, f"^{SCHEMA.sameAs}"),),
        "IdentifierUnique": (
            _way(SCHEMA.identifier, SCHEMA.value, f"^{SCHEMA.value}", f"^{SCHEMA.identifier}"),
        ),
        "NotationUnique": None,
        "BroaderCycle": None,
        "RoleDirectProperty": None,
    }
)  # fmt: skip

#: Rules that complain about things of one class only: whatever else a change leads back to need not be looked at.
_CLASSES: Final = MappingProxyType(
    {
        "DuplicateFilm": SCHEMA.Movie,
        "Namesakes": SCHEMA.Person,
        "ScreeningWithinFestival": SCHEMA.ScreeningEvent,
        "GuestInTwoPlaces": SCHEMA.ScreeningEvent,
    }
)


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What a rule found about the things of `foci`, or about everything where that is None."""

    rule_id: str
    foci: frozenset[str] | None
    findings: tuple[Finding, ...]


def run_rules(
    rules: Iterable[Rule], changed: frozenset[str], both: View, now: View, everything: Iterable[Quad], vocabulary: Vocabulary
) -> Iterator[RuleRun]:
    """Run the rules that a change of the given things can bear on.

    `both` shows the facts before and after the change together, `now` those after it; `everything` yields all facts and texts.
    """
    near: list[tuple[Rule, frozenset[str]]] = []
    read: set[str] = set()
    wholes = []
    for rule in rules:
        ways = REACH.get(rule.info.id, ())
        if ways == ():
            wholes.append(rule)
        elif ways is not None:
            foci = _find_foci(rule.info.id, ways, changed, both)
            read.update(chain.from_iterable(_stops(way, foci, now) for way in ways))
            near.append((rule, foci))
    # That the store holds more than one rule reads does no harm: only what it finds about its own foci is taken.
    store = _load((quad for iri in read for quad in now.facts(iri)), vocabulary)
    for rule, foci in near:
        yield RuleRun(rule.info.id, foci, tuple(each for each in run_rule(rule, store) if each.focus_iri in foci))
    if wholes:
        store = _load(everything, vocabulary)
        for rule in wholes:
            yield RuleRun(rule.info.id, None, tuple(run_rule(rule, store)))


def _find_foci(rule_id: str, ways: tuple[_Way, ...], changed: frozenset[str], both: View) -> frozenset[str]:
    """Return the things about which a rule may say something else after the change."""
    foci = frozenset(chain.from_iterable(_starts(way, changed, both) for way in ways))
    class_iri = _CLASSES.get(rule_id)
    if class_iri is None:
        return foci
    return frozenset(iri for iri in foci if NamedNode(class_iri) in both.values(iri, RDF.type))


def _starts(way: _Way, changed: frozenset[str], view: View) -> Iterator[str]:
    """Yield the beginnings of the ways on which a changed thing lies, anywhere."""
    for length in range(len(way) + 1):
        terms: set[_Term] = {NamedNode(iri) for iri in changed}
        for step in reversed(way[:length]):
            terms = step.follow(terms, view, is_back=True)
        yield from (each.value for each in terms if isinstance(each, NamedNode))


def _stops(way: _Way, foci: frozenset[str], view: View) -> Iterator[str]:
    """Yield all things that lie on the ways from some things."""
    terms: set[_Term] = {NamedNode(iri) for iri in foci}
    for step in (None, *way):
        if step is not None:
            terms = step.follow(terms, view, is_back=False)
        yield from (each.value for each in terms if isinstance(each, NamedNode))


def _load(quads: Iterable[Quad], vocabulary: Vocabulary) -> Store:
    store = Store()
    store.bulk_extend(Quad(each.subject, each.predicate, each.object) for each in quads)
    store.bulk_extend(vocabulary.quads)
    return store
