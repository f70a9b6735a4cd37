"""The page of a search: what was found, in groups, with what tells namesakes apart, and why each thing was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.iris import Kind
from filmgraph.pages.kinds import plural, singular
from filmgraph.pages.moments import read_moment
from filmgraph.search import CANDIDATE_LIMIT, Answer, Found
from filmgraph.search_model import Relation
from filmgraph.vocabulary import Vocabulary

__all__ = ["PAGE_SIZE", "Reason", "ResultGroup", "ResultLine", "SearchPage", "build_search_page", "describe_found"]

PAGE_SIZE: Final = 20
_INTRODUCTIONS: Final = {
    Relation.NAME: "",
    Relation.ALTERNATE: "also known as",
    Relation.CREDITED: "credited as",
    Relation.CHARACTER: "plays",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """The name that a thing was found by, where it is not the one that is shown: `also known as` Man of Iron."""

    introduction: str
    text: str
    language: str
    context: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One thing that was found. `details` tell it from its namesakes; `is_near` that its name is spelled otherwise."""

    iri: str
    label: str
    language: str
    kind: str
    details: tuple[str, ...]
    reason: Reason | None
    is_near: bool


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """The things of one kind, or the first of them; `total` counts all."""

    kind: Kind
    title: str
    lines: tuple[ResultLine, ...]
    total: int

    @property
    def has_more(self) -> bool:
        """Whether there are more than are shown."""
        return self.total > len(self.lines)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search shows. `kind` is the only kind that was looked for, if one was; page numbers count from 1.

    `summary` says in a sentence what was found, `is_near` that none of it is spelled like the text, and `problem` why nothing
    could be looked for.
    """

    text: str
    kind: Kind | None = None
    summary: str = ""
    groups: tuple[ResultGroup, ...] = ()
    number: int = 1
    page_count: int = 1
    first_position: int = 1
    is_near: bool = False
    problem: str = ""


def build_search_page(answer: Answer, kind: Kind | None, number: int, vocabulary: Vocabulary) -> SearchPage:
    """Return the page of what was found, of one kind or in groups; `number` is that of the page, from 1."""
    groups = tuple(
        ResultGroup(each, _capitalise(plural(each)), _lines(answer.found, each, vocabulary), answer.counts[each])
        for each in _order_kinds(answer)
    )
    total = answer.counts.get(kind, 0) if kind else 0
    return SearchPage(
        text=answer.question.text,
        kind=kind,
        summary=_summary(answer, kind),
        groups=groups,
        number=number,
        page_count=max(1, -(-total // PAGE_SIZE)),
        first_position=(number - 1) * PAGE_SIZE + 1,
        is_near=answer.is_near,
    )


def _order_kinds(answer: Answer) -> list[Kind]:
    """Return the kinds in the order of the site, but first of all that of the best result."""
    best = answer.found[0].kind if answer.found else None
    kinds = list(Kind)
    return sorted(answer.counts, key=lambda kind: (kind is not best, kinds.index(kind)))


def _lines(found: Sequence[Found], kind: Kind, vocabulary: Vocabulary) -> tuple[ResultLine, ...]:
    return tuple(describe_found(each, vocabulary) for each in found if each.kind is kind)


def describe_found(found: Found, vocabulary: Vocabulary, language: str = "en") -> ResultLine:
    """Return a thing as a list of results shows it, labels in `language` where there are any."""
    concept = vocabulary.by_iri(found.iri)
    return ResultLine(
        iri=found.iri,
        label=concept.label(language) if concept else found.label,
        language="" if concept else found.language,
        kind=singular(found.kind),
        details=tuple(each for each in _details(found, vocabulary, language) if each),
        reason=_reason(found),
        is_near=found.is_near,
    )


def _details(found: Found, vocabulary: Vocabulary, language: str) -> tuple[str, ...]:
    features = found.features
    concepts = (vocabulary.concept(Kind.ROLE, key) for key in features.roles)
    roles = ", ".join(concept.label(language) for concept in concepts if concept)
    works = ", ".join(f"{name} ({year})" if year else name for name, year in features.works)
    within = ", ".join(features.within)
    start = read_moment(features.start)
    return (
        str(start or ""),
        # The year is a part of most editions' names.
        features.year if not start and features.year not in found.label.split() else "",
        ("by " if found.kind is Kind.WORK else "") + ", ".join(features.makers) if features.makers else "",
        roles,
        f"known for {works}" if works and found.kind is Kind.PERSON else works,
        within,
        f"played by {', '.join(features.players)}" if features.players else "",
    )


def _reason(found: Found) -> Reason | None:
    match = found.match
    if match is None:
        return None
    return Reason(_INTRODUCTIONS[match.relation], match.text, match.language, match.context)


def _summary(answer: Answer, kind: Kind | None) -> str:
    if not answer.question.text:
        return ""
    # Isolated, so that letters written from right to left leave the sentence as it is.
    total, text = answer.total, f"\u2068{answer.question.text}\u2069"
    things = plural(kind) if kind else "things"
    if not total:
        advice = "Look for other words, or fewer." if answer.question.words else "There is no letter or digit in it."
        return f"No {singular(kind) if kind else 'thing'} in this release is called “{text}”. {advice}"
    if answer.is_near:
        return f"Nothing is called “{text}”. {_count(total, kind)} with a name like it:"
    if answer.is_cut:
        return f"More than {CANDIDATE_LIMIT:,} things fit “{text}”; {total:,} {things} were looked at. Add a word to find fewer."
    return f"{_count(total, kind)} for “{text}”"


def _count(total: int, kind: Kind | None) -> str:
    one, several = (singular(kind), plural(kind)) if kind else ("result", "results")
    return f"{total:,} {one if total == 1 else several}"


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
