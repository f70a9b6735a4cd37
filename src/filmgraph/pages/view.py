"""Reads a description for the pages: labels, values, facts with their sources, screenings and credits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode

from filmgraph.describe import Description, Incoming, Statement
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, VOID, XSD, shorten
from filmgraph.pages.kinds import group_label, singular
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import CreditLine, DataRow, Fact, FactValue, Group, Reference, ScreeningDay, ScreeningLine, SourceNote
from filmgraph.pages.moments import Moment, duration_text, read_moment
from filmgraph.pages.wording import word_place
from filmgraph.programme import evening_of
from filmgraph.programme_record import read_day
from filmgraph.stores.base import Term
from filmgraph.vocabulary import Vocabulary

__all__ = ["CREDIT_PROPERTIES", "View"]

#: The properties of a credit that name its agent.
CREDIT_PROPERTIES = (
    SCHEMA.director,
    SCHEMA.author,
    SCHEMA.actor,
    SCHEMA.producer,
    SCHEMA.productionCompany,
    SCHEMA.musicBy,
    SCHEMA.editor,
    SCHEMA.translator,
    SCHEMA.performer,
    SCHEMA.contributor,
)
# What a page shows elsewhere than among its facts.
_NO_FACTS = frozenset({RDF.type, FG.credit, *CREDIT_PROPERTIES})
_DATES = frozenset({XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth})
# Real films are shown at made-up festivals; halls and guests are made up with them.
_MADE_UP_WITH_EVENTS = frozenset({Kind.PERSON, Kind.ORG, Kind.VENUE, Kind.HALL})
_FIRST_FACTS = (SCHEMA.name, SCHEMA.alternateName, SCHEMA.dateCreated, SCHEMA.duration)
# That the dataset names a thing as an example of its kind tells nothing about the thing.
_EXAMPLE = (str(VOID.exampleResource), Kind.DATASET)


@dataclass(frozen=True, slots=True)
class View:
    """A description with the words for what it says, in the language of the pages."""

    description: Description
    vocabulary: Vocabulary
    messages: Messages = ENGLISH

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.messages.language

    @property
    def iri(self) -> str:
        """The described thing."""
        return self.description.iri

    def kind(self, iri: str) -> Kind | None:
        """The kind of one of our things."""
        thing = self.description.scheme.parse(iri)
        return thing.kind if thing else None

    def term(self, iri: str) -> str:
        """Return what a property or class is called: by its label in the vocabulary, else by its name in words."""
        known = self.vocabulary.term_label(iri, self.language)
        return known or _words(shorten(iri).rpartition(":")[2])

    def label(self, iri: str) -> str:
        """Return what a thing, concept or term is called."""
        concept = self.vocabulary.by_iri(iri)
        name = concept.label(self.language) if concept else self.description.name(iri, self.language)
        if name:
            return name
        kind = self.kind(iri)
        if kind is Kind.CREDIT and "#" not in iri:
            return self._credit_label(iri)
        if kind is not None:
            fragment = iri.partition("#")[2]
            return self._part_label(iri, fragment) if fragment else iri.rpartition("/")[2]
        return self.vocabulary.term_label(iri, self.language) or self._state_label(iri) or shorten(iri)

    def _state_label(self, iri: str) -> str:
        """Return one of schema.org's event states in words: `EventMovedOnline` → `moved online`; empty for another IRI."""
        return self.messages.get(f"state.{iri.removeprefix(SCHEMA)}") if iri.startswith(SCHEMA) else ""

    def moment(self, text: str) -> Moment | None:
        """Return a date or time as the page shows it; None for what is neither."""
        return read_moment(text, self.messages)

    def _credit_label(self, iri: str) -> str:
        agents = [self.label(each) for each in self.description.iris(iri, *CREDIT_PROPERTIES)]
        roles = [self.label(each) for each in self.description.iris(iri, SCHEMA.roleName)]
        return f"{', '.join(agents)} ({', '.join(roles)})" if agents and roles else iri.rpartition("/")[2]

    def _part_label(self, iri: str, fragment: str) -> str:
        address = ", ".join(self.address(iri))
        scheme, value = (self.description.text(iri, each) for each in (SCHEMA.propertyID, SCHEMA.value))
        return address or (f"{scheme}: {value}" if scheme and value else fragment)

    def reference(self, iri: str) -> Reference:
        """Return a link to a thing, with the year of a film or the start of a screening."""
        name = next(iter(self.description.literals(iri, SCHEMA.name)), None)
        kind = self.kind(iri)
        year = self.description.text(iri, SCHEMA.dateCreated)[:4] if kind is Kind.FILM else ""
        moment = self.moment(self.description.text(iri, SCHEMA.startDate)) if kind is Kind.SCREENING else None
        return Reference(
            self.label(iri), iri, name.language if name and kind is not None and not kind.is_vocabulary else None, year, moment
        )

    def references(self, subject_iri: str, *predicate_iris: str) -> tuple[Reference, ...]:
        """Return links to the values of some properties, each once, sorted by label."""
        found = dict.fromkeys(self.description.iris(subject_iri, *predicate_iris))
        return tuple(sorted((self.reference(each) for each in found), key=lambda each: (each.label.casefold(), each.iri or "")))

    def value(self, term: Term, predicate_iri: str = "") -> Reference:
        """Return any value as a page shows it."""
        if isinstance(term, NamedNode):
            return self.reference(term.value)
        if not isinstance(term, Literal):
            raise TypeError(f"{term} is neither an IRI nor a literal")
        datatype = term.datatype.value
        if datatype in _DATES and (moment := self.moment(term.value)):
            return Reference(str(moment), moment=moment)
        if datatype == XSD.duration:
            return Reference(duration_text(term.value, self.messages))
        if datatype == XSD.boolean:
            return Reference(self.messages("word.yes" if term.value in ("true", "1") else "word.no"))
        if predicate_iri in (SCHEMA.inLanguage, SCHEMA.subtitleLanguage):
            return self.language_reference(term.value)
        return Reference(term.value, language=term.language)

    def language_reference(self, tag: str) -> Reference:
        """Return a link to a language by its tag; the bare tag when the scheme does not have it."""
        concept = self.vocabulary.concept(Kind.LANGUAGE, tag)
        return Reference(concept.label(self.language), concept.iri) if concept else Reference(tag)

    def address(self, part_iri: str) -> tuple[str, ...]:
        """Return the lines of a postal address."""
        text = self.description.text
        town = f"{text(part_iri, SCHEMA.postalCode)} {text(part_iri, SCHEMA.addressLocality)}".strip()
        country = text(part_iri, SCHEMA.addressCountry)
        concept = self.vocabulary.concept(Kind.COUNTRY, country) if country else None
        lines = (text(part_iri, SCHEMA.streetAddress), town, concept.label(self.language) if concept else country)
        return tuple(each for each in lines if each)

    # Facts and sources.

    def facts(self, *left_out: str) -> tuple[Fact, ...]:
        """Return the thing's properties with their sources, without those that the page shows elsewhere."""
        about = [each for each in self.description.statements if each.subject_iri == self.iri]
        predicates = {t.predicate.value for t in self.description.triples if str(t.subject) == f"<{self.iri}>"}
        predicates |= {each.predicate_iri for each in about if each.outcome == "overruled"}
        wanted = predicates - _NO_FACTS - set(left_out)
        ordered = sorted(
            wanted, key=lambda p: (_FIRST_FACTS.index(p) if p in _FIRST_FACTS else len(_FIRST_FACTS), self.term(p).casefold(), p)
        )
        return tuple(self._fact(predicate, about) for predicate in ordered)

    def link_facts(self) -> tuple[Fact, ...]:
        """Return the links to agents and credits, for the pages that show them nowhere else."""
        about = [each for each in self.description.statements if each.subject_iri == self.iri]
        wanted = [each for each in (FG.credit, *CREDIT_PROPERTIES) if self.description.values(self.iri, each)]
        return tuple(self._fact(each, about) for each in wanted)

    def _fact(self, predicate_iri: str, statements: Iterable[Statement]) -> Fact:
        by_value: defaultdict[Term, list[SourceNote]] = defaultdict(list)
        for each in statements:
            if each.predicate_iri == predicate_iri:
                by_value[each.value].append(self.note(each))
        published = self.description.values(self.iri, predicate_iri)
        values = []
        for term in published:
            notes = (*by_value.pop(term, ()), *self._part_notes(term))
            values.append(FactValue(self.value(term, predicate_iri), notes))
        overruled = tuple(
            FactValue(self.value(term, predicate_iri), tuple(notes)) for term, notes in sorted(by_value.items(), key=str)
        )
        return Fact(self.term(predicate_iri), predicate_iri, tuple(values), overruled)

    def _part_notes(self, term: Term) -> Iterator[SourceNote]:
        if isinstance(term, NamedNode) and term.value.startswith(self.iri + "#"):
            yield from (self.note(each) for each in self.description.statements if each.subject_iri == term.value)

    def note(self, statement: Statement) -> SourceNote:
        """Return what is known of one statement's origin."""
        return SourceNote(
            anchor=statement.iri.partition("#")[2],
            sources=tuple(self.reference(each) for each in statement.source_iris),
            place=word_place(statement.place_label, self.messages),
            certainty=self.term(statement.certainty_iri) if statement.certainty_iri else "",
            is_stated=statement.certainty_iri in ("", FG.stated),
            reason=statement.reason,
            outcome=statement.outcome,
        )

    def notes(self, predicate_iri: str, value_iri: str) -> tuple[SourceNote, ...]:
        """Return where one link of the thing comes from."""
        return tuple(
            self.note(each)
            for each in self.description.statements
            if each.predicate_iri == predicate_iri and each.value == NamedNode(value_iri)
        )

    def rows(self) -> tuple[DataRow, ...]:
        """Return every triple of the document, spelled out."""
        return tuple(self._row(str(t.subject)[1:-1], t.predicate.value, t.object) for t in self.description.triples)

    def _row(self, subject: str, predicate: str, value: object) -> DataRow:
        base = DataRow(subject, self.label(subject), predicate, shorten(predicate), "")
        if isinstance(value, NamedNode):
            return DataRow(subject, base.subject, predicate, base.predicate, value.value, value.value)
        if not isinstance(value, Literal):
            raise TypeError(f"{value} is neither an IRI nor a literal")
        datatype = "" if value.language or value.datatype.value == XSD.string else shorten(value.datatype.value)
        return DataRow(subject, base.subject, predicate, base.predicate, value.value, None, value.language or "", datatype)

    def groups(self, *left_out: tuple[str, Kind]) -> tuple[Group, ...]:
        """Return the things that link here, without those groups that the page shows elsewhere."""
        unwanted = {_EXAMPLE, *left_out}
        shown = [
            each for each in self.description.incoming if (each.predicate_iri, Kind.from_segment(each.segment)) not in unwanted
        ]
        return tuple(self._group(each) for each in shown)

    def _group(self, incoming: Incoming) -> Group:
        items = sorted(
            (self.reference(each) for each in incoming.subjects),
            key=lambda each: (each.moment.iso if each.moment else "", each.label.casefold(), each.iri or ""),
        )
        query = ""
        if incoming.is_cut:
            query = f"SELECT ?thing WHERE {{ ?thing <{incoming.predicate_iri}> <{self.iri}> }} ORDER BY ?thing"
        return Group(
            group_label(incoming.predicate_iri, Kind.from_segment(incoming.segment), self.messages),
            tuple(items),
            incoming.total,
            query,
        )

    # Screenings and credits.

    def incoming(self, predicate_iri: str, kind: Kind) -> tuple[str, ...]:
        """Return the IRIs of the things of a kind that link here by a property."""
        groups = self.description.incoming
        return tuple(
            s for each in groups if (each.predicate_iri, each.segment) == (predicate_iri, kind.segment) for s in each.subjects
        )

    def screening(self, iri: str) -> ScreeningLine:
        """Return one screening for a list."""
        hall, venue = self.place(iri)
        festivals = self.description.iris(iri, SCHEMA.superEvent)
        return ScreeningLine(
            iri=iri,
            start=self.moment(self.description.text(iri, SCHEMA.startDate)),
            films=self.references(iri, SCHEMA.workPresented),
            hall=hall,
            venue=venue,
            festival=self.reference(festivals[0]) if festivals else None,
            status=self.status(iri),
            is_fictional=self.is_fictional(iri),
        )

    def screenings(self, iris: Iterable[str]) -> tuple[ScreeningLine, ...]:
        """Return screenings for a list, by start."""
        lines = (self.screening(each) for each in dict.fromkeys(iris))
        return tuple(sorted(lines, key=lambda each: (each.start.iso if each.start else "", each.iri)))

    def days(self, iris: Iterable[str]) -> tuple[ScreeningDay, ...]:
        """Return screenings by the evening that they belong to; a line says so when it starts after midnight."""
        by_day: defaultdict[str, list[ScreeningLine]] = defaultdict(list)
        for each in self.screenings(iris):
            evening = self.evening(each.iri)
            moment = self.moment(evening.isoformat()) if evening else None
            is_late = moment is not None and each.start is not None and each.start.day != moment.day
            line = replace(each, late=each.start.day) if is_late and each.start else each
            by_day[moment.day if moment else each.start.day if each.start else self.messages("word.no-date")].append(line)
        # Python sorts stably: all but what has no date stay as they are.
        ordered = sorted(by_day.items(), key=lambda item: item[1][0].start is None)
        return tuple(ScreeningDay(day, tuple(lines)) for day, lines in ordered)

    def evening(self, screening_iri: str) -> date | None:
        """Return the day of the programme that a screening belongs to; None when it has no start."""
        text = self.description.text
        editions = self.description.iris(screening_iri, SCHEMA.superEvent)
        first_days = [day for each in editions if (day := read_day(text(each, SCHEMA.startDate))) is not None]
        try:
            start = datetime.fromisoformat(text(screening_iri, SCHEMA.startDate))
            return evening_of(start, min(first_days, default=None))
        except ValueError:
            return None

    def place(self, screening_iri: str) -> tuple[Reference | None, Reference | None]:
        """Return a screening's hall and venue, as far as they are known."""
        for location in self.description.iris(screening_iri, SCHEMA.location):
            if self.kind(location) is not Kind.HALL:
                return None, self.reference(location)
            venues = self.description.iris(location, SCHEMA.containedInPlace)
            return self.reference(location), self.reference(venues[0]) if venues else None
        return None, None

    def status(self, screening_iri: str) -> str:
        """Return what is unusual about a screening; empty when it takes place as planned."""
        states = self.description.iris(screening_iri, SCHEMA.eventStatus)
        return ", ".join(self.label(each) for each in states if each != SCHEMA.EventScheduled)

    def is_fictional(self, iri: str) -> bool:
        """Return whether a thing, or the event it belongs to, was made up."""
        events = (iri, *self.description.iris(iri, SCHEMA.superEvent))
        return any(self.description.text(each, FG.isFictional) == "true" for each in events)

    def fictional_note(self) -> str:
        """Return the sentence that marks a made-up thing, or nothing for a real one."""
        kind = singular(self.description.thing.kind, self.messages)
        if self.is_fictional(self.iri):
            return self.messages("fiction.thing", kind=kind)
        works = {each for incoming in self.description.incoming for each in self._works(incoming)}
        if (
            self.description.thing.kind in _MADE_UP_WITH_EVENTS
            and works
            and all(self.kind(each) is Kind.SCREENING and self.is_fictional(each) for each in works)
        ):
            return self.messages("fiction.from-event", kind=kind)
        return ""

    def _works(self, incoming: Incoming) -> Iterator[str]:
        """Yield the films and events among the things that link here, or whose credits do."""
        for each in incoming.subjects:
            if incoming.segment == Kind.CREDIT.segment:
                yield from self.description.subjects(FG.credit, each)
            elif incoming.segment in (Kind.SCREENING.segment, Kind.FILM.segment):
                yield each

    def credit(self, iri: str) -> CreditLine:
        """Return one credit."""
        text = self.description.text
        agents = self.references(iri, *CREDIT_PROPERTIES)
        roles = self.references(iri, SCHEMA.roleName)
        return CreditLine(
            credit_iri=iri,
            role=roles[0] if roles else Reference(self.messages("word.credit")),
            agent=agents[0] if agents else Reference(self.messages("word.unknown")),
            character=text(iri, SCHEMA.characterName),
            credited_as=text(iri, FG.creditedAs),
            billing=int(text(iri, FG.billing) or 0),
            notes=(*self.notes(FG.credit, iri), *self._own_notes(iri)),
            character_notes=tuple(
                self.note(each)
                for each in self.description.statements
                if (each.subject_iri, each.predicate_iri) == (iri, SCHEMA.characterName)
            ),
        )

    def _own_notes(self, credit_iri: str) -> Iterator[SourceNote]:
        """Return what a credit itself says of its origin, where no statement says it with the place."""
        stated = {each.iri for note in self.notes(FG.credit, credit_iri) for each in note.sources}
        rest = tuple(each for each in self.references(credit_iri, PROV.wasDerivedFrom) if each.iri not in stated)
        certainty = next(iter(self.description.iris(credit_iri, FG.certainty)), "")
        is_stated = certainty in ("", FG.stated)
        if rest or (stated and not is_stated):
            label = self.term(certainty) if certainty else ""
            yield SourceNote("", rest, certainty=label, is_stated=is_stated, reason=self.description.text(credit_iri, FG.reason))


def _words(name: str) -> str:
    """Return a term's name in words: `inLanguage` → `in language`."""
    return "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()
