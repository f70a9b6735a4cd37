"""Decides which references mean the same thing, and gives each thing its key: minted once, kept in `ids.csv`, never re-derived.

First by name alone: films by title and year, everything that is part of something (a hall, a character) by its name within it,
people and organisations by name. Then films and people are matched by all that is known of them (`identity_matching`): those
that are certainly one, or were decided to be, get one key. What could mean two things becomes a question, not a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from filmgraph.decisions import Decision
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.identity_evidence import MATCHED
from filmgraph.identity_findings import iter_joined_findings
from filmgraph.identity_matching import Joined, Merge, Question, join_mentions
from filmgraph.identity_mentions import Mentions, Places, Traits, gather_mentions, normalise
from filmgraph.identity_registry import RegistryRow, load_registry, registry_csv
from filmgraph.iris import Kind, is_key, slugify
from filmgraph.matching_identifiers import compare_identifiers
from filmgraph.model import Credit, Ref, Thing

__all__ = [
    "Identities",
    "Mentions",
    "Merge",
    "Places",
    "Question",
    "RegistryRow",
    "Traits",
    "gather_mentions",
    "identify",
    "identify_mentions",
    "load_registry",
    "normalise",
    "registry_csv",
]

_YEARED = frozenset({Kind.FILM, Kind.FESTIVAL})
_MATCHED_SEGMENTS = frozenset(kind.segment for kind in MATCHED)


@dataclass(slots=True)
class Identities:
    """The keys of all references of one run, the registry with the new rows, and what was doubtful.

    `aliases` are the references whose own key was given up for another one, with the compared names of what has that.
    """

    keys: dict[Ref, str]
    credit_keys: dict[tuple[str, str, str, str], str]
    registry: tuple[RegistryRow, ...]
    findings: tuple[Finding, ...] = ()
    aliases: dict[Ref, frozenset[str]] = field(default_factory=dict)
    merges: tuple[Merge, ...] = ()
    questions: tuple[Question, ...] = ()

    def key(self, ref: Ref) -> str:
        """Return the key of a reference that occurs in the records."""
        return self.keys[ref]

    def credit_key(self, work: Ref, credit: Credit) -> str:
        """Return the key of a credit: `here-2023-actor-1`; the number is frozen once minted."""
        return self.credit_keys[_credit_signature(self, work, credit.role, credit.agent)]

    def is_alias(self, ref: Ref) -> bool:
        """Whether a reference means something that is published under another key, and name, than its own."""
        return ref in self.aliases

    def has_name(self, alias: Ref, name: str) -> bool:
        """Whether what an alias means is called so anyway."""
        return normalise(name) in self.aliases[alias]

    def meaning(self, ref: Ref) -> str:
        """Return all that the statements about a reference depend on, as one text that begins with its key."""
        key = self.keys[ref]
        return " | ".join((key, *sorted(self.aliases[ref]))) if ref in self.aliases else key


def identify(
    records: Iterable[Thing], registry: Iterable[RegistryRow], today: str, decisions: Iterable[Decision] = ()
) -> Identities:
    """Give every reference in `records` (of one source) a key; `today` (ISO date) dates newly minted ones."""
    return identify_mentions((gather_mentions(records),), registry, today, decisions)


def identify_mentions(
    mentions: Iterable[Mentions], registry: Iterable[RegistryRow], today: str, decisions: Iterable[Decision] = ()
) -> Identities:
    """Do the same for what was gathered of each source (most trusted source first)."""
    everything = tuple(mentions)
    work = _Work(today, registry)
    for each in everything:
        work.learn_described(each)
    # What is named with its year is known before what is not, whichever source it is in.
    for is_dated in (True, False):
        for each in everything:
            work.resolve_matched(each, is_dated=is_dated)
    joined = join_mentions(everything, work.keys, work.given, decisions)
    work.join(joined)
    last_places: dict[Ref, SourcePlace] = {}
    for each in everything:
        work.resolve_all(each)
        last_places.update((ref, each.last[number]) for number, ref in enumerate(each.refs) if ref.kind is Kind.ORG)
    identities = Identities(work.keys, {}, (), aliases=work.aliases(), merges=joined.merges, questions=joined.questions)
    for each in everything:
        work.mint_credits(each, identities.credit_keys)
    identities.registry = work.registry()
    found = (*work.findings, *work.ambiguities(), *iter_joined_findings(joined), *_iter_lookalikes(work, last_places))
    identities.findings = found
    return identities


def _iter_named(row: RegistryRow) -> Iterator[tuple[str, Kind | None, str]]:
    """Yield the parts of a row's signature, with kind and key of the film or person that one of them names."""
    parts = row.source_key.split("|")
    for number, part in enumerate(parts):
        segment, colon, key = part.partition(":")
        if colon and number == len(parts) - 1 and number > 0 and segment in _MATCHED_SEGMENTS:
            yield part, Kind.from_segment(segment), key
        elif row.kind == Kind.CREDIT.segment and number == 0:
            yield part, Kind.FILM, part
        else:
            yield part, None, ""


