"""Which films are the same: candidates by title and director, then points for titles, people, years, lengths. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from filmgraph.matching_identifiers import compare_identifiers
from filmgraph.matching_model import Evidence, FilmRecord, Matching, Outcome, Verdict, judge
from filmgraph.matching_names import Likeness, Name, block_name, compare_names, parse_name
from filmgraph.matching_titles import Title, TitleLikeness, compare_titles, parse_title

__all__ = ["compare_films", "match_films"]

#: Films further apart are never looked at, unless a code joins them.
_YEARS_APART: Final = 2
_TITLE_POINTS: Final = {
    TitleLikeness.EQUAL: 8,
    TitleLikeness.NEAR: 5,
    TitleLikeness.PART: 4,
    TitleLikeness.DIFFERENT: -5,
    TitleLikeness.SERIES: -8,
}
_YEAR_POINTS: Final = {0: 3, 1: 1, 2: -2}
_FAR_YEARS: Final = -6
_LONG: Final = 60
#: From so many points on an editor is asked.
_ASK_FROM: Final = 6
_SAME_DIRECTOR: Final = Likeness.SOUND


@dataclass(frozen=True, slots=True)
class _Film:
    """A film prepared for comparing."""

    record: FilmRecord
    titles: tuple[Title, ...]
    blocks: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, record: FilmRecord) -> _Film:
        return cls(record, tuple(map(parse_title, record.titles)), tuple(map(block_name, record.directors)))

    @property
    def clues(self) -> set[str]:
        """What the directors are looked up by: films that share none of it have no director who could be the same."""
        return {each for letters, ends in self.blocks for each in (letters, *ends)}

    @property
    def keys(self) -> set[str]:
        """All titles in all spellings."""
        return {key for title in self.titles for key in title.keys}

    @property
    def directors(self) -> tuple[Name, ...]:
        return tuple(map(parse_name, self.record.directors))


def match_films(records: Iterable[FilmRecord]) -> Matching:
    """Compare all films that could be one; the order of the records makes no difference."""
    films = [_Film.of(each) for each in sorted(records, key=lambda each: each.key)]
    pairs = _find_pairs(films)
    verdicts = (_compare(films[a], films[b]) for a, b in sorted(pairs) if _could_be_one(films[a], films[b]))
    return Matching(tuple(each for each in verdicts if each.outcome is not Outcome.DIFFERENT), len(pairs))


def compare_films(a: FilmRecord, b: FilmRecord) -> Verdict:
    """Compare two films."""
    return _compare(_Film.of(a), _Film.of(b))


def _find_pairs(films: list[_Film]) -> set[tuple[int, int]]:
    """Return the candidates: films that share a title, or a director, at most two years apart; and those that share a code."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    codes: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, film in enumerate(films):
        for key in _iter_blocks(film):
            blocks[key].append(number)
        for code in film.record.identifiers:
            codes[code].append(number)
    pairs = {pair for members in codes.values() for pair in pairwise(members)}
    for members in blocks.values():
        if len(members) > 1:
            pairs.update(_near_in_time(members, films))
    return pairs


def _iter_blocks(film: _Film) -> Iterator[str]:
    yield from {f"t {key}" for title in film.titles for key in (*title.keys, *title.parts)}
    for letters, ends in film.blocks:
        yield f"d {letters}"
        yield from (f"e {end}" for end in ends[:1])


