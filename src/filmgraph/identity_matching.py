"""Joins films and people that are one under several keys: by decision, by the registry, or for certain. The rest is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from filmgraph.decisions import Decision
from filmgraph.findings import SourcePlace
from filmgraph.identity_evidence import Evidence, Known
from filmgraph.identity_mentions import Mentions
from filmgraph.identity_registry import RegistryRow
from filmgraph.iris import Kind
from filmgraph.matching_clusters import Clusters
from filmgraph.matching_films import match_films
from filmgraph.matching_identifiers import compare_identifiers
from filmgraph.matching_model import Matching, Outcome, Verdict
from filmgraph.matching_people import match_people
from filmgraph.model import Ref

__all__ = ["Joined", "Merge", "Question", "Side", "join_mentions"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two things that are, or may be, one: its key, how it is called, and where the sources speak of it."""

    key: str
    label: str
    places: tuple[SourcePlace, ...] = ()

    @classmethod
    def of(cls, known: Known) -> Side:
        """Return what is shown of a thing."""
        return cls(known.key, known.label, tuple(sorted(known.places))[:3])


@dataclass(frozen=True, slots=True)
class Question:
    """Two films or people that may be one, with what speaks for it and against it."""

    kind: Kind
    a: Side
    b: Side
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Merge:
    """`gone` is `kept`: by the decision, or, where there is none, by the verdict."""

    kind: Kind
    gone: Side
    kept: Side
    decision: Decision | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of matching. `survivors` has the keys that are another one now, with that.

    `broken` are decisions that other decisions contradict, with the pair that is both the same and not; `unknown` those that
    name a key that nothing has.
    """

    survivors: Mapping[Kind, Mapping[str, str]]
    merges: tuple[Merge, ...] = ()
    questions: tuple[Question, ...] = ()
    broken: tuple[tuple[Decision, tuple[str, str]], ...] = ()
    unknown: tuple[tuple[Decision, str], ...] = ()
    evidence: Evidence | None = None


def join_mentions(
    mentions: Iterable[Mentions], keys: Mapping[Ref, str], registry: Iterable[RegistryRow], decisions: Iterable[Decision]
) -> Joined:
    """Join films first, then people, who are told apart by what they worked on."""
    evidence = Evidence(mentions, keys)
    rows, decided = tuple(registry), tuple(decisions)
    films = _Joining.of(Kind.FILM, evidence, rows, decided)
    films.run(match_films(evidence.films()))
    people = _Joining.of(Kind.PERSON, evidence, rows, decided)
    people.run(match_people(evidence.people(films.survivors)))
    both = (films, people)
    return Joined(
        {each.kind: each.survivors for each in both},
        tuple(merge for each in both for merge in each.merges()),
        tuple(question for each in both for question in each.questions),
        tuple(found for each in both for found in each.broken),
        tuple(found for each in both for found in each.unknown()),
        evidence,
    )


@dataclass(slots=True)
class _Joining:
    """The joining of all things of one kind."""

    kind: Kind
    known: Mapping[str, Known]
    rows: Mapping[str, RegistryRow]
    decisions: tuple[Decision, ...]
    clusters: Clusters = field(default_factory=Clusters)
    survivors: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    broken: list[tuple[Decision, tuple[str, str]]] = field(default_factory=list)
    verdicts: tuple[Verdict, ...] = ()
    two: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, kind: Kind, evidence: Evidence, rows: tuple[RegistryRow, ...], decisions: tuple[Decision, ...]) -> _Joining:
        mine = sorted(row for row in rows if row.kind == kind.segment)
        # Of several rows of one key the one that is merged counts.
        by_key = {row.key: row for row in (*mine, *(row for row in mine if row.is_merged))}
        decided = tuple(each for each in decisions if each.kind == kind.segment)
        two = frozenset(each.pair[1:] for each in decided if not each.is_same)
        return cls(kind, evidence.known[kind], by_key, decided, two=two)

    def run(self, matching: Matching) -> None:
        """Join by decisions, by the registry, and where it is certain, in this order; ask about the rest."""
        self.verdicts = matching.verdicts
        for decision in self.decisions:
            if decision.is_same and (pair := self.clusters.join(decision.a, decision.b, self.are_decided_two)):
                self.broken.append((decision, pair))
        for row in self.rows.values():
            if row.is_merged:
                self.clusters.join(row.key, row.survivor, self.are_decided_two)
        doubtful = [each for each in matching.verdicts if each.outcome is Outcome.ASK]
        for verdict in sorted(matching.verdicts, key=_by_weight):
            if verdict.outcome is Outcome.SAME and self.clusters.join(verdict.a, verdict.b, self.are_two):
                doubtful.append(verdict)
        self.questions = self.ask(doubtful)
        self.survivors = {
            key: kept for group in self.clusters.groups() for kept in [min(group, key=self.rank)] for key in group if key != kept
        }

    def are_decided_two(self, a: str, b: str) -> bool:
        return (min(a, b), max(a, b)) in self.two

    def are_two(self, a: str, b: str) -> bool:
        """Whether nobody but an editor may say that these are one."""
        if self.are_decided_two(a, b):
            return True
        mine, its = self.known.get(a), self.known.get(b)
        if mine is None or its is None or not mine.codes or not its.codes:
            return False
        return any(each.points < 0 for each in compare_identifiers(mine.codes, its.codes))

    def ask(self, verdicts: Iterable[Verdict]) -> list[Question]:
        """Return one question for each two groups that may be one, with the weightiest reasons."""
        asked: dict[frozenset[frozenset[str]], Question] = {}
        for each in sorted(verdicts, key=_by_weight):
            groups = frozenset({self.clusters.members(each.a), self.clusters.members(each.b)})
            if len(groups) == 1 or groups in asked or any(pair in self.two for pair in self.clusters.cross(each.a, each.b)):
                continue
            asked[groups] = Question(self.kind, self.side(each.a), self.side(each.b), each)
        return sorted(asked.values(), key=lambda each: (each.verdict.a, each.verdict.b))

    def rank(self, key: str) -> tuple[object, ...]:
        """Let the key be kept that was not given up before, is older, or is of the more trusted source."""
        row, known = self.rows.get(key), self.known.get(key)
        return (
            row is not None and row.is_merged,
            row is None,
            row.minted if row else "",
            known is None,
            known.rank if known else 0,
            key,
        )

    def side(self, key: str) -> Side:
        known = self.known.get(key)
        return Side.of(known) if known else Side(key, repr(key))

    def merges(self) -> Iterable[Merge]:
        """Yield what was joined by decision or for certain; what only the registry says is told there."""
        certain: defaultdict[str, list[Verdict]] = defaultdict(list)
        for each in self.verdicts:
            if each.outcome is Outcome.SAME:
                certain[each.a].append(each)
                certain[each.b].append(each)
        for gone, kept in sorted(self.survivors.items()):
            group = self.clusters.members(gone)
            decision = next((each for each in self.decisions if each.is_same and gone in (each.a, each.b)), None)
            verdict = min((each for each in certain[gone] if {each.a, each.b} <= group), key=_by_weight, default=None)
            if decision is not None or verdict is not None:
                yield Merge(self.kind, self.side(gone), self.side(kept), decision, verdict)

    def unknown(self) -> Iterable[tuple[Decision, str]]:
        """Yield the decisions about keys that nothing has or had."""
        for each in self.decisions:
            for key in (each.a, each.b):
                if key not in self.known and key not in self.rows:
                    yield each, key


def _by_weight(verdict: Verdict) -> tuple[int, str, str]:
    return (-verdict.points, verdict.a, verdict.b)
