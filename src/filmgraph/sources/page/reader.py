"""Reads a festival's film page, as text or as HTML. See `layout.toml` for what such a page looks like.

A page says what it says in few ways, and a capture of it loses labels and values. So each line is told by its own shape, each
value by a label, a rule or the one place where it can belong; and whatever is left is listed as unread, never guessed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import ConceptRef, Credit, Fact, PartialDate, Text
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading, UnreadLine, read_bytes
from filmgraph.sources.page.banner import read_banner
from filmgraph.sources.page.blocks import Block, LineKind, RoleLabels, Zones, cut_zones, iter_blocks
from filmgraph.sources.page.credits import CreditList, CreditReader
from filmgraph.sources.page.draft import PageDraft, RecordDraft
from filmgraph.sources.page.facts import FactReader, LineFacts
from filmgraph.sources.page.films import ListedFilm, TitleClaim, find_title, is_same_film, read_filmography, read_title_claim
from filmgraph.sources.page.html import read_html_lines
from filmgraph.sources.page.images import read_images
from filmgraph.sources.page.layout import Layout, load_layout
from filmgraph.sources.page.lines import Line, decode_page, read_text_lines
from filmgraph.sources.page.names import split_names
from filmgraph.sources.page.prose import ProseReader, iter_prose_credits
from filmgraph.sources.page.texts import TextReader
from filmgraph.vocabulary import Vocabulary

__all__ = ["NOTHING_TO_READ", "read_page"]

_BOILERPLATE = "boilerplate"
_HEADING = "a heading"
_LABEL_READ = "a label; its value is read from the line below"
_NOBODYS_EDITION = "the dates of an edition, but not a valid span, or not known whose: give the source a publisher"
_NO_VALUE = "a label without its value"
_NO_TITLE = "the film's title was not found, so nothing can be said of it"
_NOT_UNDERSTOOD = "not understood"

#: Why a line is listed as unread although it was understood: it holds no fact of its own.
NOTHING_TO_READ = frozenset({_BOILERPLATE, _HEADING, _LABEL_READ})


def read_page(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Read a film page; UnreadableInputError when the file cannot be opened or is no UTF-8 page."""
    name = str(catalogue_path / source.path)
    text = decode_page(read_bytes(source, catalogue_path), name)
    is_html = source.path.lower().endswith((".html", ".htm"))
    layout = load_layout()
    reader = _PageReader(source, vocabulary, layout, PageDraft(source.path), CreditList(layout))
    return reader.read(read_html_lines(text, name) if is_html else read_text_lines(text))


