"""Checks that neither core shapes nor one query can say well: halls, time zones, check characters, names of terms.

Each check is a function from `Facts` to complaints; the table `CHECKS` gives it its place in the catalogue of rules.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode

from filmgraph.findings import Severity
from filmgraph.iris import Kind, is_key
from filmgraph.namespaces import FG, RDF, SCHEMA, SKOS, shorten
from filmgraph.resources import find_ontology_path
from filmgraph.schemaorg import TermFault, Terms, load_terms
from filmgraph.validation_facts import Facts
from filmgraph.validation_programme import find_overlaps, find_short_slots, read_datetime
from filmgraph.validation_rules import show
from filmgraph.validation_shapes import RuleInfo

__all__ = ["CHECKS", "Check", "Complaint", "eidr_check_character", "identifier_fault"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a check found: `detail` is put into the rule's message."""

    focus_iri: str
    detail: str
    path_iri: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A rule in Python and the function that runs it."""

    info: RuleInfo
    run: Callable[[Facts], Iterator[Complaint]]


def _hall_overlaps(facts: Facts) -> Iterator[Complaint]:
    for overlap in find_overlaps(facts):
        detail = f"{overlap.earlier_iri} runs until {overlap.earlier_end.isoformat()} in {overlap.hall_iri}"
        yield Complaint(overlap.later_iri, detail, SCHEMA.startDate, overlap.later_start_text)


def _short_slots(facts: Facts) -> Iterator[Complaint]:
    for screening, minutes, end_text in find_short_slots(facts):
        detail = f"ends at {end_text}, before its films do: they have {minutes} minutes together"
        yield Complaint(screening, detail, SCHEMA.endDate, end_text)


def _time_zone_names(facts: Facts) -> Iterator[Complaint]:
    for venue in facts.of_class(SCHEMA.MovieTheater):
        for name in facts.values(venue, FG.timeZone):
            if _zone(name) is None:
                yield Complaint(venue, repr(name), FG.timeZone, name)


def _time_zone_offsets(facts: Facts) -> Iterator[Complaint]:
    for screening in facts.of_class(SCHEMA.ScreeningEvent):
        name, zone = _zone_of(facts, screening)
        if zone is None:
            continue
        for path in (SCHEMA.doorTime, SCHEMA.startDate, SCHEMA.endDate):
            for text in facts.values(screening, path):
                moment = read_datetime(text)
                if moment is not None and moment.astimezone(zone).utcoffset() != moment.utcoffset():
                    detail = f"{text} would be {moment.astimezone(zone).isoformat()} in {name}"
                    yield Complaint(screening, detail, path, text)


def _zone_of(facts: Facts, screening: str) -> tuple[str, zoneinfo.ZoneInfo | None]:
    """Return the time zone of a screening's hall, or of the venue that contains the hall."""
    place = facts.first(screening, SCHEMA.location) or ""
    venue = facts.first(place, SCHEMA.containedInPlace) or place
    name = facts.first(place, FG.timeZone) or facts.first(venue, FG.timeZone) or ""
    return name, _zone(name)


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _languages(facts: Facts) -> Iterator[Complaint]:
    known = {concept.key for concept in facts.vocabulary.concepts(Kind.LANGUAGE)}
    for subject in facts.subjects:
        for path in (SCHEMA.inLanguage, SCHEMA.subtitleLanguage):
            for tag in facts.values(subject, path):
                # What is no tag at all is for the core shapes to say.
                if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9-]+)?", tag) and tag not in known and tag.partition("-")[0] not in known:
                    yield Complaint(subject, repr(tag), path, tag)


def _schema_terms(facts: Facts) -> Iterator[Complaint]:
    yield from _term_complaints(_terms(find_ontology_path()), facts)


@lru_cache(maxsize=1)
def _terms(ontology_path: Path) -> Terms:
    return load_terms(ontology_path)


def _term_complaints(terms: Terms, facts: Facts) -> Iterator[Complaint]:
    for problem in terms.check_things(facts.local.things):
        if problem.fault is not TermFault.HTTPS:  # the rule NoHttpsSchema says so already, with the property
            yield Complaint(problem.subject, problem.message, problem.term)


#: Numberings whose codes have a known form: pattern, and what it looks like. https://www.imdb.com, https://eidr.org,
#: https://www.wikidata.org, RFC 9562.
_IDENTIFIER_FORMS = {
    "imdb": (re.compile(r"(tt|nm|co|ev)[0-9]{7,}"), "tt0000000"),
    "eidr": (
        re.compile(r"10\.5240/([0-9A-F]{4}-){5}[0-9A-Z]"),
        "10.5240/ with five groups of four digits and a check character",
    ),
    "wikidata": (re.compile(r"Q[1-9][0-9]*"), "Q240"),
    "uuid": (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "a UUID in lower case"),
}
_EIDR_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def identifier_fault(scheme: str, code: str) -> str | None:
    """Return what is wrong with a code, or None when it is well formed or its numbering has no known form."""
    form = _IDENTIFIER_FORMS.get(scheme.lower())
    if form is None:
        return None
    pattern, example = form
    if not pattern.fullmatch(code):
        return f"{code!r} is no {scheme} code, which looks like {example}"
    if scheme.lower() == "eidr" and code[-1] != (expected := eidr_check_character(code[8:-2])):
        return f"the check character of {code!r} should be {expected}"
    return None


