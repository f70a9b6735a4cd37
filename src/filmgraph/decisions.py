"""What editors decided about films and people that look alike: `decisions.csv` of the catalogue, kept for ever."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import SourcePlace
from filmgraph.iris import is_key

__all__ = ["FILE_NAME", "KINDS", "Decision", "decisions_csv", "load_decisions", "with_decision"]

FILE_NAME: Final = "decisions.csv"
KINDS: Final = ("film", "person")
_COLUMNS: Final = ("kind", "a", "b", "decision", "decided_by", "date", "note")
_WORDS: Final = ("same", "different")


@dataclass(frozen=True, slots=True)
class Decision:
    """One line: the things of a kind with the keys `a` and `b` are the `same`, or `different`. `row` is where it stands."""

    kind: str
    a: str
    b: str
    decision: str
    decided_by: str = ""
    date: str = ""
    note: str = ""
    row: int = 0

    @property
    def pair(self) -> tuple[str, str, str]:
        """What is decided about, in whatever order the two are named."""
        return (self.kind, min(self.a, self.b), max(self.a, self.b))

    @property
    def is_same(self) -> bool:
        """Whether the two are one."""
        return self.decision == "same"

    @property
    def place(self) -> SourcePlace:
        """Where the decision stands."""
        return SourcePlace(FILE_NAME, line=self.row, row=self.row)


def load_decisions(path: Path) -> tuple[Decision, ...]:
    """Read `decisions.csv`; no file means that nothing is decided. Of two lines about one pair the later one counts.

    UnreadableInputError names the row that is wrong.
    """
    if not path.exists():
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableInputError(f"cannot read the decisions {path}: {error}") from error
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise UnreadableInputError(f"{path}, line 1: the header should be {','.join(_COLUMNS)}")
    decisions = [_parse_row(path, n, row) for n, row in enumerate(rows[1:], 2) if any(row)]
    return tuple({each.pair: each for each in decisions}.values())


def _parse_row(path: Path, number: int, row: list[str]) -> Decision:
    if len(row) != len(_COLUMNS):
        raise UnreadableInputError(
            f"{path}, row {number}: expected {len(_COLUMNS)} cells ({','.join(_COLUMNS)}), found {len(row)}"
        )
    cells = [cell.strip() for cell in row]
    kind, a, b, decision, decided_by, date, note = cells
    if kind not in KINDS or decision not in _WORDS:
        raise UnreadableInputError(f"{path}, row {number}: kind is {' or '.join(KINDS)}, and decision is {' or '.join(_WORDS)}")
    if not is_key(a) or not is_key(b) or a == b:
        raise UnreadableInputError(f"{path}, row {number}: {a!r} and {b!r} should be the keys of two things, as in ids.csv")
    return Decision(kind, a, b, decision, decided_by, date, note, number)


def with_decision(decisions: Iterable[Decision], new: Decision) -> tuple[Decision, ...]:
    """Return the decisions with a new one at the end, in the place of any about the same pair."""
    return (*(each for each in decisions if each.pair != new.pair), new)


def decisions_csv(decisions: Iterable[Decision]) -> str:
    """Return the text of `decisions.csv`, in the order in which it was decided."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((e.kind, e.a, e.b, e.decision, e.decided_by, e.date, e.note) for e in decisions)
    return out.getvalue()
