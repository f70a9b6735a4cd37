"""Which films an endpoint was asked about already: a file in the catalogue, so that an interrupted run goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmgraph.errors import UnreadableInputError

__all__ = ["FILE_NAME", "EnrichJournal"]

FILE_NAME: Final = "enrich.jsonl"


@dataclass(frozen=True, slots=True)
class EnrichJournal:
    """One line of JSON for each answer: endpoint, day, keys of the films. It is only ever appended to."""

    path: Path

    def asked(self, endpoint: str) -> frozenset[str]:
        """Return the keys of the films that an endpoint has answered about.

        A last line without its end is of a run that was cut off there, and does not count. UnreadableInputError names another
        line that is none.
        """
        if not self.path.exists():
            return frozenset()
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableInputError(f"cannot read {self.path}: {error}") from error
        keys: set[str] = set()
        for number, line in enumerate(lines[:-1], 1):
            try:
                entry = json.loads(line)
                keys.update(map(str, entry["keys"]) if entry["endpoint"] == endpoint else ())
            except (ValueError, KeyError, TypeError) as error:
                raise UnreadableInputError(f"{self.path}, line {number}: it is no entry of the journal: take it out") from error
        return frozenset(keys)

    def add(self, endpoint: str, day: str, keys: Iterable[str]) -> None:
        """Note an answer, for good."""
        line = json.dumps({"endpoint": endpoint, "day": day, "keys": list(keys)}) + "\n"
        self._cut_torn_line()
        with self.path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def _cut_torn_line(self) -> None:
        """Take off a last line that was never finished."""
        data = self.path.read_bytes() if self.path.exists() else b""
        if data and not data.endswith(b"\n"):
            os.truncate(self.path, data.rfind(b"\n") + 1)
