"""Statements about a thing → its record: each statement becomes a fact, is structure, or is listed with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, ConceptRef, Fact, Identifier, Link, PartialDate, Prose, Ref, Text, Thing, Value
from filmgraph.namespaces import SCHEMA
from filmgraph.sources.rdf.account import NO_PLACE, Account
from filmgraph.sources.rdf.credits import Credits
from filmgraph.sources.rdf.draft import Draft
from filmgraph.sources.rdf.graph import BLANK_NODE, NODE, QUOTED, Graph, Said
from filmgraph.sources.rdf.nodes import ADDRESS_FIELDS, Nodes
from filmgraph.sources.rdf.profile import Profile
from filmgraph.sources.rdf.terms import DERIVED, INVERSES, SINGLE, Rule
from filmgraph.sources.rdf.things import Keys, Things
from filmgraph.sources.rdf.values import Literals, Parsed, Qualified, Why, wikidata_entity

__all__ = ["Builder"]

#: What a handler returns for a statement that is structure; None is for one that became a fact, a text for one that is listed.
STRUCTURE: Final = ""
_NOT_DESCRIBED: Final = "the file does not describe what it refers to"
_WRONG_KIND: Final = "it refers to a thing of another kind"
_NO_TEXT: Final = "it is no text"
_ASKED: Final = "the profile does not ask for names in this language"
_RIGHTS: Final = "nobody is named who has the rights in the text: give the source a publisher in filmgraph.toml"
_HOLDER: Final = "The publisher of the source is taken for the holder of the rights."
_PICTURE_RIGHTS: Final = "nobody is named who has the rights in the picture"
_SAID_BETTER: Final = "another property says it better"
_QUOTED: Final = "it is a statement about a statement"
_RIGHTS_IN: Final = frozenset({SCHEMA.license, SCHEMA.creditText, SCHEMA.copyrightHolder})
#: What is read of a node that is no thing of its own.
_OF_NODES: Final = frozenset(
    {"minutes", "genre", "form", "country", "language", "country_code", "identifier", "address", "geo", "credit_node"}
)
Outcome = str | None


@dataclass(slots=True)
class Builder:
    """Makes the records of a graph, which is used up."""

    graph: Graph
    things: Things
    keys: Keys
    profile: Profile
    literals: Literals
    nodes: Nodes
    credits: Credits
    account: Account
    path: str
    publisher: str = ""
    _rules: dict[Kind, Mapping[str, Rule]] = field(default_factory=dict)

    def build(self) -> Iterator[Thing]:
        """Yield the records in the order in which the file speaks of the things."""
        for subject in self.graph.subjects():
            if subject in self.things.kinds:
                draft = self._read(subject)
                thing = draft.build()
                yield thing
                yield from self._iter_texts(draft, thing)
        for subject in self.graph.subjects():
            if subject not in self.nodes.done:
                self.nodes.settle_rest(subject, self._why(subject))

    def _why(self, subject: str) -> str:
        node = self.things.nodes.get(subject)
        whole = self.things.why.get(subject.partition("#")[0])
        return node.why if node else whole or self.things.why.get(subject, NO_PLACE)

    def _read(self, subject: str) -> Draft:
        ref = self.things.ref(subject, self.keys)
        assert ref is not None, "the subject is a thing"
        statements = self.graph.pop(subject)
        draft = Draft(ref, subject, self._place(statements[0], subject), self.things.labels.get(subject, ""))
        rules = self._rules.get(ref.kind) or self._rules.setdefault(ref.kind, self.profile.rules_for(ref.kind))
        has_rights = ref.kind is not Kind.IMAGE or any(each.predicate in _RIGHTS_IN for each in statements)
        seen: set[tuple[str, ...]] = set()
        for said in statements:
            what = said[:3]
            if what in seen:
                self.account.repeat(said.predicate)
                continue
            seen.add(what)
            if said.predicate in self.profile.types:
                self.account.build(said.predicate)
                continue
            place = SourcePlace(self.path, said.line) if said.line else draft.place
            rule = rules.get(said.predicate) if has_rights or said.predicate != SCHEMA.contentUrl else None
            outcome = self._handle(rule, said, draft, place)
            if outcome is None:
                self.account.take(said.predicate)
            else:
                self._settle(said, place, outcome)
        self._finish(draft, rules)
        return draft

    def _finish(self, draft: Draft, rules: Mapping[str, Rule]) -> None:
        self._take_implied(draft, rules)
        self._take_later(draft)
        self.credits.finish(draft)
        form = self.things.forms.get(draft.subject)
        if form and not draft.facts.get("form"):
            draft.add("form", Fact(ConceptRef(Kind.FORM, form), draft.place))
        if self.keys.is_published(draft.subject):
            link = Link(wikidata_entity(draft.subject))
            if not draft.has("same_as", link):
                draft.add("same_as", Fact(link, draft.place))

    def _take_implied(self, draft: Draft, rules: Mapping[str, Rule]) -> None:
        """Take what other things say of this one: an edition names its screenings, a venue its halls."""
        by_origin = {(predicate, said.value): said for predicate, said in reversed(self.things.implied.get(draft.subject, ()))}
        for (predicate, origin), said in reversed(by_origin.items()):
            rule = rules.get(said.predicate)
            # What no thing says is accounted for there.
            if rule is not None and origin in self.things.kinds:
                place = self._place(said, said.value)
                self._settle(Said(predicate, draft.subject, said.kind, said.line), place, self._handle(rule, said, draft, place))

    def _settle(self, said: Said, place: SourcePlace, outcome: Outcome | object) -> None:
        """Account for a statement; one that is taken up later is accounted for then."""
        if outcome is None:
            self.account.take(said.predicate)
        elif outcome == STRUCTURE:
            self.account.build(said.predicate)
        elif isinstance(outcome, str):
            self.account.list(said.predicate, outcome, said.value, place)

    def _place(self, said: Said, subject: str) -> SourcePlace:
        return SourcePlace(self.path, said.line) if said.line else SourcePlace(self.path, subject=subject)

    def _handle(self, rule: Rule | None, said: Said, draft: Draft, place: SourcePlace) -> Outcome | object:
        if rule is None:
            return self._handle_other(said, draft)
        if said.kind == QUOTED:
            return _QUOTED
        if rule.kind in _OF_NODES and said.is_node and said.value in self.things.kinds:
            return _WRONG_KIND
        if rule.is_last:
            draft.later.append((rule, said, place))
            return _LATER
        return _HANDLERS[rule.kind](self, rule, said, draft, place)

    def _handle_other(self, said: Said, draft: Draft) -> Outcome | object:
        if said.predicate in DERIVED and draft.kind in (Kind.FILM, Kind.SCREENING):
            return STRUCTURE if self._is_derived(said, draft) else NO_PLACE
        if said.predicate in INVERSES:
            kind = self.things.kinds.get(said.value)
            if kind is None:
                return _NOT_DESCRIBED
            return _LATER if INVERSES[said.predicate] in self.profile.rules_for(kind) else _WRONG_KIND
        if draft.kind is Kind.IMAGE and said.predicate == SCHEMA.contentUrl:
            return _PICTURE_RIGHTS
        return NO_PLACE

    def _is_derived(self, said: Said, draft: Draft) -> bool:
        """Whether a statement of one of our releases follows from others, or is what any release says."""
        if said.predicate == SCHEMA.eventAttendanceMode:
            return said.value == SCHEMA.OfflineEventAttendanceMode
        return self.keys.own_key(draft.subject, draft.kind) is not None

    def _add(self, rule: Rule, value: Value | Qualified, draft: Draft, place: SourcePlace) -> Outcome:
        """Add a value to a field, unless the field is full."""
        reason = rule.reason
        if isinstance(value, Qualified):
            reason, value = value.reason, value.value
        if draft.facts.get(rule.field):
            if draft.has(rule.field, value):
                return STRUCTURE
            if rule.field in SINGLE:
                return f"the model keeps one {rule.field.replace('_', ' ')} of a thing, and another stands before"
        certainty = Certainty.INFERRED if reason else Certainty.STATED
        fact: Fact[Any] = Fact(value, place, certainty, reason)
        (draft.originals if rule.drops_tag else draft.facts[rule.field]).append(fact)
        return None

    def _literal(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        """Read a value that only a literal can be; addresses and codes may be IRIs too."""
        if said.is_node and rule.kind == "minutes":
            value = self.nodes.minutes(said.value)
        elif said.is_node and (said.kind == BLANK_NODE or rule.kind not in ("link", "status")):
            return "it is no value but a thing"
        else:
            value = self.literals.parse(rule.kind, said.value, said.kind)
        if isinstance(value, Why):
            return str(value)
        return self._add(rule, _to_year(value) if rule.takes_year else value, draft, place)

    def _text(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        if said.is_node:
            return _NO_TEXT
        value = self.literals.parse("text", said.value, said.kind)
        if isinstance(value, Why):
            return str(value)
        languages = self.profile.languages
        assert isinstance(value, Text)
        if languages and value.language and value.language.partition("-")[0] not in languages:
            return _ASKED
        return self._add(rule, value, draft, place)

    def _part_of_name(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        value = self.literals.parse("text", said.value, said.kind)
        if said.is_node or not isinstance(value, Text):
            return _NO_TEXT
        if rule.field in draft.parts:
            return _SAID_BETTER
        draft.parts[rule.field] = Fact(value, place)
        return STRUCTURE

    def _concept(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        if said.is_node:
            value = self.nodes.concept(said.value, rule.kind)
        else:
            value = self.literals.parse(rule.kind, said.value, said.kind)
        return str(value) if isinstance(value, Why) else self._add(rule, value, draft, place)

    def _ref(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        found = self.find_ref(rule, said)
        return found if isinstance(found, str) else self._add(rule, found, draft, place)

    def find_ref(self, rule: Rule, said: Said) -> Ref | str:
        """Return the thing that a statement refers to, or why there is none."""
        if not said.is_node:
            value = self.literals.parse("string", said.value, said.kind)
            if isinstance(value, Why) or "://" in said.value:
                return _NOT_DESCRIBED if "://" in said.value else str(value)
            return Ref(rule.to[0], str(value))
        ref = self.things.ref(said.value, self.keys)
        if ref is not None:
            return ref if ref.kind in rule.to else _WRONG_KIND
        for kind in rule.to:
            key = self.keys.own_key(said.value, kind)
            if key is not None:
                return Ref(kind, key, key=key)
        return _NOT_DESCRIBED if said.value not in self.graph else self._why(said.value)

    def _identifier(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        if said.kind == BLANK_NODE or (said.kind == NODE and said.value in self.graph):
            code = self.nodes.identifier(said.value)
            return str(code) if isinstance(code, Why) else self._add(rule, code, draft, place) or STRUCTURE
        if rule.scheme:
            text = self.literals.parse("string", said.value.rpartition("/")[2] if said.is_node else said.value, said.kind)
            value: Parsed = text if isinstance(text, Why) else Identifier(rule.scheme, str(text))
        else:
            value = self.literals.parse("identifier", said.value, said.kind)
        return str(value) if isinstance(value, Why) else self._add(rule, value, draft, place)

    def _address(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        if not said.is_node or said.value not in self.graph:
            return "it is no address of parts: street, post code, town, country"
        if any(draft.facts.get(name) for _, name, _ in ADDRESS_FIELDS):
            return "the model keeps one address of a venue, and another stands before"
        for name, value, line in self.nodes.address(said.value):
            draft.add(name, Fact(value, self._place(line, draft.subject)))
        return STRUCTURE

    def _geo(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        if not said.is_node or said.value not in self.graph:
            return "it is no latitude and longitude"
        if draft.facts.get("latitude"):
            return "the model keeps one position of a venue, and another stands before"
        for name, value, line in self.nodes.geo(said.value):
            draft.add(name, Fact(value, self._place(line, draft.subject)))
        return STRUCTURE

    def _prose(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        """Take a description as somebody's text, which is kept out of the CC0 graph."""
        if said.is_node or not said.value.strip():
            return _NO_TEXT
        if not self.publisher:
            return _RIGHTS
        language = said.kind[1:] if said.kind.startswith("@") else None
        if any(each.value.language == language for each in draft.texts):
            return "the model keeps one text of a source on a thing in each language, and another stands before"
        draft.texts.append(Fact(Text(said.value.strip(), language), place))
        return None

    def _iter_texts(self, draft: Draft, about: Thing) -> Iterator[Thing]:
        """Yield the texts about a thing, as works of the source's publisher."""
        title = about.name[0].value.value if about.name else about.ref.name
        for fact in draft.texts:
            name = f"Text on {title}" + (f" ({fact.value.language})" if fact.value.language else "")
            holder = Fact(Ref(Kind.ORG, self.publisher), fact.place, Certainty.INFERRED, _HOLDER)
            yield Prose(
                ref=Ref(Kind.TEXT, name, within=about.ref),
                place=fact.place,
                name=(Fact(Text(name), fact.place),),
                about=(Fact(about.ref, fact.place),),
                text=(fact,),
                copyright_holder=(holder,),
            )

    def _credit(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome | object:
        """Take a direct edge, or a role node in its place; edges wait, since a node may say the same and more."""
        if said.is_node and said.value in self.things.nodes and self.things.nodes[said.value].name == "role":
            return self.credits.read_node(said.value, said.predicate, rule, draft, place, self.find_ref)
        if not said.is_node and any(sign in said.value for sign in (",", ";", " & ", " / ")):
            return "it may be several names in one text"
        found = self.find_ref(rule, said)
        if isinstance(found, str):
            return found
        draft.edges.append((rule, said, found, place))
        return _LATER

    def _credit_node(self, rule: Rule, said: Said, draft: Draft, place: SourcePlace) -> Outcome:
        if not said.is_node or said.value not in self.graph:
            return _NOT_DESCRIBED
        return self.credits.read_node(said.value, "", rule, draft, place, self.find_ref)

    def _take_later(self, draft: Draft) -> None:
        """Take up what counts only where nothing else gives the field a value; of several dates the earliest."""
        for rule, said, place in sorted(draft.later, key=lambda each: each[1].value if each[0].field == "date_created" else ""):
            waits = bool(draft.facts.get(rule.field)) or (rule.field == "name" and bool(draft.originals))
            if rule.kind == "part_of_name" and (names := draft.facts.get("name")):
                outcome: object = STRUCTURE if said.value.strip() in names[0].value.value else _SAID_BETTER
            elif waits and rule.field != "name":
                same = self.literals.parse(rule.kind, said.value, said.kind)
                outcome = STRUCTURE if draft.has(rule.field, same) else _SAID_BETTER
            else:
                outcome = _HANDLERS[rule.kind](self, rule, said, draft, place)
            self._settle(said, place, outcome)


def _to_year(value: Value | Qualified) -> Value | Qualified:
    """Return a date without its month and day."""
    if isinstance(value, Qualified):
        return Qualified(PartialDate(value.value.value[:4]), value.reason)
    return PartialDate(value.value[:4]) if isinstance(value, PartialDate) else value


class _Later:
    """Stands for what is not decided yet."""


_LATER: Final = _Later()


_Handler = Callable[[Builder, Rule, Said, Draft, SourcePlace], "Outcome | object"]
_HANDLERS: Final[Mapping[str, _Handler]] = {
    "text": Builder._text,
    "part_of_name": Builder._part_of_name,
    **dict.fromkeys(("string", "date", "moment", "minutes", "degrees", "integer", "boolean", "status", "link"), Builder._literal),
    **dict.fromkeys(("genre", "form", "country", "language", "country_code"), Builder._concept),
    "ref": Builder._ref,
    "identifier": Builder._identifier,
    "address": Builder._address,
    "geo": Builder._geo,
    "prose": Builder._prose,
    "credit": Builder._credit,
    "credit_node": Builder._credit_node,
}
