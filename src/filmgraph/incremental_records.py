"""Which records are new, which are gone, which mean something else now: what a build has to do again, and what it takes over."""

from __future__ import annotations

import hashlib
import marshal
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from filmgraph.assembly import iter_concepts
from filmgraph.findings import Finding
from filmgraph.identity import Identities, gather_mentions
from filmgraph.incremental_codec import encode, pack, unpack
from filmgraph.incremental_state import KeptRecord, State
from filmgraph.iris import IriScheme, Kind
from filmgraph.mapping import Mapper, Statement
from filmgraph.model import Ref, Thing
from filmgraph.sources.base import Reading, UnreadLine
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "Keeper",
    "KeptReading",
    "Keys",
    "Remapper",
    "SourceChange",
    "compare_records",
    "find_other_meanings",
    "load_reading",
    "put_keys",
]

_HASH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class KeptReading:
    """What is kept of the reading of one source, besides its records: findings, unread lines, further files."""

    findings: tuple[Finding, ...] = ()
    unread: tuple[UnreadLine, ...] = ()
    companions: tuple[str, ...] = ()

    @classmethod
    def of(cls, reading: Reading) -> KeptReading:
        """Return what is kept of a reading."""
        return cls(reading.findings, reading.unread, reading.companions)

    def put(self, state: State, source_id: str) -> None:
        """Keep it."""
        state.put(f"reading:{source_id}", (self.findings, self.unread, self.companions))


def load_reading(state: State, source_id: str) -> KeptReading | None:
    """Return what was kept of the reading of a source; None for a source that is not read."""
    kept = state.get(f"reading:{source_id}")
    return None if kept is None else KeptReading(*kept)


@dataclass(slots=True)
class Keeper:
    """Keeps what a whole build made of each record: the witness of `assemble`."""

    state: State
    vocabulary: Vocabulary

    def see_source(self, source_id: str, records: tuple[Thing, ...]) -> None:
        """Keep what identity needs to know of a source."""
        self.state.put(f"mentions:{source_id}", gather_mentions(records))

    def see_record(self, source_id: str, number: int, thing: Thing, statements: tuple[Statement, ...]) -> None:
        """Keep a record, and what its statements are about."""
        data = pack(thing)
        self.state.add(source_id, [_kept(number, _hash(data), data, statements)])

    def see_facts(self, facts: Iterable[Triple]) -> None:
        """Count how often the facts use each concept."""
        self.state.use(Counter(f"concept:{iri}" for triple in facts for iri in iter_concepts(triple, self.vocabulary)))

    def see_findings(
        self,
        identities: Identities,
        readings: Mapping[str, Reading],
        conflicts: tuple[Finding, ...],
        found: tuple[Finding, ...],
    ) -> None:
        """Keep the keys, and what reading, resolving and validating found."""
        put_keys(self.state, Keys.of(identities))
        for source_id, reading in readings.items():
            KeptReading.of(reading).put(self.state, source_id)
        self.state.put("conflicts", conflicts)
        self.state.put("found", found)


def _hash(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_HASH_BYTES).digest()


def _kept(number: int, digest: bytes, data: bytes, statements: Iterable[Statement]) -> KeptRecord:
    made = tuple(statements)
    about = dict.fromkeys(each.subject.value for each in made)
    named = dict.fromkeys(each.object_.value for each in made if isinstance(each.object_, NamedNode))
    cites = dict.fromkeys(source_id for each in made for source_id in (each.source_id, *each.derived_from))
    return KeptRecord(number, digest, data, tuple(about), tuple(named), tuple(cites))


@dataclass(slots=True)
class SourceChange:
    """Which records of a source are new (number, digest and bytes), gone (ids), or stand elsewhere (id and number)."""

    new: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    renumbered: list[tuple[int, int]] = field(default_factory=list)


def compare_records(state: State, source_id: str, records: Iterable[Thing]) -> SourceChange:
    """Compare the records of a source with the kept ones. One that stands in another row, or cell, is another record."""
    known: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for record, number, digest in reversed(state.hashes(source_id)):
        known[digest].append((number, record))
    change = SourceChange()
    for number, thing in enumerate(records):
        data = pack(thing)
        digest = _hash(data)
        same = known.get(digest)
        if not same:
            change.new.append((number, digest, data))
            continue
        old_number, record = same.pop()
        if old_number != number:
            change.renumbered.append((record, number))
    change.gone = [record for each in known.values() for _, record in each]
    return change


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of references and credits, by what is kept of them; with a key all else that statements depend on."""

    by_ref: dict[Any, str]
    by_credit: dict[Any, str]

    @classmethod
    def of(cls, identities: Identities) -> Keys:
        """Return the keys that identity gave."""
        return cls({encode(ref): identities.meaning(ref) for ref in identities.keys}, dict(identities.credit_keys))


def put_keys(state: State, keys: Keys) -> None:
    """Keep the keys of all references and credits."""
    state.put_plain("keys", marshal.dumps((keys.by_ref, keys.by_credit), 2))


def find_other_meanings(state: State, new: Keys, iris: IriScheme) -> set[int]:
    """Return the ids of the kept records in which a reference or a credit has another key than it had; `new` are those of now."""
    old = Keys(*marshal.loads(state.get_plain("keys")))
    things = {_thing(unpack(marshal.dumps(ref, 2)), key, iris) for ref, key in _differing(old.by_ref, new.by_ref)}
    credits = {iris.thing(Kind.CREDIT, key) for _, key in _differing(old.by_credit, new.by_credit)}
    affected = things | credits
    return state.records_about(affected) | state.records_naming(affected) if affected else set()


def _differing(old: Mapping[Any, str], new: Mapping[Any, str]) -> Iterator[tuple[Any, str]]:
    """Yield what has another key now, with the old key."""
    return ((each, key) for each, key in old.items() if new.get(each, key) != key)


def _thing(ref: Ref, meaning: str, iris: IriScheme) -> str:
    return iris.thing(ref.kind, meaning.partition(" ")[0])


@dataclass(slots=True)
class Remapper:
    """Maps records again and keeps what came of them."""

    state: State
    mappers: Mapping[str, Mapper]
    statements: list[Statement] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    count: int = 0

    def drop(self, records: Iterable[int]) -> None:
        """Take records away; all that they spoke of is touched."""
        self.touched.update(self.state.remove(records))

    def add(self, source_id: str, records: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Map new records (number, digest, bytes); all that they speak of is touched."""
        for number, digest, data in records:
            statements = tuple(self.mappers[source_id].map(unpack(data)))
            kept = _kept(number, digest, data, statements)
            self.state.add(source_id, [kept])
            self.touched.update(kept.about)
            self.statements += statements
            self.count += 1

    def repeat(self, records: Iterable[int]) -> None:
        """Map kept records again, because something that they refer to has another key now."""
        for record, source_id, number, digest, data in list(self.state.load(sorted(records))):
            self.drop([record])
            self.add(source_id, [(number, digest, data)])
