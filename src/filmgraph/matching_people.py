"""Which people are the same: candidates by name and by work, then points for names, credits, co-workers, dates. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from filmgraph.matching_identifiers import compare_identifiers
from filmgraph.matching_model import Evidence, Matching, Outcome, PersonRecord, Verdict, judge
from filmgraph.matching_names import Likeness, block_name, compare_names, parse_name, to_plain

__all__ = ["compare_people", "match_people"]

_NAME_POINTS: Final = {
    Likeness.EXACT: 9,
    Likeness.EQUAL: 8,
    Likeness.ORDER: 7,
    Likeness.PARTICLE: 6,
    Likeness.SOUND: 6,
    Likeness.PART: 5,
    Likeness.INITIAL: 4,
    Likeness.SLIP: 4,
    Likeness.ENDING: 1,
}
#: From so many points on an editor is asked.
_ASK_FROM: Final = 8
#: Without keys of their own, people of one name are one person, everywhere else too.
_UNKEYED: Final = 3
_ONE_WORD: Final = -3
#: A block of more people with alike names than this is looked through only by what its members worked on.
_LARGEST_BLOCK: Final = 40
_LARGEST_CREW: Final = 400
_CAREER: Final = 60
_CLOSE_YEARS: Final = 12
_CO_WORKERS: Final = 3
_COMPANY_POINTS: Final = 2
_SAME_SOURCE: Final = -12


@dataclass(frozen=True, slots=True)
class _Person:
    """A person prepared for comparing."""

    record: PersonRecord
    works: frozenset[str]
    roles: frozenset[str]
    countries: frozenset[str]

    @classmethod
    def of(cls, record: PersonRecord) -> _Person:
        works, roles = frozenset([each.key for each in record.works]), frozenset([each.role for each in record.works])
        return cls(record, works, roles, frozenset(record.countries))


class _Crowd:
    """All people of one comparison, and who worked on what."""

    def __init__(self, records: Iterable[PersonRecord]) -> None:
        self.people = [_Person.of(each) for each in records]
        self._crews: defaultdict[str, list[int]] = defaultdict(list)
        for number, person in enumerate(self.people):
            for work in person.works:
                self._crews[work].append(number)
        self._co_workers: dict[int, frozenset[int]] = {}
        self._by_name: defaultdict[str, list[int]] = defaultdict(list)
        for number, person in enumerate(self.people):
            if person.record.is_keyed:
                for name in person.record.names:
                    self._by_name[to_plain(name)].append(number)

    def crew(self, work: str) -> Sequence[int]:
        """Return who worked on a work; nobody where so many did that it says nothing."""
        crew = self._crews[work]
        return crew if len(crew) <= _LARGEST_CREW else ()

    def co_workers(self, number: int) -> frozenset[int]:
        """Return who worked with a person, with the person."""
        known = self._co_workers.get(number)
        if known is None:
            known = frozenset([each for work in self.people[number].works for each in self.crew(work)])
            self._co_workers[number] = known
        return known

    def has_namesakes(self, name: str) -> bool:
        """Whether one source gives a name, as `to_plain` writes it, to several people."""
        of_source = [source for number in self._by_name.get(name, ()) for source in self.people[number].record.sources]
        return len(of_source) > len(set(of_source))

    def count_shared(self, a: _Person, b: _Person) -> int:
        """Count who worked with both, but for works that both have: there everybody is a co-worker of both."""
        common = a.works & b.works
        mine, its = ({each for work in person.works - common for each in self.crew(work)} for person in (a, b))
        return len(mine & its)


def match_people(records: Iterable[PersonRecord]) -> Matching:
    """Compare all people who could be one; the order of the records makes no difference."""
    crowd = _Crowd(sorted(records, key=lambda each: each.key))
    pairs = _find_pairs(crowd)
    found = ((crowd.people[a], crowd.people[b]) for a, b in sorted(pairs))
    verdicts = (_compare(a, b, crowd) for a, b in found if _could_be_one(a, b))
    return Matching(tuple(each for each in verdicts if each.outcome is not Outcome.DIFFERENT), len(pairs))


def compare_people(a: PersonRecord, b: PersonRecord, others: Iterable[PersonRecord] = ()) -> Verdict:
    """Compare two people; `others` are those among whom co-workers are found."""
    crowd = _Crowd((a, b, *others))
    return _compare(crowd.people[0], crowd.people[1], crowd)


def _find_pairs(crowd: _Crowd) -> set[tuple[int, int]]:
    """Return the candidates: alike names; initials and slips where they worked on one thing, or with the same people; codes."""
    names: defaultdict[str, list[int]] = defaultdict(list)
    ends: defaultdict[str, list[int]] = defaultdict(list)
    codes: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, person in enumerate(crowd.people):
        for each in person.record.names:
            letters, name_ends = block_name(each)
            names[letters].append(number)
            for end in name_ends:
                ends[end].append(number)
        for code in person.record.identifiers:
            codes[code].append(number)
    pairs = {pair for members in codes.values() for pair in pairwise(members)}
    pairs.update(pair for members in names.values() if len(members) > 1 for pair in _alike(members, crowd))
    pairs.update(pair for members in ends.values() if len(members) > 1 for pair in _acquainted(members, crowd))
    return pairs


def _alike(members: list[int], crowd: _Crowd) -> Iterator[tuple[int, int]]:
    unique = sorted(set(members))
    return combinations(unique, 2) if len(unique) <= _LARGEST_BLOCK else _acquainted(unique, crowd)


def _acquainted(members: list[int], crowd: _Crowd) -> Iterator[tuple[int, int]]:
    """Yield the pairs who worked on the same thing, or with the same person."""
    unique = sorted(set(members))
    if len(unique) > _LARGEST_BLOCK:
        yield from _acquainted_of_many(unique, crowd)
        return
    for a, b in combinations(unique, 2):
        if not crowd.co_workers(a).isdisjoint(crowd.co_workers(b)):
            yield a, b


def _acquainted_of_many(members: list[int], crowd: _Crowd) -> Iterator[tuple[int, int]]:
    met: defaultdict[int, list[int]] = defaultdict(list)
    for number in members:
        for each in crowd.co_workers(number):
            met[each].append(number)
    for known in met.values():
        if 1 < len(known) <= _LARGEST_BLOCK:
            yield from combinations(known, 2)


def _could_be_one(a: _Person, b: _Person) -> bool:
    """Leave out who could only be different, were the names the same and the company too: comparing these costs most."""
    mine, its = a.record, b.record
    if mine.identifiers and its.identifiers:
        return True
    are_keyed = mine.is_keyed and its.is_keyed
    points = _NAME_POINTS[Likeness.EXACT] + (0 if are_keyed else _UNKEYED) + _COMPANY_POINTS * _CO_WORKERS
    if are_keyed and not set(mine.sources).isdisjoint(its.sources):
        points += _SAME_SOURCE
    dates = (*_compare_dates("born", mine.births, its.births), *_compare_dates("died", mine.deaths, its.deaths))
    points += sum(each.points for each in (*dates, *_compare_works(a, b), *_compare_careers(a, b)))
    return points >= _ASK_FROM


def _compare(a: _Person, b: _Person, crowd: _Crowd) -> Verdict:
    codes = compare_identifiers(a.record.identifiers, b.record.identifiers)
    likeness, name, plain_name = _compare_names(a, b)
    dates = (*_compare_dates("born", a.record.births, b.record.births), *_compare_dates("died", a.record.deaths, b.record.deaths))
    if likeness is Likeness.DIFFERENT and not codes:
        return judge(a.record.key, b.record.key, (name,), _ASK_FROM)
    rest = (
        *_look_for_namesakes(plain_name, crowd),
        *_compare_works(a, b),
        *_compare_company(a, b, crowd),
        *_compare_careers(a, b),
        *_compare_sources(a, b, likeness),
    )
    contradicted = any(each.points < 0 for each in dates)
    plain = judge(a.record.key, b.record.key, (name, *dates, *rest), _ASK_FROM, is_doubtful=contradicted)
    return _decide_by_codes(plain, codes, is_odd=likeness is Likeness.DIFFERENT or contradicted) if codes else plain


def _decide_by_codes(plain: Verdict, codes: tuple[Evidence, ...], *, is_odd: bool) -> Verdict:
    points = plain.points + sum(each.points for each in codes)
    agree, contradict = any(each.points > 0 for each in codes), any(each.points < 0 for each in codes)
    if agree:
        outcome = Outcome.ASK if contradict or is_odd else Outcome.SAME
    else:
        outcome = Outcome.ASK if plain.outcome is Outcome.SAME else Outcome.DIFFERENT
    return Verdict(plain.a, plain.b, outcome, points, (*codes, *plain.evidence), outcome is Outcome.ASK)


def _compare_names(a: _Person, b: _Person) -> tuple[Likeness, Evidence, str]:
    both = [tuple(map(parse_name, each.record.names)) for each in (a, b)]
    best = max(((compare_names(x, y), x, y) for x in both[0] for y in both[1]), key=lambda each: each[0])
    likeness, mine, its = best
    points = _NAME_POINTS.get(likeness, -14)
    if likeness is Likeness.ORDER and min(len(mine.core), len(its.core)) > 2:
        points += 1
    if likeness is Likeness.EXACT and not (a.record.is_keyed and b.record.is_keyed):
        points += _UNKEYED
    if likeness > Likeness.DIFFERENT and mine.is_one_word and its.is_one_word:
        points += _ONE_WORD
    quoted = f"{mine.text!r}" if mine.text == its.text else f"{mine.text!r} and {its.text!r}"
    return likeness, Evidence(points, f"{likeness.words} ({quoted})"), mine.plain if likeness is Likeness.EXACT else ""


def _look_for_namesakes(name: str, crowd: _Crowd) -> tuple[Evidence, ...]:
    if not name or not crowd.has_namesakes(name):
        return ()
    return (Evidence(-6, "a source has several people of this name"),)


def _compare_dates(verb: str, a: tuple[str, ...], b: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Compare as much of two dates as both tell: a year agrees with a day in it."""
    if not a or not b:
        return ()
    common = [(min(len(x), len(y)), x, y) for x in a for y in b if x[: len(y)] == y[: len(x)]]
    if not common:
        return (Evidence(-12, f"they were {verb} on other dates ({a[0]} and {b[0]})"),)
    length, mine, _ = max(common)
    return (
        Evidence(8 if length == 10 else 4, f"both were {verb} in {mine[:4]}" if length < 10 else f"both were {verb} on {mine}"),
    )