def eidr_check_character(suffix: str) -> str:
    """Return the check character of an EIDR suffix by ISO/IEC 7064, MOD 37,36.

    >>> eidr_check_character("7791-8534-2C23-9030-8610")
    '5'
    """
    product = 36
    for character in suffix.replace("-", ""):
        product = (product + _EIDR_ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return _EIDR_ALPHABET[(37 - product) % 36]


def _identifiers(facts: Facts) -> Iterator[Complaint]:
    for subject in facts.subjects:
        for part in facts.values(subject, SCHEMA.identifier):
            scheme, code = facts.first(part, SCHEMA.propertyID), facts.first(part, SCHEMA.value)
            if scheme and code and (fault := identifier_fault(scheme, code)):
                yield Complaint(subject, fault, SCHEMA.identifier, part)


_CLASSES_BY_SEGMENT = {kind.segment: frozenset({kind.class_iri}) for kind in Kind} | {
    "credit": frozenset({SCHEMA.Role, SCHEMA.PerformanceRole}),
    "work": frozenset({SCHEMA.CreativeWork, SCHEMA.Book}),
    "text": frozenset({SCHEMA.CreativeWork, SCHEMA.Quotation}),
}
_KNOWN_CLASSES = frozenset[str]().union(*_CLASSES_BY_SEGMENT.values())
_ID_PATH = re.compile(r"/id/([^/#]+)/([^#]*)(#.*)?\Z")


def _iri_kinds(facts: Facts) -> Iterator[Complaint]:
    """A known class at the wrong kind of IRI is for the core shapes to say (`Movie-iri` and its like)."""
    for subject in facts.subjects:
        match = _ID_PATH.search(subject)
        if match is None:
            continue
        segment, key, fragment = match.groups()
        classes = facts.values(subject, RDF.type)
        if segment not in _CLASSES_BY_SEGMENT:
            yield Complaint(subject, f"there is no kind of thing called {segment!r}")
        elif not is_key(key):
            yield Complaint(subject, f"{key!r} is no key: use letters, digits and single hyphens")
        elif not fragment and classes and not _KNOWN_CLASSES.intersection(classes):
            yield Complaint(subject, f"a {segment} is not of the class {', '.join(classes)}")


def _blank_nodes(facts: Facts) -> Iterator[Complaint]:
    """A blank node is complained about at the thing that refers to it, or else at itself."""
    referred = {each.object for each in facts.local.blank if isinstance(each.object, BlankNode)}
    for each in facts.local.blank:
        subject, path = each.subject, each.predicate.value
        if isinstance(each.object, BlankNode) and isinstance(subject, NamedNode):
            yield Complaint(subject.value, f"the value of {shorten(path)} has no IRI", path)
        elif isinstance(subject, BlankNode) and subject not in referred:
            yield Complaint(str(subject), f"what has {shorten(path)} has no IRI", path)


def _things_without_class(facts: Facts) -> Iterator[Complaint]:
    for key in facts.local.things:
        if "/id/" in key and "#" not in key and not facts.local.classes(key) and not facts.vocabulary.concept_triples(key):
            yield Complaint(key, key)


_DESCRIBABLE = re.compile(r"/id/[a-z]+/[A-Za-z0-9-]+(#[A-Za-z0-9.-]+)?\Z")
#: Where what is meant may well be described elsewhere only.
_POINTS_ELSEWHERE = frozenset(
    {
        SCHEMA.sameAs, SCHEMA.url, SCHEMA.contentUrl, SCHEMA.license, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch,
        SKOS.narrowMatch, SKOS.relatedMatch,
    }
)  # fmt: skip


def _dangling_references(facts: Facts) -> Iterator[Complaint]:
    wanted = frozenset(
        each
        for each in facts.referred
        if _DESCRIBABLE.search(each) and each not in facts.local.things and not facts.vocabulary.concept_triples(each)
    )
    for subject, path, found in _uses(facts, wanted):
        if path not in _POINTS_ELSEWHERE:
            yield Complaint(subject, f"{show(subject)} refers to {show(found)} ({show(path)})", path, found)


_HTTPS = "https://schema.org/"
_ADDRESSES = frozenset({SCHEMA.url, SCHEMA.license})


def _https_terms(facts: Facts) -> Iterator[Complaint]:
    wanted = frozenset(each for each in facts.referred if each.startswith(_HTTPS))
    for subject, path, found in _uses(facts, wanted, _HTTPS):
        if path not in _ADDRESSES:
            detail = f"{show(subject)} uses a term of https://schema.org/ ({show(path)} {show(found)})"
            yield Complaint(subject, detail, path, found)


def _uses(facts: Facts, wanted: frozenset[str], prefix: str = "\n") -> Iterator[tuple[str, str, str]]:
    """Yield subject, property and value of all triples with a wanted IRI as value, or with a property that begins so."""
    for key, properties in facts.local.things.items():
        for path, values in properties.items():
            is_wanted = path.startswith(prefix)
            if wanted or is_wanted:
                for each in values:
                    if is_wanted or (isinstance(each, NamedNode) and each.value in wanted):
                        yield key.removeprefix("_:"), path, each.value


_TEXT_ONLY = frozenset({SCHEMA.text, SCHEMA.abstract, FG.textKind})


def _texts_among_facts(facts: Facts) -> Iterator[Complaint]:
    for each in facts.published:
        if each.predicate.value in _TEXT_ONLY:
            yield Complaint(str(each.subject).strip("<>"), shorten(each.predicate.value), each.predicate.value)


def _check(
    run: Callable[[Facts], Iterator[Complaint]],
    rule_id: str,
    constraint_id: str,
    severity: Severity,
    name: str,
    description: str,
    message: str,
) -> Check:
    return Check(RuleInfo(rule_id, constraint_id, name, description, severity, message, "python"), run)


CHECKS = (
    _check(
        _hall_overlaps, "HallOverlap", "E5", Severity.VIOLATION, "one screening at a time",
        "Two screenings that take place are never in one hall at the same time; one may start as the other ends.",
        "The screening starts while {?detail}. Correct the hall or the times",
    ),
    _check(
        _short_slots, "SlotLongEnough", "E6", Severity.WARNING, "slot long enough for its films",
        "A screening lasts at least as long as its films together.",
        "The screening {?detail}. Correct the end or the running times",
    ),
    _check(
        _time_zone_names, "KnownTimeZone", "E12", Severity.VIOLATION, "known time zone",
        "A venue's time zone is in the IANA time zone database.",
        "{?detail} is no time zone of the IANA database. Write it as Europe/Brussels",
    ),
    _check(
        _time_zone_offsets, "TimeZoneOffset", "E12", Severity.WARNING, "offset of the venue's time zone",
        "The UTC offset of a screening is that of its venue's time zone on that day.",
        "{?detail}. Check the hour and the offset: summer time may have ended",
    ),
    _check(
        _languages, "KnownLanguage", "M8", Severity.VIOLATION, "known language",
        "A language tag begins with a language of the shipped scheme.",
        "{?detail} is no language of the scheme. Correct the tag, or have the language added",
    ),
    _check(
        _schema_terms, "SchemaTerm", "G2", Severity.VIOLATION, "terms of schema.org",
        "Every schema.org term exists, was not replaced, and stands on a thing that it is for.",
        "{?detail}",
    ),
    _check(
        _dangling_references, "DanglingReference", "G1", Severity.VIOLATION, "no reference to nothing",
        "Whatever is referred to under /id/ is described.",
        "{?detail}, and nothing describes that. Describe it or correct the reference",
    ),
    _check(
        _https_terms, "NoHttpsSchema", "G2", Severity.VIOLATION, "schema.org by http",
        "Terms of schema.org are written http://schema.org/…, never https.",
        "{?detail}. Write http://schema.org/",
    ),
    _check(
        _things_without_class, "ThingHasType", "G6", Severity.VIOLATION, "everything has a class",
        "Whatever is described under /id/ has at least one class; parts of a thing, with a fragment, need none.",
        "{?detail} has no class. Say what it is",
    ),
    _check(
        _identifiers, "IdentifierForm", "G4", Severity.VIOLATION, "well-formed codes",
        "A code has the form of its numbering, with the right check character.",
        "An identifier is not well formed: {?detail}. Correct it",
    ),
    _check(
        _iri_kinds, "IriKind", "G5", Severity.VIOLATION, "IRI of the right kind",
        "What stands under /id/ has a known kind, a well-formed key and a class that fits.",
        "The IRI does not fit: {?detail}. Correct the key in ids.csv or the class",
    ),
    _check(
        _blank_nodes, "NoBlankNode", "G6", Severity.VIOLATION, "no blank nodes",
        "Everything has an IRI; an address or an identifier is a part of its thing, with a fragment.",
        "There is a blank node: {?detail}. Give it an IRI",
    ),
    _check(
        _texts_among_facts, "TextAmongFacts", "L2", Severity.VIOLATION, "no texts among the facts",
        "Prose and quotations are other people's work and stay out of the published facts, which are CC0.",
        "A text stands among the facts ({?detail}). Texts are other people's work: move it to the texts",
    ),
)  # fmt: skip
