"""The page about the data: each class with its properties, in the words of a language, and with the numbers of a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal

from filmgraph.coverage import Coverage, percent
from filmgraph.dictionary import Dictionary, DictionaryClass, DictionaryField, DictionaryRule, PathForm
from filmgraph.iris import Kind
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.namespaces import DCAT, DCTERMS, FG, PROV, RDF, RDFS, SCHEMA, SKOS, SPDX, VOID, shorten
from filmgraph.pages.kinds import capitalise
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.vocabulary import Vocabulary

__all__ = ["ClassEntry", "DictionaryPage", "FieldEntry", "RuleLine", "TermReference", "build_dictionary_page"]

#: Whose terms we use, by namespace.
_ORIGINS: Final[Mapping[str, str]] = {
    SCHEMA: "schema.org",
    FG: "filmgraph",
    SKOS: "SKOS",
    PROV: "PROV-O",
    DCAT: "DCAT",
    DCTERMS: "Dublin Core",
    VOID: "VoID",
    SPDX: "SPDX",
    RDF: "RDF",
    RDFS: "RDF Schema",
}


@dataclass(frozen=True, slots=True)
class TermReference:
    """A class, property or value, as `name` (`schema:name`); `iri` is empty for a text, `origin` for what has no vocabulary."""

    iri: str
    name: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the page tells of it: `description` is English. `severity` is in the language of the page."""

    id: str
    number: str
    severity: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """One property of a class.

    `anchor` is unique on the page. `form` tells how several `properties` belong together (`PathForm`). `description` is in the
    language `description_language`. `things` of the class have it, a share of `percent`; None where nobody counted.
    """

    anchor: str
    label: str
    properties: tuple[TermReference, ...]
    form: PathForm
    description: str
    description_language: str
    types: tuple[TermReference, ...]
    choices: tuple[TermReference, ...]
    number: str
    things: int | None
    percent: float
    rules: tuple[RuleLine, ...]

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The rules in short: the numbers of their requirements, once each, or what they are called."""
        return tuple(dict.fromkeys(each.number or each.id for each in self.rules))


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """One class; `term` is None for whatever has one of some properties. `things` is how many the release has, if counted."""

    anchor: str
    label: str
    term: TermReference | None
    comment: str
    comment_language: str
    things: int | None
    listing: Kind | None
    fields: tuple[FieldEntry, ...]
    rules: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class DictionaryPage:
    """All classes, first those whose things have pages; and the rules that look at several things."""

    classes: tuple[ClassEntry, ...]
    rules: tuple[RuleLine, ...]


def build_dictionary_page(
    dictionary: Dictionary, vocabulary: Vocabulary, coverage: Coverage | None, messages: Messages = ENGLISH
) -> DictionaryPage:
    """Return the page in the language of `messages`; without `coverage` it has no numbers."""
    writer = _Writer(vocabulary, coverage, messages)
    classes = sorted(map(writer.write_class, dictionary.classes), key=_order)
    return DictionaryPage(tuple(classes), tuple(map(writer.write_rule, dictionary.rules)))


def _order(entry: ClassEntry) -> tuple[int, str]:
    kinds = list(Kind)
    return (kinds.index(entry.listing) if entry.listing else len(kinds), entry.anchor)


@dataclass(frozen=True, slots=True)
class _Writer:
    vocabulary: Vocabulary
    coverage: Coverage | None
    messages: Messages

    def write_class(self, found: DictionaryClass) -> ClassEntry:
        kind = next((each for each in Kind if each.class_iri == found.iri), None)
        comment, language = self._comment(found.iri, found.comment)
        anchor = _local(found.iri) if found.iri else "having-" + "-".join(map(_local, found.having))
        things, counts = self._count(found.iri)
        return ClassEntry(
            anchor=anchor,
            label=self._class_label(found),
            term=_to_reference(found.iri) if found.iri else None,
            comment=comment,
            comment_language=language,
            things=things,
            listing=kind,
            fields=tuple(self.write_field(anchor, each, things, counts) for each in found.fields),
            rules=tuple(map(self.write_rule, found.rules)),
        )

    def _class_label(self, found: DictionaryClass) -> str:
        if found.iri:
            return capitalise(self._term_label(found.iri) or found.label) or shorten(found.iri)
        names = [self._term_label(each) or shorten(each) for each in found.having]
        return self.messages("dictionary.having", properties=self.messages.join(names))

    def write_field(self, anchor: str, found: DictionaryField, things: int | None, counts: Mapping[str, int]) -> FieldEntry:
        properties = found.path.properties
        is_counted = things is not None and found.path.form is PathForm.ONE
        count = counts.get(properties[0], 0) if is_counted else None
        own = self._term_label(properties[0]) if len(properties) == 1 and found.path.form is PathForm.ONE else ""
        description, language = self._comment("" if found.description else properties[0], found.description)
        return FieldEntry(
            anchor="-".join((anchor, *(["of"] if found.path.form is PathForm.INVERSE else []), *map(_name, properties))),
            label=own or found.name,
            properties=tuple(map(_to_reference, properties)),
            form=found.path.form,
            description=description,
            description_language=language,
            types=tuple(map(_to_reference, found.types)),
            choices=tuple(map(_to_reference, found.choices)),
            number=self._number(found),
            things=count,
            percent=percent(count, things) if count is not None and things else 0.0,
            rules=tuple(map(self.write_rule, found.rules)),
        )

    def write_rule(self, rule: DictionaryRule) -> RuleLine:
        severity = self.messages(f"severity.{rule.severity.value}")
        return RuleLine(rule.id, rule.number, severity, rule.name, rule.description)

    def _number(self, found: DictionaryField) -> str:
        """Return how many values there are, in words."""
        say, least, most = self.messages, found.least, found.most
        if most is None:
            text = say("dictionary.at-least", number=least) if least else say("dictionary.any")
        elif least == most:
            text = say("dictionary.exactly", number=least)
        else:
            text = say("dictionary.between", least=least, most=most) if least else say("dictionary.at-most", number=most)
        notes = [
            *([say("dictionary.per-language")] if found.is_per_language else []),
            *([say("dictionary.expected")] if found.is_expected else []),
        ]
        return ", ".join((text, *notes))

    def _term_label(self, iri: str) -> str:
        return self.vocabulary.term_label(iri, self.messages.language) or ""

    def _comment(self, iri: str, otherwise: str) -> tuple[str, str]:
        """Return what is said of a term, and in which language; `otherwise` is what a shape says, in English."""
        texts = {
            each.object.language: each.object.value
            for each in self.vocabulary.concept_triples(iri)
            if each.predicate.value == RDFS.comment and isinstance(each.object, Literal)
        }
        for language in (self.messages.language, FIRST_LANGUAGE):
            if language in texts:
                return texts[language], language
        return otherwise, FIRST_LANGUAGE

    def _count(self, class_iri: str) -> tuple[int | None, Mapping[str, int]]:
        """Return how many things of a class the release has, and how many have each property."""
        segments = {each.segment for each in Kind if each.class_iri == class_iri}
        found = [each for each in self.coverage.kinds if each.segment in segments] if self.coverage else []
        if not found:
            return None, {}
        properties = {iri for each in found for iri in each.fields}
        return sum(each.things for each in found), {iri: sum(each.fields.get(iri, 0) for each in found) for iri in properties}


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _name(iri: str) -> str:
    """Return what tells a property in an anchor: two vocabularies may have a term of one name."""
    return _local(iri) if iri.startswith(SCHEMA) else shorten(iri).replace(":", "-")


def _to_reference(value: str) -> TermReference:
    if "://" not in value:
        return TermReference("", value)
    return TermReference(value, shorten(value), next((name for start, name in _ORIGINS.items() if value.startswith(start)), ""))