def _compare_works(a: _Person, b: _Person) -> tuple[Evidence, ...]:
    """Compare the credits on works that both have. Two sources may write one name differently; one source hardly will."""
    common = a.works & b.works
    if not common:
        return ()
    mine, its = ([each for each in person.record.works if each.key in common] for person in (a, b))
    side_by_side = sorted({(x.key, x.source) for x in mine} & {(y.key, y.source) for y in its})
    if side_by_side:
        return (Evidence(-9, f"one source credits both on one work ({side_by_side[0][0]})"),)
    roles = sorted({(x.key, x.role) for x in mine} & {(y.key, y.role) for y in its})
    if roles:
        return (Evidence(10, f"two sources credit them with the same: {roles[0][1]} of {roles[0][0]}"),)
    return (Evidence(4, f"two sources credit them on the same work ({min(common)})"),)


def _compare_company(a: _Person, b: _Person, crowd: _Crowd) -> tuple[Evidence, ...]:
    shared = crowd.count_shared(a, b)
    if not shared:
        return ()
    return (Evidence(_COMPANY_POINTS * min(shared, _CO_WORKERS), f"they worked with the same people ({shared})"),)


def _compare_careers(a: _Person, b: _Person) -> tuple[Evidence, ...]:
    found = []
    roles, countries = a.roles & b.roles, a.countries & b.countries
    if roles:
        found.append(Evidence(2, f"they do the same work ({min(roles)})"))
    if countries:
        found.append(Evidence(2, f"they work in the same country ({min(countries)})"))
    elif a.countries and b.countries:
        found.append(Evidence(-3, "they work in other countries"))
    mine, its = a.record.years, b.record.years
    if mine and its:
        apart = max(min(mine) - max(its), min(its) - max(mine))
        if apart <= _CLOSE_YEARS:
            found.append(Evidence(2, "they were at work in the same years"))
        elif apart > _CAREER:
            found.append(Evidence(-8, f"{apart} years lie between the work of the one and of the other"))
    return tuple(found)


def _compare_sources(a: _Person, b: _Person, likeness: Likeness) -> tuple[Evidence, ...]:
    """Compare who describes them: a source that gives two people keys of their own, or one name twice, means two."""
    both = sorted(set(a.record.sources) & set(b.record.sources))
    if not both or not (likeness is Likeness.EXACT or (a.record.is_keyed and b.record.is_keyed)):
        return ()
    return (Evidence(_SAME_SOURCE, f"one source describes two people ({both[0]})"),)
