"""Reads a profile of an RDF source: the TOML file that says what another vocabulary's terms mean; see `docs/rdf-sources.md`.

format = "wikidata-json"                # where the name of the file does not tell it
type = "wdt:P31"                        # the property that tells a thing's class, besides rdf:type
languages = ["en", "nl", "fr"]          # names in other languages are listed; all are taken where none is named
time_zone = "Europe/Brussels"           # of times without an offset

[prefixes]
ex = "https://partner.example/terms/"

[classes]                               # a record, or a form of films
"ex:Film" = "Movie"
"ex:Short" = { record = "Movie", form = "short" }

[properties."ex:regisseur"]             # a field of the record, or a role
role = "director"

[keys]                                  # IRIs → keys: what stands before the name, and what is put there
"https://partner.example/film/" = "p-"

[values]                                # what IRIs stand for as a value: a code or key of a scheme
"wd:Q31" = "BE"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.iris import Kind
from filmgraph.namespaces import PREFIXES, RDF
from filmgraph.sources.rdf.opening import FORMATS
from filmgraph.sources.rdf.terms import RECORDS, Rule, rules_for
from filmgraph.sources.sheet.profile_table import Table
from filmgraph.vocabulary import Vocabulary

__all__ = ["NO_PROFILE", "ClassRule", "Profile", "read_profile"]

_KNOWN: Final = {"format", "type", "languages", "time_zone", "prefixes", "classes", "properties", "keys", "values"}
_RULE_KNOWN: Final = {"property", "role", "scheme", "inferred", "last", "year", "original", "to"}
_FORMATS: Final = {"": "", **{each: each for each in FORMATS.values()}, "wikidata-json": "wikidata-json"}
_RECORDS: Final = {record.__name__: kind for kind, record in RECORDS.items()}
_AGENTS: Final = (Kind.PERSON, Kind.ORG)


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a class of another vocabulary makes: a kind of thing, and a film's form."""

    kind: Kind
    form: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a profile says. IRIs are written out; `rules` are by kind and property."""

    format: str = ""
    types: frozenset[str] = frozenset({RDF.type})
    languages: frozenset[str] = frozenset()
    zone: ZoneInfo | None = None
    classes: Mapping[str, ClassRule] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    keys: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    def rules_for(self, kind: Kind) -> Mapping[str, Rule]:
        """Return the rules for the properties of a kind of thing: this profile's, beside schema.org's."""
        usual = rules_for(kind)
        fields = {each.field: each for each in usual.values() if each.field}
        fitting = {iri: _fitted(rule, fields) for iri, rule in self.rules.items()}
        return MappingProxyType({**usual, **{iri: rule for iri, rule in fitting.items() if rule is not None}})


NO_PROFILE: Final = Profile()


def _fitted(rule: Rule, fields: Mapping[str, Rule]) -> Rule | None:
    """Return a rule with the kind of value that a record's field has; None where the record has no such field."""
    usual = fields.get(rule.field)
    if usual is None:
        return None
    return rule if rule.kind else replace(rule, kind=usual.kind, to=rule.to or usual.to)


def read_profile(data: bytes, path: str, vocabulary: Vocabulary) -> Profile:
    """Return the profile in `data`.

    UnreadableInputError when it is no TOML; SettingsError names the setting, its value and what was expected.
    """
    try:
        root = Table(tomllib.loads(data.decode("utf-8")), path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"{path} is not valid TOML: {error}") from error
    root.refuse_unknown(_KNOWN)
    prefixes = {**PREFIXES, **root.words("prefixes")}
    type_iri = root.get("type", "")
    return Profile(
        format=root.choose("format", _FORMATS, ""),
        types=frozenset({RDF.type, *([_expand(type_iri, prefixes, root)] if type_iri else [])}),
        languages=frozenset(root.texts("languages")),
        zone=root.zone("time_zone"),
        classes=_read_classes(root, prefixes, vocabulary),
        rules=_read_rules(root, prefixes, vocabulary),
        keys=tuple(sorted(root.words("keys").items(), key=lambda each: -len(each[0]))),
        values=MappingProxyType({_expand(name, prefixes, root): value for name, value in root.words("values").items()}),
    )


def _expand(name: str, prefixes: Mapping[str, str], table: Table) -> str:
    prefix, colon, local = name.partition(":")
    if local.startswith("//"):
        return name
    if not colon or prefix not in prefixes:
        raise SettingsError(f"{table.where}: {name!r} should be an IRI, or a name with a prefix of [prefixes]")
    return prefixes[prefix] + local


def _read_classes(root: Table, prefixes: Mapping[str, str], vocabulary: Vocabulary) -> Mapping[str, ClassRule]:
    found = root.get("classes", dict[str, Any]())
    tables = {name: Table(each if isinstance(each, dict) else {"record": each}, f"{root.where} [classes] {name!r}")
              for name, each in found.items()}  # fmt: skip
    classes: dict[str, ClassRule] = {}
    for name, table in tables.items():
        table.refuse_unknown({"record", "form"})
        form = table.get("form", "")
        if form and vocabulary.concept(Kind.FORM, form) is None:
            raise table.error("form", "a key of the form scheme")
        classes[_expand(name, prefixes, root)] = ClassRule(table.choose("record", _RECORDS, ""), form)
    return MappingProxyType(classes)


def _read_rules(root: Table, prefixes: Mapping[str, str], vocabulary: Vocabulary) -> Mapping[str, Rule]:
    return MappingProxyType(
        {_expand(name, prefixes, root): _read_rule(table, vocabulary) for name, table in root.tables("properties").items()}
    )


def _read_rule(table: Table, vocabulary: Vocabulary) -> Rule:
    table.refuse_unknown(_RULE_KNOWN)
    role, name = table.get("role", ""), table.get("property", "")
    if bool(role) == bool(name):
        raise SettingsError(f"{table.where}: give exactly one of property and role")
    if role:
        concept = vocabulary.concept(Kind.ROLE, role)
        if concept is None or concept.direct_property is None:
            raise table.error("role", "a key of the role scheme, and not one that only groups others")
        to = table.choose("to", {"": _AGENTS, "person": (Kind.PERSON,), "org": (Kind.ORG,)}, "")
        return Rule("credit", "credit", role=role, to=to)
    known = {each.field for kind in RECORDS for each in rules_for(kind).values()}
    if name not in known:
        raise table.error("property", f"one of {', '.join(sorted(known - {'', 'credit', 'given', 'family'}))}")
    return Rule(
        name,
        kind="identifier" if table.get("scheme", "") else "",
        scheme=table.get("scheme", ""),
        reason=table.get("inferred", ""),
        is_last=table.get("last", False),
        takes_year=table.get("year", False),
        drops_tag=table.get("original", False),
    )