def _credit_signature(identities: Identities, work: Ref, role: str, agent: Ref) -> tuple[str, str, str, str]:
    return (identities.key(work), role, agent.kind.segment, identities.key(agent))


@dataclass(slots=True)
class _Work:
    """The state of one run of `identify`. `own` are the keys of films and people before any two of them were joined."""

    today: str
    given: Iterable[RegistryRow]
    rows: dict[tuple[str, str], RegistryRow] = field(default_factory=dict)
    keys: dict[Ref, str] = field(default_factory=dict)
    own: dict[Ref, str] = field(default_factory=dict)
    survivors: dict[tuple[Kind, str], str] = field(default_factory=dict)
    heirs: dict[tuple[str, str], RegistryRow] = field(default_factory=dict)
    revived: frozenset[tuple[Kind, str]] = frozenset()
    taken: dict[Kind, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_title: dict[tuple[Kind, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[Ref, set[tuple[str, str]]] = field(default_factory=dict)
    key_codes: dict[tuple[Kind, str], set[tuple[str, str]]] = field(default_factory=dict)
    unclear: list[tuple[Ref, SourcePlace, list[str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.given = tuple(self.given)
        for row in self.given:
            self.rows[row.kind, row.source_key] = row
            self.taken[Kind.from_segment(row.kind)].add(row.key)

    def resolve_matched(self, mentions: Mentions, *, is_dated: bool) -> None:
        """Give films and people the keys that they have by name alone; `is_dated` asks for those with a year or a key."""
        for number, ref in enumerate(mentions.refs):
            if ref.kind in MATCHED and ref.within is None and (ref.year is not None or ref.key is not None) is is_dated:
                self.resolve(ref, mentions, number)

    def resolve_all(self, mentions: Mentions) -> None:
        """Give everything else its key, and what is one with another that one's."""
        for number, ref in enumerate(mentions.refs):
            self.resolve(ref, mentions, number)

    def join(self, joined: Joined) -> None:
        """Let what is one have one key from here on, and know what was named after a key that is given up."""
        self.own = dict(self.keys)
        self.survivors = {(kind, gone): kept for kind, pairs in joined.survivors.items() for gone, kept in pairs.items()}
        if self.survivors:
            self.keys = {ref: self.final(ref.kind, key) for ref, key in self.own.items()}
        merged = {(Kind.from_segment(row.kind), row.key) for row in self.given if row.is_merged and row.kind in _MATCHED_SEGMENTS}
        self.revived = frozenset(merged - self.survivors.keys())
        if self.survivors:
            for row in sorted(self.rows.values()):
                signature = self.inherited(row)
                if signature != row.source_key:
                    self.heirs.setdefault((row.kind, signature), row)

    def final(self, kind: Kind, key: str) -> str:
        return self.survivors.get((kind, key), key)

    def inherited(self, row: RegistryRow) -> str:
        """Return the signature of something that is named after films and people, as it is after joining."""
        return "|".join(self.renamed(part, kind, key) for part, kind, key in _iter_named(row))

    def renamed(self, part: str, kind: Kind | None, key: str) -> str:
        return part if kind is None else part.removesuffix(key) + self.final(kind, key)

    def is_revived(self, row: RegistryRow) -> bool:
        """Whether a row was merged only because what it is named after was, which it is no longer."""
        return row.is_merged and any(kind and (kind, key) in self.revived for _, kind, key in _iter_named(row))

    def registry(self) -> tuple[RegistryRow, ...]:
        """Return all rows, those of keys that were given up, or taken up again, with their new status."""
        is_settled = not self.survivors and not any(row.is_merged for row in self.given)
        return tuple(sorted(self.rows.values() if is_settled else map(self.settled, self.rows.values())))

    def settled(self, row: RegistryRow) -> RegistryRow:
        kind = Kind.from_segment(row.kind)
        if kind in MATCHED:
            kept = self.final(kind, row.key)
            if kept != row.key:
                return row._replace(status=f"merged:{kept}")
            return row._replace(status="active") if row.is_merged else row
        if self.is_revived(row):
            return row._replace(status="active")
        heir = self.rows.get((row.kind, self.inherited(row))) if self.survivors else None
        return row._replace(status=f"merged:{heir.key}") if heir is not None and heir.key != row.key else row

    def aliases(self) -> dict[Ref, frozenset[str]]:
        """Return the references whose key was given up, with the names of what they mean, as these are compared."""
        given_up = {ref: self.keys[ref] for ref, key in self.own.items() if self.keys[ref] != key}
        if not given_up:
            return {}
        names: defaultdict[tuple[Kind, str], set[str]] = defaultdict(set)
        for (kind, name), keys in self.by_title.items():
            for key in keys:
                names[kind, key].add(name)
        for ref, key in self.own.items():
            if ref.key is None:
                names[ref.kind, key].add(normalise(ref.name))
        return {ref: frozenset(names[ref.kind, key]) for ref, key in given_up.items()}

    def ambiguities(self) -> Iterator[Finding]:
        """Complain about names without a year that several films have."""
        for ref, place, candidates in self.unclear:
            keys = sorted({self.final(ref.kind, key) for key in candidates})
            if len(keys) > 1:
                message = f"{ref.name!r} could be {' or '.join(keys)}: give the year or the key."
                yield Finding("identity-ambiguous", Severity.VIOLATION, message, value=ref.name, places=(place,))

    def learn_described(self, mentions: Mentions) -> None:
        """Let the names that come with a key (a key column) be known before anything is looked up by name."""
        for traits in mentions.traits:
            self.learn_codes(mentions.refs[traits.ref], traits.identifiers)
        for ref, names, years in mentions.described:
            assert ref.key is not None, "described things have a key"
            self.taken[ref.kind].add(ref.key)
            for name in names:
                self.learn(ref, name, years, ref.key)

    def learn_codes(self, ref: Ref, codes: tuple[tuple[str, str], ...]) -> None:
        if codes:
            self.codes.setdefault(ref, set()).update(codes)
            if ref.key is not None:
                self.key_codes.setdefault((ref.kind, ref.key), set()).update(codes)

    def signature_with_code(self, ref: Ref, signature: str) -> str:
        """Return the signature with a code, where what has it already has other codes: one name and year, but two films."""
        known = self.rows.get((ref.kind.segment, signature))
        mine, its = self.codes.get(ref), self.key_codes.get((ref.kind, known.key)) if known else None
        if not mine or not its or not any(each.points < 0 for each in compare_identifiers(mine, its)):
            return signature
        return f"{signature}|{':'.join(min(mine))}"

    def learn(self, described: Ref, name: str, years: Iterable[int | None], key: str) -> None:
        normal = normalise(name)
        for year in years:
            signature = self.signature(described, normal, year)
            if signature is not None and (described.kind.segment, signature) not in self.rows:
                self.rows[described.kind.segment, signature] = self.row(described.kind, key, signature)
        self.by_title[described.kind, normal].add(key)

    def signature(self, ref: Ref, normal: str, year: int | None) -> str | None:
        """Return what makes a name, and year, of the reference unique among its kind, or None while its container has no key."""
        if ref.kind in _YEARED and year is not None:
            normal = f"{normal}|{year}"
        if ref.within is not None:
            container = ref.within.key or self.keys.get(ref.within)
            return None if container is None else f"{normal}|{ref.within.kind.segment}:{container}"
        return normal

    def row(self, kind: Kind, key: str, signature: str) -> RegistryRow:
        return RegistryRow(kind.segment, key, signature, self.today)

    def resolve(self, ref: Ref, mentions: Mentions, number: int) -> None:
        """Give one reference its key, from the source, the registry, a unique title, or newly minted."""
        if ref in self.keys:
            return
        if ref.key is not None:
            self.keys[ref] = self.checked(ref.key, ref, mentions, number)
            return
        signature = self.signature(ref, normalise(ref.name), ref.year)
        assert signature is not None, "containers are resolved first"
        if ref in self.codes:
            signature = self.signature_with_code(ref, signature)
        known = self.rows.get((ref.kind.segment, signature)) or self.inherit(ref.kind, signature)
        if known is None:
            self.keys[ref] = self.by_unique_title(ref, mentions, number) or self.mint(ref, signature)
        else:
            self.keys[ref] = key = self.own_key(known)
            if ref.kind in _YEARED:
                self.by_title[ref.kind, normalise(ref.name)].add(key)

    def own_key(self, row: RegistryRow) -> str:
        """Return the key of a row; films and people are joined later."""
        return row.key if Kind.from_segment(row.kind) in MATCHED or self.is_revived(row) else row.survivor

    def inherit(self, kind: Kind, signature: str) -> RegistryRow | None:
        """Let something keep the key that it has from the time when what it is named after had another one."""
        heir = self.heirs.get((kind.segment, signature))
        if heir is None or heir.is_merged:
            return None
        row = self.rows[kind.segment, signature] = self.row(kind, heir.key, signature)
        return row

    def checked(self, key: str, ref: Ref, mentions: Mentions, number: int) -> str:
        if is_key(key):
            signature = f"key:{key}"
            if (ref.kind.segment, signature) not in self.rows:
                self.rows[ref.kind.segment, signature] = self.row(ref.kind, key, signature)
            return key
        message = f"{key!r} cannot be a key: use letters, digits and single hyphens, as in 'here-2023'."
        self.findings.append(Finding("identity-key", Severity.VIOLATION, message, value=key, places=(mentions.first[number],)))
        return slugify(key)

    def by_unique_title(self, ref: Ref, mentions: Mentions, number: int) -> str | None:
        """A film named without its year is the one film of that title, if there is just one."""
        if ref.kind not in _YEARED or ref.year is not None:
            return None
        candidates = sorted(self.by_title.get((ref.kind, normalise(ref.name)), ()))
        if not candidates:
            return None
        if len(candidates) > 1:
            self.unclear.append((ref, mentions.first[number], candidates))
        return candidates[0]

    def mint(self, ref: Ref, signature: str) -> str:
        """Return a new key: the slug of the name, with the year or the container's key, and a number where taken."""
        stem = slugify(ref.name)
        if ref.within is not None:
            stem = f"{self.keys.get(ref.within) or ref.within.key}-{stem}"
        if ref.kind in _YEARED and ref.year is not None:
            stem = f"{stem}-{ref.year}"
        key = self.free_key(ref.kind, stem)
        self.rows[ref.kind.segment, signature] = self.row(ref.kind, key, signature)
        self.by_title[ref.kind, normalise(ref.name)].add(key)
        return key

    def free_key(self, kind: Kind, stem: str) -> str:
        key, n = stem, 1
        while key in self.taken[kind]:
            n += 1
            key = f"{stem}-{n}"
        self.taken[kind].add(key)
        return key

    def mint_credits(self, mentions: Mentions, known: dict[tuple[str, str, str, str], str]) -> None:
        """Give the credits of a source their keys; `known` are those that have one already, by their signatures."""
        keys = [self.keys[ref] for ref in mentions.refs]
        for work, role, agent in mentions.credits:
            signature = (keys[work], role, mentions.refs[agent].kind.segment, keys[agent])
            if signature not in known:
                known[signature] = self.mint_credit(*signature)

    def mint_credit(self, work_key: str, role: str, agent_kind: str, agent_key: str) -> str:
        """Return the key of a credit; numbers run within work and role in the order first met."""
        source_key = f"{work_key}|{role}|{agent_kind}:{agent_key}"
        known = self.rows.get((Kind.CREDIT.segment, source_key)) or self.inherit(Kind.CREDIT, source_key)
        if known:
            return known.key
        key = self.free_credit_key(f"{work_key}-{role}")
        self.rows[Kind.CREDIT.segment, source_key] = self.row(Kind.CREDIT, key, source_key)
        return key

    def free_credit_key(self, stem: str) -> str:
        n = 1
        while f"{stem}-{n}" in self.taken[Kind.CREDIT]:
            n += 1
        self.taken[Kind.CREDIT].add(f"{stem}-{n}")
        return f"{stem}-{n}"


def _iter_lookalikes(work: _Work, places: Mapping[Ref, SourcePlace]) -> Iterator[Finding]:
    """Ask about organisations whose names differ only in accents."""
    groups: dict[str, dict[str, Ref]] = defaultdict(dict)
    for ref, key in work.keys.items():
        if ref.kind is Kind.ORG and ref.key is None:
            groups[slugify(ref.name)].setdefault(key, ref)
    for _, members in sorted(groups.items()):
        refs = [members[key] for key in sorted(members)]
        if len(refs) > 1:
            names = " and ".join(repr(ref.name) for ref in refs)
            message = f"Are {names} the same? If so, give them one key in ids.csv; if not, nothing needs doing."
            yield Finding("identity-lookalike", Severity.WARNING, message, places=tuple(sorted({places[ref] for ref in refs})))
