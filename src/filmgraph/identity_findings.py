"""What identity tells the editor: what was joined and why, questions with their reasons, codes and decisions that clash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from filmgraph.decisions import FILE_NAME
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.identity_evidence import MATCHED, Known
from filmgraph.identity_matching import Joined, Merge, Question, Side
from filmgraph.iris import Kind
from filmgraph.matching_identifiers import find_contradictions

__all__ = ["iter_joined_findings", "say_question"]


def iter_joined_findings(joined: Joined) -> Iterator[Finding]:
    """Yield all that came of matching: what was joined, what is asked, what clashes."""
    yield from map(_tell_merge, joined.merges)
    yield from map(_ask, joined.questions)
    yield from _clashing_codes(joined)
    for decision, (a, b) in joined.broken:
        message = (
            f"{decision.a} and {decision.b} cannot be the same: {a} and {b} would be too, and are decided to be different. "
            f"Take one of the two decisions out of {FILE_NAME}."
        )
        yield Finding("identity-decision", Severity.VIOLATION, message, value=decision.b, places=(decision.place,))
    for decision, key in joined.unknown:
        message = f"No {decision.kind} has, or had, the key {key!r}: look it up in ids.csv, and correct the row or take it out."
        yield Finding("identity-decision", Severity.WARNING, message, value=key, places=(decision.place,))


def _tell_merge(merge: Merge) -> Finding:
    """Say that two are one, why, and how to undo it."""
    noun = merge.kind.segment
    if merge.decision is not None:
        by = f" by {merge.decision.decided_by}" if merge.decision.decided_by else ""
        why = f"decided{by}{' on ' + merge.decision.date if merge.decision.date else ''} in {FILE_NAME}, row {merge.decision.row}"
    else:
        why = "; ".join(merge.verdict.pros) if merge.verdict else ""
    message = (
        f"The {noun} {merge.gone.label} is the {noun} {merge.kept.label}: {why}. It is published as {merge.kept.key}. "
        f"If they are two, run: filmgraph decide {merge.kept.key} {merge.gone.key} different"
    )
    return Finding("identity-merged", Severity.INFO, message, value=merge.gone.key, places=_places(merge.gone, merge.kept))


def _ask(question: Question) -> Finding:
    a, b, noun = question.a, question.b, question.kind.segment
    rule = "identity-conflict" if question.verdict.is_conflict else "identity-question"
    message = (
        f"{say_question(question)} If so, run: filmgraph decide {a.key} {b.key} same; "
        f"if not: filmgraph decide {a.key} {b.key} different (or write {noun},{a.key},{b.key} and the answer into {FILE_NAME})."
    )
    return Finding(rule, Severity.WARNING, message, value=f"{a.key} {b.key}", places=_places(a, b))


def say_question(question: Question) -> str:
    """Return the question in words, with what speaks for it and against it."""
    noun = "film" if question.kind is Kind.FILM else "person"
    pros, cons = ("; ".join(each) for each in (question.verdict.pros, question.verdict.cons))
    against = f" Against it: {cons}." if cons else ""
    return f"Are {_where(question.a)} and {_where(question.b)} one {noun}? For it: {pros or 'nothing'}.{against}"


def _where(side: Side) -> str:
    return f"{side.label} [{side.places[0]}]" if side.places else side.label


def _places(*sides: Side) -> tuple[SourcePlace, ...]:
    return tuple(sorted({place for side in sides for place in side.places}))


def _clashing_codes(joined: Joined) -> Iterator[Finding]:
    """Yield what has two codes of one scheme: one is wrong, or two things stand as one."""
    if joined.evidence is None:
        return
    for kind in MATCHED:
        for known in _with_codes(joined.evidence.known[kind].values()):
            for scheme, codes in find_contradictions(known.codes):
                message = (
                    f"The {kind.segment} {known.label} has several {scheme} numbers: {', '.join(codes)}. "
                    "Correct the wrong one; if two of one name stand here as one, give each a key of its own in the sources."
                )
                places = tuple(sorted(set(known.places)))
                yield Finding("identity-conflict", Severity.WARNING, message, value=", ".join(codes), places=places)


def _with_codes(all_known: Iterable[Known]) -> list[Known]:
    return sorted((each for each in all_known if len(each.codes) > 1), key=lambda each: each.key)
