"""Decides which references mean the same thing, and gives each thing its key: minted once, kept in `ids.csv`, never re-derived.

Films match by title and year, everything that is part of something (a hall, a character) by its name within it, people and
organisations by name. A reference that could mean two things becomes a finding, not a guess.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind, is_key, slugify
from filmgraph.model import Credit, Movie, Ref, Thing, iter_facts

__all__ = [
    "Identities",
    "Mentions",
    "RegistryRow",
    "gather_mentions",
    "identify",
    "identify_mentions",
    "load_registry",
    "normalise",
    "registry_csv",
]

_COLUMNS = ("kind", "key", "source_key", "minted", "status")
_YEARED = frozenset({Kind.FILM, Kind.FESTIVAL})


@dataclass(frozen=True, slots=True, order=True)
class RegistryRow:
    """One line of `ids.csv`: the signature `source_key` has the key `key` since the day `minted`.

    `status` is `active`, `retired`, or `merged:{key}`. Several rows may share a key: they are its aliases.
    """

    kind: str
    key: str
    source_key: str
    minted: str
    status: str = "active"


@dataclass(slots=True)
class Identities:
    """The keys of all references of one run, the registry with the new rows, and what was doubtful."""

    keys: dict[Ref, str]
    credit_keys: dict[tuple[str, str, str, str], str]
    registry: tuple[RegistryRow, ...]
    findings: tuple[Finding, ...] = ()

    def key(self, ref: Ref) -> str:
        """Return the key of a reference that occurs in the records."""
        return self.keys[ref]

    def credit_key(self, work: Ref, credit: Credit) -> str:
        """Return the key of a credit: `here-2023-actor-1`; the number is frozen once minted."""
        return self.credit_keys[_credit_signature(self, work, credit.role, credit.agent)]


def load_registry(path: Path) -> tuple[RegistryRow, ...]:
    """Read `ids.csv`; no file means no keys yet. UnreadableInputError names the line that is wrong."""
    if not path.exists():
        return ()
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableInputError(f"cannot read the registry of keys {path}: {error}") from error
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise UnreadableInputError(f"{path}, line 1: the header should be {','.join(_COLUMNS)}")
    return tuple(_parse_registry_row(path, n, row) for n, row in enumerate(rows[1:], 2) if row)


def _parse_registry_row(path: Path, line: int, row: list[str]) -> RegistryRow:
    if len(row) != len(_COLUMNS) or not is_key(row[1]) or not re.fullmatch(r"active|retired|merged:.+", row[4]):
        raise UnreadableInputError(
            f"{path}, row {line}: expected kind, key, source_key, minted and status (active, retired or merged:KEY)"
        )
    Kind.from_segment(row[0])
    return RegistryRow(*row)


def registry_csv(rows: Iterable[RegistryRow]) -> str:
    """Return the registry as `ids.csv` is written: sorted, so that a diff shows just what was minted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(sorted(map(_row_cells, rows)))
    return out.getvalue()


