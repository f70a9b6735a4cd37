"""The page of a search: what was found, in groups, with what tells namesakes apart, and why each thing was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from filmgraph.iris import Kind
from filmgraph.pages.kinds import capitalise, plural, singular
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.moments import read_moment
from filmgraph.search import CANDIDATE_LIMIT, Answer, Found
from filmgraph.search_model import Relation
from filmgraph.vocabulary import Vocabulary

__all__ = ["PAGE_SIZE", "Reason", "ResultGroup", "ResultLine", "SearchPage", "build_search_page", "describe_found"]

PAGE_SIZE: Final = 20
#: Keys of what stands before a name that a thing was found by.
_INTRODUCTIONS: Final = {
    Relation.ALTERNATE: "search.also-known-as",
    Relation.CREDITED: "search.credited-as",
    Relation.CHARACTER: "search.plays",
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


def build_search_page(
    answer: Answer, kind: Kind | None, number: int, vocabulary: Vocabulary, messages: Messages = ENGLISH
) -> SearchPage:
    """Return the page of what was found, of one kind or in groups; `number` is that of the page, from 1."""
    groups = tuple(
        ResultGroup(
            each,
            capitalise(plural(each, messages)),
            tuple(describe_found(found, vocabulary, messages) for found in answer.found if found.kind is each),
            answer.counts[each],
        )
        for each in _order_kinds(answer)
    )
    total = answer.counts.get(kind, 0) if kind else 0
    return SearchPage(
        text=answer.question.text,
        kind=kind,
        summary=_summary(answer, kind, messages),
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


def describe_found(found: Found, vocabulary: Vocabulary, messages: Messages = ENGLISH) -> ResultLine:
    """Return a thing as a list of results shows it, labels in the language of `messages` where there are any."""
    concept = vocabulary.by_iri(found.iri)
    return ResultLine(
        iri=found.iri,
        label=concept.label(messages.language) if concept else found.label,
        language="" if concept else found.language,
        kind=singular(found.kind, messages),
        details=tuple(each for each in _details(found, vocabulary, messages) if each),
        reason=_reason(found, messages),
        is_near=found.is_near,
    )


def _details(found: Found, vocabulary: Vocabulary, messages: Messages) -> tuple[str, ...]:
    features = found.features
    concepts = (vocabulary.concept(Kind.ROLE, key) for key in features.roles)
    roles = ", ".join(concept.label(messages.language) for concept in concepts if concept)
    makers, players = ", ".join(features.makers), ", ".join(features.players)
    works = ", ".join(f"{name} ({year})" if year else name for name, year in features.works)
    within = ", ".join(features.within)
    start = read_moment(features.start, messages)
    return (
        str(start or ""),
        # The year is a part of most editions' names.
        features.year if not start and features.year not in found.label.split() else "",
        messages("search.by", names=makers) if makers and found.kind is Kind.WORK else makers,
        roles,
        messages("search.known-for", works=works) if works and found.kind is Kind.PERSON else works,
        within,
        messages("search.played-by", names=players) if players else "",
    )


def _reason(found: Found, messages: Messages) -> Reason | None:
    match = found.match
    if match is None:
        return None
    key = _INTRODUCTIONS.get(match.relation)
    return Reason(messages(key) if key else "", match.text, match.language, match.context)


def _summary(answer: Answer, kind: Kind | None, messages: Messages) -> str:
    if not answer.question.text:
        return ""
    # Isolated, so that letters written from right to left leave the sentence as it is.
    total, text = answer.total, f"\u2068{answer.question.text}\u2069"
    if not total:
        advice = messages("search.other-words" if answer.question.words else "search.no-letter")
        thing = singular(kind, messages) if kind else messages("search.thing")
        return messages("search.nothing", thing=thing, text=text, advice=advice)
    if answer.is_near:
        return messages("search.near", text=text, found=_count(total, kind, messages))
    if answer.is_cut:
        things, limit = plural(kind, messages) if kind else messages("search.things"), messages.number(CANDIDATE_LIMIT)
        return messages("search.cut", limit=limit, text=text, number=messages.number(total), things=things)
    return messages("search.found", found=_count(total, kind, messages), text=text)


def _count(total: int, kind: Kind | None, messages: Messages) -> str:
    if kind is None:
        return messages.count("count.results", total)
    return f"{messages.number(total)} {messages.kind(kind.segment, total)}"
