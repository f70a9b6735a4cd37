"""Links to things elsewhere that were proposed, and what editors said of them: `links.csv` of the catalogue.

A proposal is a question: nothing is published of it until somebody writes `accepted`. What was refused is kept, so that it is not
proposed again. `sources.links` reads what was accepted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import SourcePlace
from filmgraph.iris import is_key

__all__ = ["ACCEPTED", "FILE_NAME", "REFUSED", "ProposedLink", "links_csv", "parse_links", "with_decision", "with_proposals"]

FILE_NAME: Final = "links.csv"
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
_COLUMNS: Final = ("kind", "key", "link", "decision", "evidence", "endpoint", "asked", "decided_by", "date", "note")
_KINDS: Final = ("film",)
_LINK: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class ProposedLink:
    """One line: the thing with a key is the same as `link`, as `endpoint` said on the day `asked`, for the reasons in `evidence`.

    `decision` is empty while nobody has decided. `row` is where the line stands.
    """

    kind: str
    key: str
    link: str
    decision: str = ""
    evidence: str = ""
    endpoint: str = ""
    asked: str = ""
    decided_by: str = ""
    date: str = ""
    note: str = ""
    row: int = 0

    @property
    def pair(self) -> tuple[str, str, str]:
        """What the line is about."""
        return (self.kind, self.key, self.link)

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.decision

    def place(self, path: str) -> SourcePlace:
        """Return where the line stands in a file."""
        return SourcePlace(path, self.row, self.row, "link")


def parse_links(data: bytes, path: str) -> tuple[ProposedLink, ...]:
    """Return the lines of `links.csv`; UnreadableInputError names the row that is wrong."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableInputError(f"cannot read the links {path}: {error}") from error
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise UnreadableInputError(f"{path}, line 1: the header should be {','.join(_COLUMNS)}")
    links = [_parse_row(path, n, row) for n, row in enumerate(rows[1:], 2) if any(row)]
    seen: dict[tuple[str, str, str], int] = {}
    for each in links:
        if seen.setdefault(each.pair, each.row) != each.row:
            raise UnreadableInputError(f"{path}, row {each.row}: row {seen[each.pair]} is about the same link: keep one of them")
    return tuple(links)


def _parse_row(path: str, number: int, row: list[str]) -> ProposedLink:
    if len(row) != len(_COLUMNS):
        raise UnreadableInputError(
            f"{path}, row {number}: expected {len(_COLUMNS)} cells ({','.join(_COLUMNS)}), found {len(row)}"
        )
    cells: Mapping[str, Any] = {name: cell.strip() for name, cell in zip(_COLUMNS, row, strict=True)}
    link = ProposedLink(**cells, row=number)
    if link.kind not in _KINDS or not is_key(link.key):
        raise UnreadableInputError(f"{path}, row {number}: kind should be {_KINDS[0]}, and key one of ids.csv")
    if not _LINK.fullmatch(link.link):
        raise UnreadableInputError(f"{path}, row {number}: {link.link!r} is no web address")
    if link.decision not in ("", ACCEPTED, REFUSED):
        raise UnreadableInputError(f"{path}, row {number}: decision should be {ACCEPTED}, {REFUSED} or nothing")
    return link


def with_proposals(links: Iterable[ProposedLink], new: Iterable[ProposedLink]) -> tuple[ProposedLink, ...]:
    """Return the links with proposals at the end; what was proposed before stays as it is."""
    known = {each.pair: each for each in links}
    for each in new:
        known.setdefault(each.pair, each)
    return tuple(known.values())


def with_decision(
    links: Iterable[ProposedLink], key: str, link: str, decision: str, by: str, date: str, note: str
) -> tuple[ProposedLink, ...]:
    """Return the links with a decision about one of them; a link that nobody proposed is added."""
    known = {each.pair: each for each in links}
    pair = (_KINDS[0], key, link)
    known[pair] = replace(known.get(pair, ProposedLink(*pair)), decision=decision, decided_by=by, date=date, note=note)
    return tuple(known.values())


def links_csv(links: Iterable[ProposedLink]) -> str:
    """Return the text of `links.csv`, in the order in which links were proposed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([getattr(each, name) for name in _COLUMNS] for each in links)
    return out.getvalue()
