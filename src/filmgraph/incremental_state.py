"""What a build keeps for the next one: what it read, which statements came of it, and what was found, in one SQLite file.

releases/.state/
  state.sqlite   records, the things that they speak of, keys, findings
  seal.json      to which release it belongs, what made it, and the digest of `state.sqlite`

It is never part of a release and can be removed at any time: the next build is a full one then. A state that is not whole, or of
another release, is never used.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import marshal
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from filmgraph.errors import ReleaseBusyError
from filmgraph.incremental_codec import pack, unpack
from filmgraph.manifest import hash_file
from filmgraph.release_files import replace_text, sync
from filmgraph.release_verify import Stamp

__all__ = ["FOLDER", "KeptRecord", "Seal", "State", "load_seal", "thing_number"]

FOLDER: Final = ".state"
_FILE: Final = "state.sqlite"
_NEXT: Final = "next.sqlite"
_SEAL: Final = "seal.json"
_LOCK: Final = "lock"
_BATCH: Final = 500
_SCHEMA: Final = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record
  (id INTEGER PRIMARY KEY, source TEXT NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL, data BLOB NOT NULL, told BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS record_source ON record (source, n, hash);
CREATE TABLE IF NOT EXISTS about (thing INTEGER, record INTEGER, PRIMARY KEY (thing, record)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS named (thing INTEGER, record INTEGER, PRIMARY KEY (thing, record)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uses (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
BEGIN;
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """To which release a state belongs (digest of its manifest), what made it, and the digest of its file.

    `made_by` are digests by name: of the software, the settings and whatever else every record depends on. `tables` are the
    stamps of the files of the release's store.
    """

    release_id: str
    manifest_sha256: str
    made_by: dict[str, str]
    sha256: str
    tables: Mapping[str, Stamp]


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """One record of a source: its number in the source, and which things its statements are about and which they name.

    `cites` are the sources that its statements are from or cite.
    """

    number: int
    hash: bytes
    data: bytes
    about: tuple[str, ...]
    named: tuple[str, ...]
    cites: tuple[str, ...]


def load_seal(releases_path: Path) -> Seal | None:
    """Read what the kept state belongs to; None where none is kept, or its description cannot be read."""
    try:
        values = json.loads((releases_path / FOLDER / _SEAL).read_text(encoding="utf-8"))
        tables = {name: (int(inode), int(size), int(time)) for name, (inode, size, time) in values["tables"].items()}
        return Seal(values["release"], values["manifest"], dict(values["made_by"]), values["sha256"], tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def thing_number(iri: str) -> int:
    """Return the number that stands for an IRI in the state. Two IRIs may share one: what is found by it is looked at again."""
    return int.from_bytes(hashlib.blake2b(iri.encode(), digest_size=8).digest(), "big", signed=True)


def _lock(path: Path) -> IO[str]:
    """Be the only one who makes a state; ReleaseBusyError at once when somebody else does."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ReleaseBusyError(
            f"another build of the same catalogue keeps its state in {path.parent}: wait for it to end"
        ) from None
    return file


def _batches(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH))


