"""One pending change in the words of a language: what happens to a thing, its old and new values, and the source of these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from filmgraph.changelog import Change, ChangeType
from filmgraph.changes_things import split_line
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, XSD, shorten
from filmgraph.pages.messages import Messages
from filmgraph.pages.wording import word_place
from filmgraph.remarks import Naming
from filmgraph.remarks_texts import load_texts
from filmgraph.vocabulary import Vocabulary

__all__ = ["Facts", "Told", "tell_change"]

#: What follows from other facts, or says how a fact is known: not what an editor has changed.
_FOLLOWING: Final = frozenset(
    {RDF.type, SCHEMA.duration, SCHEMA.eventAttendanceMode, PROV.wasDerivedFrom, FG.credit, FG.certainty, FG.reason}
)
_LANGUAGES: Final = frozenset({SCHEMA.inLanguage, SCHEMA.subtitleLanguage})
_MOVES: Final = {SCHEMA.startDate: "pending.moved-time", SCHEMA.location: "pending.moved-place"}
_CREDIT: Final = Kind.CREDIT.segment
_SCREENING: Final = Kind.SCREENING.segment
_Line = tuple[bytes, ox.NamedNode | ox.Literal]


@dataclass(frozen=True, slots=True)
class Told:
    """One change: of what kind of thing, its name and IRI, what happened in a sentence, and each value that differs."""

    kind: str
    thing: str
    type: ChangeType
    head: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of things, and in what language it is told; `place_of` gives where a new fact (a line) stands."""

    iris: IriScheme
    vocabulary: Vocabulary
    language: str
    naming: Naming
    place_of: Callable[[bytes], str]

    @property
    def messages(self) -> Messages:
        """The words of the language."""
        return load_texts(self.language)

    def name(self, iri: str) -> str:
        """Return what a thing, a concept or a term is called."""
        concept = self.vocabulary.by_iri(iri)
        if concept is not None:
            return concept.label(self.language)
        thing = self.iris.parse(iri)
        if thing is not None:
            key = f"{thing.kind.segment}/{thing.key}"
            return self.naming(key) or thing.key
        return self.vocabulary.term_label(iri, self.language) or shorten(iri)

    def label(self, property_iri: str) -> str:
        """Return what a property is called."""
        return self.vocabulary.term_label(property_iri, self.language) or shorten(property_iri)


def tell_change(change: Change, before: list[bytes], after: list[bytes], facts: Facts) -> Told | None:
    """Return a change in words; None for what only follows from the change of another thing."""
    details: tuple[str, ...] = ()
    if change.type is ChangeType.UPDATE:
        details = tuple(_tell_values(change, before, after, facts))
        if not details:
            return None
    elif change.kind == _CREDIT:
        # The film tells who came and who went.
        return None
    return Told(change.kind, change.thing, change.type, _head(change, before, after, facts), details)


def _head(change: Change, before: list[bytes], after: list[bytes], facts: Facts) -> str:
    messages = facts.messages
    name = _credit_name(after or before, facts) if change.kind == _CREDIT else change.name
    if change.kind == _SCREENING:
        name = _screening_name(change.name, before or after, facts)
    what = name if change.kind == _CREDIT else messages("change.thing", kind=messages.kind(change.kind), name=name)
    if change.survivor:
        merged = messages("change.thing-merged", what=what, survivor=facts.name(change.survivor))
        return merged[:1].upper() + merged[1:]
    said = messages(f"change.thing-{'moved' if change.is_move else change.type.verb}", what=what)
    said = said[:1].upper() + said[1:]
    return _with_source(said, after, facts) if change.type is ChangeType.CREATE else said


def _screening_name(name: str, lines: list[bytes], facts: Facts) -> str:
    """Return what tells a screening from others of its film: when it was."""
    starts = [_show(SCHEMA.startDate, value, facts) for line, value in map(_parse, lines) if _predicate(line) == SCHEMA.startDate]
    return f"{name}, {starts[0]}" if starts else name


def _credit_name(lines: list[bytes], facts: Facts) -> str:
    """Return whose credit it is, and for what."""
    agents = [value.value for _, value in map(_parse, lines) if isinstance(value, ox.NamedNode)]
    people = [each for each in agents if (thing := facts.iris.parse(each)) and thing.kind in (Kind.PERSON, Kind.ORG)]
    roles = [facts.name(value.value) for line, value in map(_parse, lines) if _predicate(line) == SCHEMA.roleName]
    return facts.messages("pending.credit", agent=facts.name(people[0]) if people else "?", work=", ".join(roles) or "?")


def _tell_values(change: Change, before: list[bytes], after: list[bytes], facts: Facts) -> Iterator[str]:
    """Yield each property with its old and new values."""
    old, new = _differing(before, after), _differing(after, before)
    messages = facts.messages
    for iri in sorted(old.keys() | new.keys(), key=facts.label):
        said, said_new = (_join(iri, lines, facts) for lines in (old.get(iri, []), new.get(iri, [])))
        values = {"label": facts.label(iri), "before": said, "after": said_new}
        if said and said_new:
            is_move = change.kind == _SCREENING and iri in _MOVES
            text = messages(_MOVES[iri] if is_move else "pending.changed", **values)
        else:
            text = messages("pending.added" if said_new else "pending.removed", **values)
        yield _with_source(text, [line for line, _ in new.get(iri, [])], facts)


def _with_source(text: str, lines: Iterable[bytes], facts: Facts) -> str:
    """Return a sentence with where the first of the facts behind it stands."""
    place = next((found for line in lines if (found := facts.place_of(line))), "").partition("; ")[0]
    if not place:
        return text
    return facts.messages("pending.source", text=text, place=word_place(place.rpartition("/")[2], facts.messages))


def _differing(lines: list[bytes], others: list[bytes]) -> dict[str, list[_Line]]:
    """Return by property what only `lines` say, without what follows from other facts."""
    missing = set(others)
    found: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        if line not in missing and _predicate(line) not in _FOLLOWING:
            found[_predicate(line)].append(_parse(line))
    return dict(found)


def _predicate(line: bytes) -> str:
    return split_line(line)[1][1:-1].decode()


def _parse(line: bytes) -> _Line:
    (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.NamedNode | ox.Literal)
    return line, quad.object


def _join(property_iri: str, lines: list[_Line], facts: Facts) -> str:
    return ", ".join(_show(property_iri, value, facts) for _, value in lines)


def _show(property_iri: str, value: ox.NamedNode | ox.Literal, facts: Facts) -> str:
    """Return one value as a person reads it."""
    if isinstance(value, ox.NamedNode):
        return facts.name(value.value)
    if property_iri == FG.runtimeMinutes:
        return facts.messages("pending.minutes", n=value.value)
    if property_iri in _LANGUAGES:
        language = facts.vocabulary.concept(Kind.LANGUAGE, value.value)
        return language.label(facts.language) if language else value.value
    if value.datatype.value == XSD.dateTime:
        return value.value[:16].replace("T", " ")
    return f"“{value.value}”" if value.datatype.value in (XSD.string, RDF.langString) else value.value
