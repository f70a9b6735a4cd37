"""The filmography of a film page, and the title of the film that the page is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, Fact
from filmgraph.sources.page.blocks import Block, LineKind, parse_films
from filmgraph.sources.page.layout import Layout, ProseRule, fold
from filmgraph.sources.page.names import split_names
from filmgraph.sources.page.sentences import iter_matches
from filmgraph.vocabulary import Vocabulary

__all__ = ["ListedFilm", "TitleClaim", "find_title", "is_same_film", "read_filmography", "read_title_claim"]

_YEAR_TOLERANCE = 1


@dataclass(frozen=True, slots=True)
class ListedFilm:
    """A film of a filmography; `form` is a key of the form scheme or empty, `director_line` the line that names the director."""

    title: str
    year: int
    form: str
    is_marked: bool
    line: int
    director: str = ""
    director_line: int = 0


@dataclass(frozen=True, slots=True)
class TitleClaim:
    """What the introduction says of the film: `With Here, Bas Devos' fourth feature`."""

    title: str
    director: str
    ordinal: int
    form: str
    line: int


def read_filmography(blocks: Sequence[Block], layout: Layout, vocabulary: Vocabulary) -> tuple[ListedFilm, ...]:
    """Return all films that the page lists; the line right above a list names whose films they are.

    A filmography marks the short films, so a film without a mark is a feature.
    """
    films: list[ListedFilm] = []
    names: Block | None = None
    for n, block in enumerate(blocks):
        if block.kind is not LineKind.FILMS:
            continue
        is_continued = n > 0 and blocks[n - 1].kind is LineKind.FILMS and block.line.gap == 0
        if not is_continued:
            names = _find_name_above(blocks, n, has_named=names is not None)
        for title, year, mark in parse_films(block.line.text):
            form = _find_form(mark, layout, vocabulary) if mark else "feature"
            director, line = (names.line.text, names.line.key) if names else ("", 0)
            films.append(ListedFilm(title, int(year), form, bool(mark), block.line.key, director, line))
    return tuple(films)


def _find_name_above(blocks: Sequence[Block], n: int, *, has_named: bool) -> Block | None:
    """Return the line with a name right above a list of films; None when it could as well stand below another list."""
    above = blocks[n - 1] if n > 0 else None
    if above is None or blocks[n].line.gap > 1 or not _is_one_name(above):
        return None
    is_between = n > 1 and blocks[n - 2].kind is LineKind.FILMS
    is_nearer_above = above.line.gap < blocks[n].line.gap
    is_as_near = above.line.gap == blocks[n].line.gap
    return None if is_between and (is_nearer_above or (is_as_near and not has_named)) else above


def _is_one_name(block: Block) -> bool:
    return block.kind is LineKind.OTHER and len(split_names(block.line.text, are_people=True)) == 1


def _find_form(mark: str, layout: Layout, vocabulary: Vocabulary) -> str:
    concept = vocabulary.find(Kind.FORM, mark)
    key = concept.key if concept else layout.forms.get(fold(mark), "")
    return key if vocabulary.concept(Kind.FORM, key) else ""


def read_title_claim(prose: Sequence[Block], layout: Layout) -> TitleClaim | None:
    """Return what the first paragraph says of the film's title, director and place among the director's films."""
    first = next((each for each in prose if each.kind is LineKind.PROSE), None)
    if first is None:
        return None
    rules: Iterable[ProseRule] = layout.rules("title")
    found = [match for rule in rules for match in iter_matches(rule.pattern, first.line.text)]
    if len(found) != 1:
        return None
    match = found[0]
    form = "feature" if fold(match["form"]) in {"feature", "langspeelfilm", "long métrage"} else "short"
    return TitleClaim(match["title"].strip(), match["director"], layout.ordinals[match["ordinal"]], form, first.line.key)


def is_same_film(listed: ListedFilm, title: str, year: int | None) -> bool:
    """Return whether a listed film is the one of this title and year: on when a film was made, sources differ by a year."""
    return listed.title == title and (year is None or abs(listed.year - year) <= _YEAR_TOLERANCE)


def find_title(
    head: Sequence[Block],
    claim: TitleClaim | None,
    films: Sequence[ListedFilm],
    year: int | None,
    directors: Sequence[str],
    path: str,
) -> tuple[tuple[Fact[str], ...], tuple[Finding, ...]]:
    """Return the film's title with each line that gives it, and what is wrong with it.

    The prose states it; so does a line of the head that the prose or the filmography confirms. Without either, it is inferred
    when the filmography has one film only of the page's year.
    """
    listed = {each.title for each in films if is_same_film(each, each.title, year)}
    claimed = claim.title if claim else ""
    if claim and {each.title for each in films} & {claimed} and claimed not in listed:
        place = SourcePlace(path, claim.line)
        message = f"The text calls the film {claimed!r}, but the filmography has it in another year than {year}: check both."
        return (), (Finding("page-title", Severity.WARNING, message, value=claimed, places=(place,)),)
    candidates = [each for each in head if each.kind is LineKind.OTHER and each.line.text not in directors]
    confirmed = [each for each in candidates if each.line.is_title or each.line.text in {claimed, *listed}]
    titles = {each.line.text for each in confirmed} | ({claimed} if claimed else set())
    if len(titles) == 1:
        facts = [Fact(each.line.text, SourcePlace(path, each.line.key)) for each in confirmed]
        return (*facts, *([Fact(claimed, SourcePlace(path, claim.line))] if claim else [])), ()
    return _infer_title(titles, films, year, directors, path)


def _infer_title(
    titles: set[str], films: Sequence[ListedFilm], year: int | None, directors: Sequence[str], path: str
) -> tuple[tuple[Fact[str], ...], tuple[Finding, ...]]:
    if len(titles) > 1:
        message = f"The page gives the film several titles ({', '.join(sorted(titles))}): none was taken. Correct the page."
        return (), (Finding("page-title", Severity.WARNING, message, places=(SourcePlace(path),)),)
    same_year = {(each.title, each.line) for each in films if each.year == year and each.director in directors}
    if len({title for title, _ in same_year}) == 1:
        title, line = min(same_year)
        reason = f"the page prints no title; this is the only film of {year} in its director's filmography"
        return (Fact(title, SourcePlace(path, line), Certainty.INFERRED, reason),), ()
    message = "No title was found, so nothing of the film was read: put its title on a line of its own above the facts."
    return (), (Finding("page-title", Severity.WARNING, message, places=(SourcePlace(path),)),)