class State:
    """The state that is being made, a copy of the one before or empty; a context manager. Nobody else sees it before `keep`."""

    def __init__(self, releases_path: Path, *, is_new: bool) -> None:
        self.folder = releases_path / FOLDER
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.folder / _LOCK)
        self._path = self.folder / _NEXT
        self._path.unlink(missing_ok=True)
        if not is_new:
            shutil.copyfile(self.folder / _FILE, self._path)
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.executescript(_SCHEMA)

    @staticmethod
    def is_whole(releases_path: Path, seal: Seal) -> bool:
        """Return whether the kept file is the one that was sealed."""
        path = releases_path / FOLDER / _FILE
        return path.is_file() and hash_file(path).sha256 == seal.sha256

    def __enter__(self) -> State:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)
        self._lock.close()

    def get(self, name: str) -> Any:  # noqa: ANN401 -- whatever was put there
        """Return what was put under a name; None where nothing was."""
        found = self._db.execute("SELECT data FROM fact WHERE name = ?", (name,)).fetchone()
        return unpack(found[0]) if found else None

    def put(self, name: str, value: Any) -> None:  # noqa: ANN401
        """Keep a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, pack(value)))

    def get_plain(self, name: str) -> bytes:
        """Return the bytes that were put under a name; empty where nothing was."""
        found = self._db.execute("SELECT data FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(found[0]) if found else b""

    def put_plain(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, data))

    def add(self, source_id: str, records: Iterable[KeptRecord]) -> None:
        """Keep records of a source."""
        for each in records:
            told = marshal.dumps((each.about, each.cites, each.named), 2)
            row = (source_id, each.number, each.hash, each.data, told)
            record = self._db.execute("INSERT INTO record (source, n, hash, data, told) VALUES (?, ?, ?, ?, ?)", row).lastrowid
            for table, iris in (("about", each.about), ("named", each.named)):
                rows = [(thing_number(iri), record) for iri in iris]
                self._db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", rows)
            self.use(Counter({f"source:{cited}": 1 for cited in each.cites}))

    def remove(self, records: Iterable[int]) -> Iterator[str]:
        """Take records away, and yield the things that their statements were about."""
        for record in records:
            (told,) = self._db.execute("SELECT told FROM record WHERE id = ?", (record,)).fetchone()
            about, cites, named = marshal.loads(told)
            for table, iris in (("about", about), ("named", named)):
                rows = [(thing_number(iri), record) for iri in iris]
                self._db.executemany(f"DELETE FROM {table} WHERE thing = ? AND record = ?", rows)
            self.use(Counter({f"source:{cited}": -1 for cited in cites}))
            self._db.execute("DELETE FROM record WHERE id = ?", (record,))
            yield from about

    def hashes(self, source_id: str) -> list[tuple[int, int, bytes]]:
        """Return id, number and hash of the records of a source."""
        return self._db.execute("SELECT id, n, hash FROM record WHERE source = ? ORDER BY n", (source_id,)).fetchall()

    def renumber(self, numbers: Iterable[tuple[int, int]]) -> None:
        """Give records (by id) other numbers in their source; the content stays."""
        self._db.executemany("UPDATE record SET n = ? WHERE id = ?", [(n, record) for record, n in numbers])

    def records_about(self, iris: Iterable[str]) -> set[int]:
        """Return the ids of all records with a statement about one of the things."""
        return self._find("about", iris)

    def records_naming(self, iris: Iterable[str]) -> set[int]:
        """Return the ids of all records with a statement that has one of the IRIs as its value."""
        return self._find("named", iris)

    def known(self, iris: Iterable[str]) -> set[str]:
        """Return those of the things that some record has a statement about."""
        numbers = {thing_number(iri): iri for iri in iris}
        found: set[str] = set()
        for batch in _batches(sorted(numbers)):
            marks = ",".join("?" * len(batch))
            rows = self._db.execute(f"SELECT DISTINCT thing FROM about WHERE thing IN ({marks})", batch)
            found.update(numbers[thing] for (thing,) in rows)
        return found

    def _find(self, table: str, iris: Iterable[str]) -> set[int]:
        found: set[int] = set()
        for batch in _batches(sorted({thing_number(iri) for iri in iris})):
            marks = ",".join("?" * len(batch))
            found.update(n for (n,) in self._db.execute(f"SELECT record FROM {table} WHERE thing IN ({marks})", batch))
        return found

    def load(self, records: Iterable[int]) -> Iterator[tuple[int, str, int, bytes, bytes]]:
        """Yield id, source, number, hash and data of records."""
        for record in records:
            yield self._db.execute("SELECT id, source, n, hash, data FROM record WHERE id = ?", (record,)).fetchone()

    def count(self) -> int:
        """Return how many records there are."""
        count: int = self._db.execute("SELECT count(*) FROM record").fetchone()[0]
        return count

    def use(self, changes: Counter[str]) -> None:
        """Count uses of sources and concepts, up or down."""
        for name, change in changes.items():
            if change:
                self._db.execute("INSERT OR IGNORE INTO uses VALUES (?, 0)", (name,))
                self._db.execute("UPDATE uses SET count = count + ? WHERE name = ?", (change, name))

    def used(self) -> frozenset[str]:
        """Return everything that is used at least once."""
        return frozenset(name for (name,) in self._db.execute("SELECT name FROM uses WHERE count > 0"))

    def keep(self, release_id: str, manifest_sha256: str, made_by: dict[str, str], tables: Mapping[str, Stamp]) -> None:
        """Let this be the kept state, of the given release. A crash in between leaves a state that is not used."""
        self._db.execute("COMMIT")
        self._db.close()
        (self.folder / _SEAL).unlink(missing_ok=True)
        self._path.replace(self.folder / _FILE)
        sync(self.folder / _FILE)
        digest = hash_file(self.folder / _FILE).sha256
        seal = {"release": release_id, "manifest": manifest_sha256, "made_by": made_by, "sha256": digest, "tables": tables}
        replace_text(self.folder / _SEAL, json.dumps(seal, indent=1) + "\n")
