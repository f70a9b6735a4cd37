"""The registry of keys, `ids.csv`: minted once, never re-derived."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from filmgraph.errors import UnreadableInputError
from filmgraph.iris import Kind, is_key

__all__ = ["RegistryRow", "load_registry", "registry_csv"]

_COLUMNS = ("kind", "key", "source_key", "minted", "status")
_MERGED: Final = "merged:"
_STATUS: Final = re.compile(r"active|retired|merged:.+")


class RegistryRow(NamedTuple):
    """One line of `ids.csv`: the signature `source_key` has the key `key` since the day `minted`.

    `status` is `active`, `retired`, or `merged:{key}`. Several rows may share a key: they are its aliases. A tuple of the cells,
    because there are hundreds of thousands in a catalogue, by which they are sorted too.
    """

    kind: str
    key: str
    source_key: str
    minted: str
    status: str = "active"

    @property
    def survivor(self) -> str:
        """The key of what this was merged into, or its own."""
        return self.status.removeprefix(_MERGED) if self.is_merged else self.key

    @property
    def is_merged(self) -> bool:
        """Whether this was merged into something else."""
        return self.status.startswith(_MERGED)


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
    return tuple([_parse_registry_row(path, n, row) for n, row in enumerate(rows[1:], 2) if row])


def _parse_registry_row(path: Path, line: int, row: list[str]) -> RegistryRow:
    if len(row) != len(_COLUMNS) or not is_key(row[1]) or not (row[4] == "active" or _STATUS.fullmatch(row[4])):
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
    writer.writerows(sorted(rows))
    return out.getvalue()
