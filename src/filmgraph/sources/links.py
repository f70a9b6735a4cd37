"""Reads `links.csv`: the links to things elsewhere that editors accepted, each with who did, when, and who had proposed it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from filmgraph.findings import Finding, Severity
from filmgraph.identity_registry import load_registry
from filmgraph.iris import Kind
from filmgraph.links import ACCEPTED, ProposedLink, parse_links
from filmgraph.matching_identifiers import identifier_of_link
from filmgraph.model import Certainty, Fact, Identifier, Link, Movie, Ref
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading, UnreadLine, read_bytes
from filmgraph.vocabulary import Vocabulary

__all__ = ["read_links"]

_WIKIDATA = "wikidata"


def read_links(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Return a film with its link for each accepted line; see `sources.base.Reader`.

    UnreadableInputError names the row that is wrong. A proposal that nobody decided about is listed as unread.
    """
    links = parse_links(read_bytes(source, catalogue_path), source.path)
    known = {row.key for row in load_registry(catalogue_path / "ids.csv") if row.kind == Kind.FILM.segment}
    accepted = [each for each in links if each.decision == ACCEPTED]
    unread = [
        UnreadLine(each.place(source.path), each.link, "a proposal that nobody has decided about", True)
        for each in links
        if each.is_open
    ]
    records = tuple(_to_record(each, source.path) for each in accepted if each.key in known)
    return Reading(records, tuple(_unknown(accepted, known, source.path)), tuple(unread), ("ids.csv",) if known else ())


def _unknown(accepted: list[ProposedLink], known: set[str], path: str) -> Iterator[Finding]:
    for each in accepted:
        if each.key not in known:
            message = f"No film has the key {each.key!r}. Correct it by ids.csv, or take the line out."
            yield Finding("links-key", Severity.VIOLATION, message, value=each.key, places=(each.place(path),))


def _to_record(link: ProposedLink, path: str) -> Movie:
    place = link.place(path)
    asked = f"{link.endpoint} proposed it on {link.asked} ({link.evidence})" if link.endpoint else "nobody proposed it"
    reason = f"{link.decided_by or 'Somebody'} accepted this link on {link.date or 'an unknown day'}; {asked}."
    same_as = Fact(Link(link.link), place, Certainty.EXTERNAL, reason)
    code = identifier_of_link(link.link)
    identifiers: tuple[Fact[Identifier], ...] = ()
    if code is not None and code[0] == _WIKIDATA:
        identifiers = (Fact(Identifier(_WIKIDATA, code[1].upper()), place, Certainty.EXTERNAL, reason),)
    return Movie(ref=Ref(Kind.FILM, link.key, key=link.key), place=place, same_as=(same_as,), identifier=identifiers)
