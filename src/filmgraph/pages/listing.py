"""A page of a list: its lines, what it is narrowed down by, and what it can be narrowed down by further."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.describe import Listed
from filmgraph.facets import FacetAnswer, FacetChoice, FacetValue
from filmgraph.facets_model import FACETS, Facet
from filmgraph.iris import Kind
from filmgraph.pages.kinds import capitalise, plural
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.moments import Moment, read_moment
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "FacetChip",
    "FacetGroup",
    "FacetLink",
    "FacetPage",
    "ListLine",
    "ListPage",
    "build_facets",
    "build_lines",
    "choice_fields",
    "list_title",
]

#: How many values of a facet a page offers; it says when there are more.
_SHOWN: Final = 100

_CONCEPTS: Final = {
    Facet.COUNTRY: Kind.COUNTRY, Facet.GENRE: Kind.GENRE, Facet.FORM: Kind.FORM, Facet.LANGUAGE: Kind.LANGUAGE,
    Facet.ROLE: Kind.ROLE,
}  # fmt: skip
#: Values that have an order of their own; all others go by how many things they leave.
_IN_ORDER: Final = (Facet.DECADE, Facet.YEAR)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One thing in a list."""

    iri: str
    name: str
    date: Moment | None


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One choice: the fields of the address of the list that it leads to, and how many things stand there."""

    label: str
    count: int
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FacetChip:
    """What is chosen of a facet, with the fields of the address of the list without it."""

    label: str
    value: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The choices of one facet, the chosen one left out; `more` is how many are not shown."""

    facet: Facet
    label: str
    links: tuple[FacetLink, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class FacetPage:
    """What a list is narrowed down by, and what else can be chosen."""

    chosen: tuple[FacetChip, ...]
    groups: tuple[FacetGroup, ...]

    @property
    def words(self) -> str:
        """What is chosen, for a title."""
        return ", ".join(each.value for each in self.chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list. Positions and page numbers count from 1. `fields` are the choices as the fields of its address."""

    kind: Kind
    title: str
    lines: tuple[ListLine, ...]
    total: int
    number: int
    page_count: int
    first_position: int
    fields: tuple[tuple[str, str], ...] = ()
    facets: FacetPage | None = None


def build_lines(things: Iterable[Listed], vocabulary: Vocabulary, messages: Messages = ENGLISH) -> tuple[ListLine, ...]:
    """Return things as lines of a list."""
    return tuple(ListLine(each.iri, _name(each, vocabulary, messages), read_moment(each.date, messages)) for each in things)


def choice_fields(kind: Kind, choice: FacetChoice) -> tuple[tuple[str, str], ...]:
    """Return what is chosen as the fields of an address, always in the same order."""
    return tuple((facet.value, choice[facet]) for facet in FACETS[kind] if facet in choice)


def build_facets(
    kind: Kind, answer: FacetAnswer, choice: FacetChoice, vocabulary: Vocabulary, messages: Messages = ENGLISH
) -> FacetPage:
    """Return what a list offers to choose; nothing that would leave no thing, and nothing that would leave all."""
    chosen = tuple(
        FacetChip(_heading(facet, messages), _label(each, vocabulary, messages), choice_fields(kind, _without(choice, facet)))
        for facet, values in answer.values.items()
        for each in values
        if each.is_chosen
    )
    words = (vocabulary, messages)
    groups = (_group(kind, facet, values, choice, answer.total, *words) for facet, values in answer.values.items())
    return FacetPage(chosen, tuple(each for each in groups if each.links))


def _group(
    kind: Kind,
    facet: Facet,
    values: Sequence[FacetValue],
    choice: FacetChoice,
    total: int,
    vocabulary: Vocabulary,
    messages: Messages,
) -> FacetGroup:
    offered = [each for each in values if not each.is_chosen and (facet in choice or each.count < total)]
    found = [(each, _label(each, vocabulary, messages)) for each in offered]
    if facet not in _IN_ORDER:
        found.sort(key=lambda each: (-each[0].count, each[1].casefold(), each[0].value))
    links = tuple(
        FacetLink(label, each.count, choice_fields(kind, {**_without(choice, facet), facet: each.value})) for each, label in found
    )
    return FacetGroup(facet, _heading(facet, messages), links[:_SHOWN], max(0, len(links) - _SHOWN))


def _without(choice: FacetChoice, facet: Facet) -> dict[Facet, str]:
    """Return a choice without a facet and without what was chosen within it."""
    return {each: value for each, value in choice.items() if facet not in (each, each.parent)}


def _heading(facet: Facet, messages: Messages) -> str:
    return messages(f"facet.{facet.value}")


def _label(value: FacetValue, vocabulary: Vocabulary, messages: Messages) -> str:
    if value.facet is Facet.DECADE:
        return messages("facet.decade-value", year=value.value)
    concept = vocabulary.concept(_CONCEPTS[value.facet], value.value) if value.facet in _CONCEPTS else None
    return concept.label(messages.language) if concept else value.label or value.value


def _name(listed: Listed, vocabulary: Vocabulary, messages: Messages) -> str:
    concept = vocabulary.by_iri(listed.iri)
    return concept.label(messages.language) if concept else listed.name or listed.iri.rpartition("/")[2]


def list_title(kind: Kind, messages: Messages = ENGLISH) -> str:
    """Return the heading of a list."""
    return capitalise(plural(kind, messages))
