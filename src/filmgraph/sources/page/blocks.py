"""What kind of line each line of a film page is, by its own shape; and in which zone of the page it stands."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from filmgraph.iris import Kind
from filmgraph.sources.page.layout import Layout, fold
from filmgraph.sources.page.lines import Line
from filmgraph.vocabulary import Vocabulary

__all__ = ["Block", "LineKind", "RoleLabels", "Zones", "cut_zones", "iter_blocks", "parse_films"]

_UUID = re.compile(r"(?i)([0-9a-f]{8})[ -]([0-9a-f]{4})[ -]([0-9a-f]{4})[ -]([0-9a-f]{4})[ -]([0-9a-f]{12})")
_FILM = re.compile(
    r"(?P<title>[^()]{1,120}) \((?P<year>1[89][0-9]{2}|20[0-9]{2})(?: ?[-–,] ?(?P<form>[^()]{1,40}))?\)(?:, *|; *|$)"
)
_QUOTE = re.compile(r"[\"“„«] ?(?P<text>.{20,}?) ?[\"”»] ?[-–—] ?(?P<publisher>[^\"“”«»]{2,60})")
_SHORTEST_PROSE = 25
_FEWEST_PROSE_WORDS = 6
_MOST_LABEL_WORDS = 6
_LONGEST_LABEL = 80
_LONGEST_CREDITS = 2_000
# Longer lines are listed, not searched: no film page has a paragraph of this length.
_LONGEST_PROSE = 20_000


class LineKind(enum.Enum):
    """What a line is by its own shape."""

    BANNER = "banner"
    IMAGE = "image"
    HEADING = "heading"
    ROLE_LABEL = "role label"
    FACT_LABEL = "fact label"
    CREDITS = "labelled credits"
    FACTS = "facts"
    NAMES_OF_LANGUAGES = "languages"
    NAMES_OF_COUNTRIES = "countries"
    FILMS = "filmography"
    QUOTE = "quote"
    PROSE = "prose"
    BOILERPLATE = "boilerplate"
    OTHER = "other"


_BEHIND_CREDITS = frozenset(
    {
        LineKind.FACT_LABEL,
        LineKind.FILMS,
        LineKind.BOILERPLATE,
        LineKind.NAMES_OF_LANGUAGES,
        LineKind.NAMES_OF_COUNTRIES,
    }
)


@dataclass(frozen=True, slots=True)
class Block:
    """A line and its kind. `value` is what the shape gives: a heading's or label's name, a UUID with its dashes."""

    line: Line
    kind: LineKind
    value: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Zones:
    """The blocks of a page by where they stand; a page may lack any of them."""

    head: tuple[Block, ...]
    prose: tuple[Block, ...]
    credits: tuple[Block, ...]
    information: tuple[Block, ...]


class RoleLabels:
    """Finds the labels of credit roles, as the vocabulary spells them in all its languages."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        self._vocabulary = vocabulary
        self._language = language or None

    def find(self, text: str) -> str | None:
        """Return the key of the role that `text` is a label of."""
        concept = self._vocabulary.find(Kind.ROLE, text, self._language)
        return concept.key if concept else None

    def split(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return (label, value) pairs of a line that starts with a label and a colon; empty for other lines.

        A label is only a label with its colon, and the longest label wins: `Director of Photography:` is not `Photography:`.
        """
        spans = list(self._iter_labels(text)) if len(text) <= _LONGEST_CREDITS else []
        if not spans or spans[0][0] != 0:
            return ()
        ends = [start for start, _ in spans[1:]] + [len(text)]
        return tuple(
            (text[start:colon].strip(), text[colon + 1 : end].strip(" ,;-–|"))
            for (start, colon), end in zip(spans, ends, strict=True)
        )

    def _iter_labels(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where each label starts and where its colon stands."""
        last = 0
        for colon in re.finditer(":", text):
            window = max(last, colon.start() - _LONGEST_LABEL)
            words = re.finditer(r"(?:(?<=\s)|\A)\S+", text[window : colon.start()])
            starts = [window + word.start() for word in words if window == last or word.start() > 0][-_MOST_LABEL_WORDS:]
            start = next((each for each in starts if self.find(text[each : colon.start()])), None)
            if start is not None:
                yield start, colon.start()
                last = colon.end()


def iter_blocks(lines: Sequence[Line], layout: Layout, roles: RoleLabels) -> Iterator[Block]:
    """Yield each line with the kind that its shape tells; lines of facts are told later, by what can be read in them."""
    for line in lines:
        folded = fold(line.text)
        if layout.banner.fullmatch(line.text):
            yield Block(line, LineKind.BANNER)
        elif uuid := _UUID.fullmatch(line.text):
            yield Block(line, LineKind.IMAGE, "-".join(uuid.groups()).lower())
        elif folded.startswith(layout.boilerplate):
            yield Block(line, LineKind.BOILERPLATE)
        elif folded in layout.headings:
            yield Block(line, LineKind.HEADING, layout.headings[folded])
        elif folded in layout.labels:
            yield Block(line, LineKind.FACT_LABEL, layout.labels[folded])
        elif role := roles.find(line.text):
            yield Block(line, LineKind.ROLE_LABEL, role)
        else:
            yield _to_text_block(line, roles)


def _to_text_block(line: Line, roles: RoleLabels) -> Block:
    if len(line.text) <= _LONGEST_PROSE and (quote := _QUOTE.fullmatch(line.text)):
        return Block(line, LineKind.QUOTE, parts=(quote["text"], quote["publisher"].strip()))
    if roles.split(line.text):
        return Block(line, LineKind.CREDITS)
    if parse_films(line.text):
        return Block(line, LineKind.FILMS)
    return Block(line, LineKind.PROSE if _is_prose(line.text) else LineKind.OTHER)


def parse_films(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return (title, year, form as marked) for a list of films; empty when the line holds anything else.

    >>> parse_films("Vuur (2009 - short), Zand (2013)")
    (('Vuur', '2009', 'short'), ('Zand', '2013', ''))
    """
    films, end = [], 0
    while match := _FILM.match(text, end):
        films.append((match["title"].strip(), match["year"], (match["form"] or "").strip()))
        end = match.end()
    return tuple(films) if end == len(text) else ()


def cut_zones(blocks: Sequence[Block]) -> Zones:
    """Return the zones of a page.

    The head goes to the first prose, the prose to the first heading or label behind it. The credits begin behind the last line
    of prose, picture or heading and end where anything starts that is no credit.
    """
    first_prose = _find(blocks, {LineKind.PROSE, LineKind.QUOTE, LineKind.HEADING, LineKind.ROLE_LABEL, LineKind.FACT_LABEL})
    after_prose = _find(blocks, {LineKind.HEADING, LineKind.ROLE_LABEL, LineKind.FACT_LABEL, LineKind.FILMS}, first_prose)
    end = next((n for n in range(first_prose, len(blocks)) if _ends_credits(blocks[n])), len(blocks))
    closed = {LineKind.PROSE, LineKind.QUOTE, LineKind.IMAGE, LineKind.HEADING, LineKind.CREDITS, LineKind.FACTS, LineKind.BANNER}
    if end < len(blocks) and blocks[end].kind is LineKind.FILMS and blocks[end].line.gap <= 1:
        # The name right above a filmography is no credit.
        end = max(end - 1, first_prose)
    start = next((n + 1 for n in reversed(range(end)) if blocks[n].kind in closed), first_prose)
    return Zones(
        tuple(blocks[:first_prose]), tuple(blocks[first_prose:after_prose]), tuple(blocks[start:end]), tuple(blocks[end:])
    )


def _ends_credits(block: Block) -> bool:
    if block.kind is LineKind.HEADING:
        return block.value in {"information", "filmography"}
    return block.kind in _BEHIND_CREDITS


def _find(blocks: Sequence[Block], kinds: set[LineKind], start: int = 0) -> int:
    return next((n for n in range(start, len(blocks)) if blocks[n].kind in kinds), len(blocks))


def _is_prose(text: str) -> bool:
    is_long = _SHORTEST_PROSE <= len(text) <= _LONGEST_PROSE and text.count(" ") >= _FEWEST_PROSE_WORDS - 1
    return is_long and text[-1] in '.!?…"”»)'