def normalise(name: str) -> str:
    """Return a name as it is compared: NFKC, case folded, white space collapsed. Accents count.

    >>> normalise(" Bas  DEVOS")
    'bas devos'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Mentions:
    """All of one source that bears on identity, in the order of its records.

    `described` are the references that come with a key, with the names and years that they are known by. `refs` are all
    references, each once, with the first and the last place where it stands. `credits` are work, role and agent, each once; works
    and agents are given by their number in `refs`.
    """

    described: tuple[tuple[Ref, tuple[str, ...], tuple[int | None, ...]], ...]
    refs: tuple[tuple[Ref, SourcePlace, SourcePlace], ...]
    credits: tuple[tuple[int, str, int], ...]


def gather_mentions(records: Iterable[Thing]) -> Mentions:
    """Gather what `identify_mentions` needs to know of the records of one source."""
    described = []
    numbers: dict[Ref, int] = {}
    places: list[tuple[SourcePlace, SourcePlace]] = []
    credits: dict[tuple[int, str, int], None] = {}
    for thing in records:
        if thing.ref.key is not None:
            names = tuple(name.value.value for name in (*thing.name, *thing.alternate_name))
            described.append((thing.ref, names, _years(thing)))
        for ref, place in _iter_mentions(thing):
            number = numbers.setdefault(ref, len(places))
            if number == len(places):
                places.append((place, place))
            else:
                places[number] = (places[number][0], place)
        for _, fact in iter_facts(thing):
            if isinstance(fact.value, Credit):
                credits[numbers[thing.ref], fact.value.role, numbers[fact.value.agent]] = None
    return Mentions(tuple(described), tuple((ref, *place) for ref, place in zip(numbers, places, strict=True)), tuple(credits))


def _years(thing: Thing) -> tuple[int | None, ...]:
    years = [fact.value.year for fact in thing.date_created] if isinstance(thing, Movie) else []
    return tuple(years) or (thing.ref.year,)


def identify(records: Iterable[Thing], registry: Iterable[RegistryRow], today: str) -> Identities:
    """Give every reference in `records` (most trusted source first) a key; `today` (ISO date) dates newly minted ones."""
    return identify_mentions((gather_mentions(records),), registry, today)


def identify_mentions(mentions: Iterable[Mentions], registry: Iterable[RegistryRow], today: str) -> Identities:
    """Do the same for what was gathered of each source (most trusted source first)."""
    everything = tuple(mentions)
    work = _Work(today, registry)
    for each in everything:
        work.learn_described(each)
    last_places: dict[Ref, SourcePlace] = {}
    for each in everything:
        for ref, first, last in each.refs:
            work.resolve(ref, first)
            last_places[ref] = last
    identities = Identities(work.keys, {}, ())
    for each in everything:
        for work_number, role, agent_number in each.credits:
            work.mint_credit(identities, each.refs[work_number][0], role, each.refs[agent_number][0])
    identities.registry = tuple(sorted(work.rows.values(), key=_row_cells))
    identities.findings = tuple(work.findings) + tuple(_iter_lookalikes(work, last_places))
    return identities


def _row_cells(row: RegistryRow) -> tuple[str, ...]:
    return (row.kind, row.key, row.source_key, row.minted, row.status)


def _iter_mentions(thing: Thing) -> Iterator[tuple[Ref, SourcePlace]]:
    """Yield the references of a record with their places, a container before what it contains."""
    yield from _unfold(thing.ref, thing.place)
    for _, fact in iter_facts(thing):
        if isinstance(fact.value, Credit):
            yield from _unfold(fact.value.agent, fact.place)
        elif isinstance(fact.value, Ref):
            yield from _unfold(fact.value, fact.place)


def _unfold(ref: Ref, place: SourcePlace) -> Iterator[tuple[Ref, SourcePlace]]:
    if ref.within is not None:
        yield from _unfold(ref.within, place)
    yield ref, place


def _credit_signature(identities: Identities, work: Ref, role: str, agent: Ref) -> tuple[str, str, str, str]:
    return (identities.key(work), role, agent.kind.segment, identities.key(agent))


@dataclass(slots=True)
class _Work:
    """The state of one run of `identify`."""

    today: str
    given: Iterable[RegistryRow]
    rows: dict[tuple[str, str], RegistryRow] = field(default_factory=dict)
    keys: dict[Ref, str] = field(default_factory=dict)
    taken: dict[Kind, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_title: dict[tuple[Kind, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        for row in self.given:
            self.rows[row.kind, row.source_key] = row
            self.taken[Kind.from_segment(row.kind)].add(row.key)

    def learn_described(self, mentions: Mentions) -> None:
        """Let the names that come with a key (a key column) be known before anything is looked up by name."""
        for ref, names, years in mentions.described:
            assert ref.key is not None, "described things have a key"
            self.taken[ref.kind].add(ref.key)
            for name in names:
                self.learn(ref, name, years, ref.key)

    def learn(self, described: Ref, name: str, years: Iterable[int | None], key: str) -> None:
        for year in years:
            ref = Ref(described.kind, name, year, described.within)
            signature = self.signature(ref)
            if signature is not None:
                self.rows.setdefault((ref.kind.segment, signature), self.row(ref.kind, key, signature))
        self.by_title[described.kind, normalise(name)].add(key)

    def signature(self, ref: Ref) -> str | None:
        """Return what makes the reference unique among its kind, or None while its container has no key."""
        parts = [normalise(ref.name)]
        if ref.kind in _YEARED and ref.year is not None:
            parts.append(str(ref.year))
        if ref.within is not None:
            container = ref.within.key or self.keys.get(ref.within)
            if container is None:
                return None
            parts.append(f"{ref.within.kind.segment}:{container}")
        return "|".join(parts)

    def row(self, kind: Kind, key: str, signature: str) -> RegistryRow:
        return RegistryRow(kind.segment, key, signature, self.today)

    def resolve(self, ref: Ref, place: SourcePlace) -> None:
        """Give one reference its key, from the source, the registry, a unique title, or newly minted."""
        if ref in self.keys:
            return
        if ref.key is not None:
            self.keys[ref] = self.checked(ref.key, ref, place)
            return
        signature = self.signature(ref)
        assert signature is not None, "containers are resolved first"
        known = self.rows.get((ref.kind.segment, signature))
        self.keys[ref] = self.survivor(known) if known else self.by_unique_title(ref, place) or self.mint(ref, signature)

    def survivor(self, row: RegistryRow) -> str:
        return row.status.removeprefix("merged:") if row.status.startswith("merged:") else row.key

    def checked(self, key: str, ref: Ref, place: SourcePlace) -> str:
        if is_key(key):
            self.rows.setdefault((ref.kind.segment, "key:" + key), self.row(ref.kind, key, "key:" + key))
            return key
        message = f"{key!r} cannot be a key: use letters, digits and single hyphens, as in 'here-2023'."
        self.findings.append(Finding("identity-key", Severity.VIOLATION, message, value=key, places=(place,)))
        return slugify(key)

    def by_unique_title(self, ref: Ref, place: SourcePlace) -> str | None:
        """A film named without its year is the one film of that title, if there is just one."""
        candidates = sorted(self.by_title[ref.kind, normalise(ref.name)])
        if ref.kind not in _YEARED or ref.year is not None or not candidates:
            return None
        if len(candidates) > 1:
            message = f"{ref.name!r} could be {' or '.join(candidates)}: give the year or the key."
            self.findings.append(Finding("identity-ambiguous", Severity.VIOLATION, message, value=ref.name, places=(place,)))
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

    def mint_credit(self, identities: Identities, work: Ref, role: str, agent: Ref) -> None:
        """Give a credit its key; numbers run within work and role in the order first met."""
        signature = _credit_signature(identities, work, role, agent)
        if signature in identities.credit_keys:
            return
        work_key, _, agent_kind, agent_key = signature
        source_key = f"{work_key}|{role}|{agent_kind}:{agent_key}"
        known = self.rows.get((Kind.CREDIT.segment, source_key))
        key = known.key if known else self.free_credit_key(f"{work_key}-{role}")
        self.rows.setdefault((Kind.CREDIT.segment, source_key), self.row(Kind.CREDIT, key, source_key))
        identities.credit_keys[signature] = key

    def free_credit_key(self, stem: str) -> str:
        n = 1
        while f"{stem}-{n}" in self.taken[Kind.CREDIT]:
            n += 1
        self.taken[Kind.CREDIT].add(f"{stem}-{n}")
        return f"{stem}-{n}"


def _iter_lookalikes(work: _Work, places: Mapping[Ref, SourcePlace]) -> Iterator[Finding]:
    """Ask about people and organisations whose names differ only in accents, and films of one title a year apart."""
    groups: dict[tuple[Kind, str], dict[str, Ref]] = defaultdict(dict)
    for ref, key in work.keys.items():
        if ref.kind in (Kind.PERSON, Kind.ORG, Kind.FILM) and ref.key is None:
            groups[ref.kind, slugify(ref.name)].setdefault(key, ref)
    for (kind, _), members in sorted(groups.items(), key=lambda item: (item[0][0].segment, item[0][1])):
        refs = [members[key] for key in sorted(members)]
        if len(refs) > 1 and (kind is not Kind.FILM or _are_close(refs)):
            names = " and ".join(f"{ref.name!r}" + (f" ({ref.year})" if ref.year else "") for ref in refs)
            message = f"Are {names} the same? If so, give them one key in ids.csv; if not, nothing needs doing."
            yield Finding("identity-lookalike", Severity.WARNING, message, places=tuple(sorted({places[ref] for ref in refs})))


def _are_close(refs: list[Ref]) -> bool:
    years = sorted(ref.year for ref in refs if ref.year is not None)
    return any(later - earlier == 1 for earlier, later in pairwise(years))