@dataclass(slots=True)
class _PageReader:
    """The reading of one page: what was gathered, and for each line number why nothing was."""

    source: SourceSettings
    vocabulary: Vocabulary
    layout: Layout
    draft: PageDraft
    credits: CreditList
    why: dict[int, str] = field(default_factory=dict)
    unread_parts: list[tuple[int, str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    facts: dict[int, LineFacts] = field(default_factory=dict)

    def read(self, lines: Sequence[Line]) -> Reading:
        roles = RoleLabels(self.vocabulary, self.source.language)
        fact_reader = FactReader(self.layout, self.vocabulary, self.source.language)
        blocks = tuple(self._tell_facts(each, fact_reader) for each in iter_blocks(lines, self.layout, roles))
        zones = cut_zones(blocks)
        self._read_fact_values(blocks, fact_reader)
        films = read_filmography(blocks, self.layout, self.vocabulary)
        claim = self._read_credits(blocks, zones, roles)
        film = self._find_film(zones, claim, films)
        self._read_films(films, film)
        if film is not None:
            self._read_about(film, zones, blocks, claim, films)
        self._read_banner(blocks)
        unread = self._list_unread(blocks, self.draft.places, film is not None)
        numbers = {line.key: line.number for line in lines}
        return self._locate(unread, numbers)

    def _locate(self, unread: Sequence[UnreadLine], numbers: Mapping[int, int]) -> Reading:
        def locate(place: SourcePlace) -> SourcePlace:
            return place if place.line is None else replace(place, line=numbers[place.line])

        return Reading(
            self.draft.build(locate),
            tuple(replace(each, places=tuple(map(locate, each.places))) for each in self.findings),
            tuple(replace(each, place=locate(each.place)) for each in unread),
        )

    def _read_banner(self, blocks: Sequence[Block]) -> None:
        first = next((each for each in blocks if each.kind is not LineKind.IMAGE), None)
        if first is not None and first.kind is LineKind.BANNER:
            is_read = read_banner(first, self.source.publisher, self.layout, self.draft)
            self.why[first.line.key] = "" if is_read else _NOBODYS_EDITION

    def _tell_facts(self, block: Block, reader: FactReader) -> Block:
        if block.kind is not LineKind.OTHER:
            return block
        if facts := reader.read_line(block.line.text):
            self.facts[block.line.key] = facts
            return replace(block, kind=LineKind.FACTS)
        if reader.languages(block.line.text):
            return replace(block, kind=LineKind.NAMES_OF_LANGUAGES)
        return replace(block, kind=LineKind.NAMES_OF_COUNTRIES) if reader.countries(block.line.text) else block

    def _read_fact_values(self, blocks: Sequence[Block], reader: FactReader) -> None:
        """Read the values below labels, and lists of languages that repeat what the page states with a label."""
        for label, block in itertools.pairwise(blocks):
            if label.kind is LineKind.FACT_LABEL:
                facts = reader.read_value(label.value, block.line.text) if block.line.gap <= 1 else None
                self.why[label.line.key] = _LABEL_READ if facts else _NO_VALUE
                if facts:
                    self.facts[block.line.key] = facts
        stated = {value for facts in self.facts.values() for name, value in facts.values if name == "in_language"}
        for block in blocks:
            if block.kind is LineKind.NAMES_OF_LANGUAGES and block.line.key not in self.facts:
                tags = reader.languages(block.line.text)
                if stated and set(tags) == stated:
                    self.facts[block.line.key] = LineFacts(tuple(("in_language", tag) for tag in tags))
                else:
                    self.why[block.line.key] = "languages without a label: of the dialogue or of the subtitles?"
        for number, facts in self.facts.items():
            self.unread_parts.extend((number, part, "this part of the line is not understood") for part in facts.unread)

    def _read_credits(self, blocks: Sequence[Block], zones: Zones, roles: RoleLabels) -> TitleClaim | None:
        reader = CreditReader(self.layout, roles, self.source.path, self.credits, self.why, self.unread_parts)
        for block in blocks:
            if block.kind is LineKind.CREDITS:
                reader.read_labelled(block)
        claim = self._check_director(read_title_claim(zones.prose, self.layout))
        if claim:
            self.credits.add("director", (claim.director,), self._place(claim.line))
        for role, name, line in iter_prose_credits(zones.prose, self.layout, roles):
            if name in (self.credits.names(role) or (name,)):
                self.credits.add(role, (name,), self._place(line))
        following = zones.information[0] if zones.information else None
        end_gap = following.line.gap if following and following.kind is LineKind.HEADING else None
        if not reader.read_zone(zones.credits, end_gap):
            place = self._place(zones.credits[0].line.key)
            message = (
                "The credits do not fit the order of their labels: lines are lost or moved. Restore the labels and read again."
            )
            self.findings.append(Finding("page-credits-damaged", Severity.WARNING, message, places=(place,)))
        self._read_byline(zones.head)
        return claim

    def _check_director(self, claim: TitleClaim | None) -> TitleClaim | None:
        directors = self.credits.names("director")
        if claim is None or not directors or claim.director in directors:
            return claim
        message = f"The text calls {claim.director!r} the director, the credits {', '.join(directors)}: correct one of them."
        self.findings.append(Finding("page-director", Severity.WARNING, message, places=(self._place(claim.line),)))
        return None

    def _read_byline(self, head: Sequence[Block]) -> None:
        directors = self.credits.names("director")
        for block in head:
            names = split_names(block.line.text, are_people=True) if block.kind is LineKind.OTHER else ()
            if names and set(names) <= set(directors):
                self.credits.add("director", names, self._place(block.line.key))

    def _find_film(self, zones: Zones, claim: TitleClaim | None, films: Sequence[ListedFilm]) -> RecordDraft | None:
        years = {value.year for facts in self.facts.values() for _, value in facts.values if isinstance(value, PartialDate)}
        year = min(years) if len(years) == 1 else None
        titles, findings = find_title(zones.head, claim, films, year, self.credits.names("director"), self.source.path)
        self.findings.extend(findings)
        if not titles:
            return None
        title = titles[0].value
        listed = {each.year for each in films if each.title == title}
        film = self.draft.film(title, year or (min(listed) if len(listed) == 1 else None))
        if year and listed and year not in listed:
            message = f"The page dates the film {year}, the filmography {min(listed)}: both are kept; correct one of them."
            self.findings.append(Finding("page-year", Severity.WARNING, message, places=(titles[0].place,)))
        for fact in titles:
            film.add_fact("name", Fact(Text(title), fact.place, fact.certainty, fact.reason))
        return film

    def _read_films(self, films: Sequence[ListedFilm], film: RecordDraft | None) -> None:
        directors = self.credits.names("director")
        reason = "" if any(each.is_marked for each in films) else "filmographies mark short films, and this one has no mark"
        for each in films:
            is_page_film = film is not None and is_same_film(each, film.ref.name, film.ref.year)
            listed = film if film is not None and is_page_film else self.draft.film(each.title, each.year)
            listed.add("name", Text(each.title), each.line)
            listed.add("date_created", PartialDate(str(each.year)), each.line)
            if each.form:
                listed.add("form", ConceptRef(Kind.FORM, each.form), each.line, "" if each.is_marked else reason)
            if each.director in directors and is_page_film:
                self.credits.add("director", (each.director,), self._place(each.director_line))
            elif each.director in directors:
                known = dict.fromkeys(fact.value.agent.name for fact in listed.facts.get("credit", ()))
                credit = Credit("director", self.credits.agent("director", each.director), billing=len(known) + 1)
                listed.add("credit", credit, each.director_line)

    def _read_about(
        self, film: RecordDraft, zones: Zones, blocks: Sequence[Block], claim: TitleClaim | None,
        films: tuple[ListedFilm, ...],
    ) -> None:  # fmt: skip
        for number, facts in self.facts.items():
            for name, value in facts.values:
                film.add(name, value, number)
        if claim:
            film.add("form", ConceptRef(Kind.FORM, claim.form), claim.line)
            self._check_ordinal(claim, film, films)
        for fact in self.credits.facts:
            film.add_fact("credit", fact)
        read_images(blocks, zones.head, film, self.draft)
        performances = frozenset(each.key for each in self.vocabulary.concepts(Kind.ROLE) if each.is_performance)
        prose = ProseReader(self.layout, self.draft, film, self.credits, claim, films, performances)
        for block in zones.prose:
            if block.kind is LineKind.PROSE:
                prose.read(block)
        TextReader(self.source, self.draft, film.ref, self.findings).read(zones.prose, zones.head[-1] if zones.head else None)

    def _check_ordinal(self, claim: TitleClaim, film: RecordDraft, films: Sequence[ListedFilm]) -> None:
        own = [each for each in films if each.director == claim.director and each.form == claim.form]
        position = next((n for n, each in enumerate(own, 1) if is_same_film(each, film.ref.name, film.ref.year)), None)
        if position not in (None, claim.ordinal):
            message = (
                f"The text counts this as {claim.form} number {claim.ordinal}, the filmography as number {position}: check both."
            )
            self.findings.append(Finding("page-ordinal", Severity.WARNING, message, places=(self._place(claim.line),)))

    def _list_unread(self, blocks: Sequence[Block], placed: set[int | None], has_film: bool) -> list[UnreadLine]:
        kinds = {LineKind.BOILERPLATE: _BOILERPLATE, LineKind.HEADING: _HEADING}
        kinds |= {LineKind.ROLE_LABEL: _NO_VALUE, LineKind.FACT_LABEL: _NO_VALUE}
        unread = [(n, text, why) for n, text, why in self.unread_parts if n in placed]
        parts = {n: why for n, _, why in self.unread_parts}
        for block in blocks:
            if block.line.key not in placed:
                default = kinds.get(block.kind, parts.get(block.line.key, _NOT_UNDERSTOOD) if has_film else _NO_TITLE)
                unread.append((block.line.key, block.line.text, self.why.get(block.line.key, default)))
        return [UnreadLine(self._place(number), text, why, why in NOTHING_TO_READ) for number, text, why in sorted(unread)]

    def _place(self, line: int) -> SourcePlace:
        return SourcePlace(self.source.path, line)
