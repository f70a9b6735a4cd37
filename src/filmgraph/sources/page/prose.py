"""What the running prose of a film page states: award, inspiration, credits, setting, characters, other films.

Each rule is bound to one way of saying a thing (`layout.toml`), outside quotation marks. What is said otherwise gives
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from filmgraph.iris import Kind
from filmgraph.model import AwardDecision, Book, Character, EventSeries, PartialDate, Place, Ref, Text
from filmgraph.sources.page.blocks import Block, LineKind, RoleLabels
from filmgraph.sources.page.credits import CreditList
from filmgraph.sources.page.draft import PageDraft, RecordDraft
from filmgraph.sources.page.films import ListedFilm, TitleClaim
from filmgraph.sources.page.layout import Layout, fold
from filmgraph.sources.page.sentences import iter_matches, iter_sentences

__all__ = ["ProseReader", "iter_prose_credits"]

_THE_FILM = frozenset({"it", "the film", "this film", "de film", "deze film", "il", "le film", "ce film"})


def iter_prose_credits(prose: Sequence[Block], layout: Layout, roles: RoleLabels) -> Iterator[tuple[str, str, int]]:
    """Yield (role, name, line) for each credit that the prose states: `DoP Grimm Vandekerckhove captures …`."""
    for block in prose:
        for rule in layout.rules("credit") if block.kind is LineKind.PROSE else ():
            for match in iter_matches(rule.pattern, block.line.text):
                role = rule.role or roles.find(match["role"])
                if role:
                    yield role, match["name"], block.line.key


@dataclass(frozen=True, slots=True)
class ProseReader:
    """Reads prose about one film into `draft`."""

    layout: Layout
    draft: PageDraft
    film: RecordDraft
    credits: CreditList
    claim: TitleClaim | None
    films: tuple[ListedFilm, ...]
    performance_roles: frozenset[str]

    def read(self, block: Block) -> None:
        """Read one paragraph."""
        text, line = block.line.text, block.line.key
        for match in self._iter_matches("award", text):
            self._add_award(match, line)
        for match in self._iter_matches("inspiration", text):
            book = self.draft.named(Book, Ref(Kind.WORK, match["book"]), line)
            book.add("author", Ref(Kind.PERSON, match["author"]), line)
            self.film.add("inspired_by", book.ref, line)
        for match in self._iter_matches("setting", text):
            self._add_setting(match, line)
        for match in self._iter_matches("character", text):
            if not self._is_known(match["name"]):
                character = Ref(Kind.CHARACTER, match["name"], within=self.film.ref)
                self.draft.named(Character, character, line)
                self.film.add("character", character, line)
        self._read_mentions(text, line)

    def _iter_matches(self, rule: str, text: str) -> Iterator[re.Match[str]]:
        for each in self.layout.rules(rule):
            yield from iter_matches(each.pattern, text)

    def _add_award(self, match: re.Match[str], line: int) -> None:
        if not self._is_about_film(match["subject"]):
            return
        name = f"{match['award'][:1].upper()}{match['award'][1:]}, {match['section']}"
        award = self.draft.named(AwardDecision, Ref(Kind.AWARD, name, within=self.film.ref), line)
        series = self.draft.named(EventSeries, Ref(Kind.SERIES, match["series"]), line)
        award.add("super_event", series.ref, line)
        award.add("awarded_to", self.film.ref, line)
        award.add("outcome", "won", line)
        self.film.add("award", award.ref, line)

    def _is_about_film(self, subject: str) -> bool:
        """Return whether a sentence's subject is this film: its title, `the film`, or `Devos' fourth feature`."""
        if subject == self.film.ref.name or fold(subject) in _THE_FILM:
            return True
        if self.claim is None:
            return False
        pattern = r"(?P<name>.+?)(?:['’]s|['’]) (?P<ordinal>\S+) (?:feature|short)(?: film)?"
        match = re.fullmatch(pattern, subject)
        ordinal = self.layout.ordinals.get(match["ordinal"]) if match else None
        names = {form for name in self.credits.names("director") for form in (name, _surname(name))}
        return match is not None and match["name"] in names and ordinal == self.claim.ordinal

    def _add_setting(self, match: re.Match[str], line: int) -> None:
        before = match.string[: match.start()].rstrip()
        if any(before.endswith(_surname(name)) for names in self.credits.by_role().values() for name in names):
            return
        spelling = match["town"]
        place = self.draft.named(Place, Ref(Kind.PLACE, self.layout.towns[spelling]), line)
        if spelling != place.ref.name:
            language = next(each.language for each in self.layout.rules("setting") if each.pattern is match.re)
            place.add("alternate_name", Text(spelling, language), line)
        self.film.add("content_location", place.ref, line)

    def _is_known(self, name: str) -> bool:
        """Return whether a name is one of something else: the film, a town, a credited person.

        Characters may share a first name with an actor, but the first names of the crew are the crew.
        """
        people = set()
        for role, names in self.credits.by_role().items():
            for each in names:
                people |= {each, _surname(each)} | (set() if role in self.performance_roles else {each.split()[0]})
        authors = {fact.value.name for each in self.draft.records.values() for fact in each.facts.get("author", ())}
        return name in people | authors | set(map(_surname, authors)) | {self.film.ref.name} | set(self.layout.towns)

    def _read_mentions(self, text: str, line: int) -> None:
        """Read where the prose speaks of a film that the filmography lists, by its title or as a film of that year and name."""
        for listed in self.films:
            is_plain = " " in listed.title and re.search(rf"(?<!\w){re.escape(listed.title)}(?!\w)", text)
            if is_plain and listed.title != self.film.ref.name:
                self.draft.film(listed.title, listed.year).add("name", Text(listed.title), line)
        for rule in self.layout.rules("namesake"):
            for sentence in iter_sentences(text):
                for match in rule.pattern.finditer(sentence):
                    self._add_namesake(fold(match["title"]), int(match["year"]), line)

    def _add_namesake(self, folded_title: str, year: int, line: int) -> None:
        for listed in self.films:
            if fold(listed.title) == folded_title and listed.year == year:
                film = self.draft.film(listed.title, year)
                film.add("name", Text(listed.title), line)
                film.add("date_created", PartialDate(str(year)), line)


def _surname(name: str) -> str:
    return name.split()[-1]