def _near_in_time(members: list[int], films: list[_Film]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a block that are near each other in time, or of which one has no year."""
    undated = [each for each in members if not films[each].record.years]
    dated = sorted((year, each) for each in members for year in films[each].record.years)
    for start, (year, a) in enumerate(dated):
        for n in range(start + 1, len(dated)):
            later, b = dated[n]
            if later - year > _YEARS_APART:
                break
            if a != b:
                yield (a, b) if a < b else (b, a)
    for position, a in enumerate(undated):
        for b in (*undated[position + 1 :], *(each for _, each in dated)):
            yield (a, b) if a < b else (b, a)


def _could_be_one(a: _Film, b: _Film) -> bool:
    """Leave out what can only be different.

    That is: films with other codes and no title in common, and films of one title by others, unless year and length are the same.
    """
    mine, its = a.record, b.record
    if _have_other_codes(mine, its) and a.keys.isdisjoint(b.keys):
        return False
    if not mine.directors or not its.directors or not set(mine.identifiers).isdisjoint(its.identifiers):
        return True
    if not set(mine.years).isdisjoint(its.years) and not set(mine.minutes).isdisjoint(its.minutes):
        return True
    return not a.clues.isdisjoint(b.clues)


def _have_other_codes(a: FilmRecord, b: FilmRecord) -> bool:
    if not a.identifiers or not b.identifiers or not set(a.identifiers).isdisjoint(b.identifiers):
        return False
    return not {scheme for scheme, _ in a.identifiers}.isdisjoint(scheme for scheme, _ in b.identifiers)


def _compare(a: _Film, b: _Film) -> Verdict:
    codes = compare_identifiers(a.record.identifiers, b.record.identifiers)
    title, directors = _compare_titles(a, b), _compare_directors(a, b)
    rest = (*_compare_years(a, b), *_compare_minutes(a, b), *_compare_countries(a, b), *_compare_sources(a, b))
    plain = judge(a.record.key, b.record.key, (title, *directors, *rest), _ASK_FROM)
    if not codes:
        return plain
    return _decide_by_codes(plain, codes, is_odd=title.points < 0 and sum(each.points for each in directors) < 0)


def _decide_by_codes(plain: Verdict, codes: tuple[Evidence, ...], *, is_odd: bool) -> Verdict:
    """Codes decide. Where they contradict each other, or all else, an editor has to look."""
    points = sum(each.points for each in codes)
    agree, contradict = any(each.points > 0 for each in codes), any(each.points < 0 for each in codes)
    if agree and (contradict or is_odd):
        outcome = Outcome.ASK
    elif agree:
        outcome = Outcome.SAME
    else:
        outcome = Outcome.ASK if plain.outcome is Outcome.SAME else Outcome.DIFFERENT
    is_conflict = outcome is Outcome.ASK
    return Verdict(plain.a, plain.b, outcome, plain.points + points, (*codes, *plain.evidence), is_conflict)


def _compare_titles(a: _Film, b: _Film) -> Evidence:
    best, words = TitleLikeness.SERIES, ""
    for x, mine in zip(a.titles, a.record.titles, strict=True):
        for y, its in zip(b.titles, b.record.titles, strict=True):
            likeness = compare_titles(x, y)
            if likeness > best or not words:
                best, words = likeness, f" ({mine!r})" if mine == its else f" ({mine!r} and {its!r})"
    return Evidence(_TITLE_POINTS[best], best.words + words)


def _compare_directors(a: _Film, b: _Film) -> tuple[Evidence, ...]:
    if not a.record.directors or not b.record.directors:
        return ()
    mine_all, its_all = a.directors, b.directors
    likenesses = [(compare_names(x, y), x.text, y.text) for x in mine_all for y in its_all]
    best, mine, its = max(likenesses, key=lambda each: each[0])
    shared = [(x, y) for likeness, x, y in likenesses if likeness >= _SAME_DIRECTOR]
    names = mine if mine == its else f"{mine} and {its}"
    if {x for x, _ in shared} == set(a.record.directors) and {y for _, y in shared} == set(b.record.directors):
        several = min(len(mine_all), len(its_all)) > 1
        return (Evidence(8, f"the same directors ({names} …)" if several else f"the same director ({names})"),)
    if shared:
        return (Evidence(6, f"a director is the same ({names}), not all are"),)
    if best >= Likeness.SLIP:
        return (Evidence(5, f"the directors may be the same: {best.words} ({names})"),)
    return (Evidence(-10, f"the directors are others ({names})"),)


def _compare_years(a: _Film, b: _Film) -> tuple[Evidence, ...]:
    if not a.record.years or not b.record.years:
        return ()
    apart, mine, its = min((abs(x - y), x, y) for x in a.record.years for y in b.record.years)
    if not apart:
        return (Evidence(_YEAR_POINTS[0], f"the same year ({mine})"),)
    words = "the years are next to each other" if apart == 1 else f"the years are {apart} apart"
    return (Evidence(_YEAR_POINTS.get(apart, _FAR_YEARS), f"{words} ({mine} and {its})"),)


def _compare_minutes(a: _Film, b: _Film) -> tuple[Evidence, ...]:
    if not a.record.minutes or not b.record.minutes:
        return ()
    apart, mine, its = min((abs(x - y), x, y) for x in a.record.minutes for y in b.record.minutes)
    # Short films are often of one length; that two long ones are to the minute says more.
    is_long = int(min(mine, its) >= _LONG)
    if apart == 0:
        return (Evidence(3 + is_long, f"the same length ({mine} min)"),)
    words = f"({mine} and {its} min)"
    if apart <= max(2, max(mine, its) // 40):
        return (Evidence(1 + is_long, f"the lengths are close {words}"),)
    if apart <= max(mine, its) // 8:
        return (Evidence(0, f"the lengths are not far apart {words}"),)
    return (Evidence(-4, f"the lengths are far apart {words}"),)


def _compare_countries(a: _Film, b: _Film) -> tuple[Evidence, ...]:
    mine, its = set(a.record.countries), set(b.record.countries)
    if not mine or not its:
        return ()
    if mine & its:
        return (Evidence(1, f"a country is the same ({', '.join(sorted(mine & its))})"),)
    return (Evidence(-2, f"no country is the same ({', '.join(sorted(mine))}; {', '.join(sorted(its))})"),)


def _compare_sources(a: _Film, b: _Film) -> tuple[Evidence, ...]:
    both = sorted(set(a.record.sources) & set(b.record.sources))
    return (Evidence(-2, f"one source lists both ({both[0]})"),) if both else ()
