"""The programme of an edition: which screenings a selection shows, by evening, as a list and as a grid of halls and hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from filmgraph.iris import Kind
from filmgraph.pages.grid import Grid, build_grid
from filmgraph.pages.kinds import capitalise
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference
from filmgraph.pages.moments import long_day, read_moment, short_day
from filmgraph.pages.showing import Showing, build_showing, offset_text, to_reference
from filmgraph.programme import Edition, Screening, find_zone, in_order
from filmgraph.values import EventStatus
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "DayTab",
    "Filter",
    "Option",
    "ProgrammeDay",
    "ProgrammePage",
    "Selection",
    "build_programme_page",
    "list_days",
    "list_editions",
    "select",
]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a visitor wants to see: one evening, and the keys of a section and a venue, and a language; empty for all."""

    day: date | None = None
    section: str = ""
    venue: str = ""
    language: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether more than the day is chosen."""
        return bool(self.section or self.venue or self.language)

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The filters as the fields of an address, without those that let all pass."""
        found = (("section", self.section), ("venue", self.venue), ("language", self.language))
        return tuple((name, value) for name, value in found if value)


@dataclass(frozen=True, slots=True)
class DayTab:
    """One evening to choose; `count` is how many screenings the other filters leave of it. `day` is None for all evenings."""

    day: date | None
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter, with the number of screenings that it would show beside the other filters."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to choose by. `chosen` is the label of the value that is chosen, empty for all."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> str:
        """The label of the chosen value."""
        return next((each.label for each in self.options if each.is_chosen), "")


@dataclass(frozen=True, slots=True)
class ProgrammeDay:
    """The screenings of one evening. `zone` tells on which clock its times are, where that is one for all of them.

    `day` is None for screenings without a date.
    """

    day: date | None
    label: str
    showings: tuple[Showing, ...]
    zone: str = ""
    grid: Grid | None = None

    @property
    def count(self) -> int:
        """How many screenings it has; the traces of those that were moved away do not count."""
        return sum(not each.is_trace for each in self.showings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePage:
    """The programme of one edition, as far as a selection shows it. `others` are editions that share a day with it.

    `zone` is the time zone, where that is one for all, with its offset where `has_one_clock`: no day has another.
    """

    edition: Reference
    key: str
    title: str
    dates: str
    selection: Selection
    tabs: tuple[DayTab, ...]
    filters: tuple[Filter, ...]
    days: tuple[ProgrammeDay, ...]
    shown: int
    total: int
    zone: str = ""
    has_one_clock: bool = True
    others: tuple[tuple[Reference, str], ...] = ()
    is_fictional: bool = False


def select(screenings: Iterable[Screening], selection: Selection) -> tuple[Screening, ...]:
    """Return the screenings that a selection shows, in their order."""
    return tuple(each for each in screenings if all(test(each) for test in _tests(selection).values()))


def build_programme_page(
    edition: Edition,
    screenings: Sequence[Screening],
    selection: Selection,
    others: Iterable[Edition],
    vocabulary: Vocabulary,
    messages: Messages = ENGLISH,
) -> ProgrammePage:
    """Return what the page of a programme shows; `screenings` are all of the edition, in order."""
    shown = select(screenings, selection)
    programme = _Programme(shown, _traces(screenings, selection), vocabulary, messages)
    days = programme.days(has_grid=selection.day is not None)
    clocks, zones = {each.zone for each in days}, {each.time_zone for each in shown}
    zone = clocks.pop() if len(clocks) == 1 else zones.pop() if len(zones) == 1 else ""
    return ProgrammePage(
        edition=to_reference(edition.named),
        key=edition.named.key,
        title=edition.named.name,
        dates=_dates_text(edition, messages),
        selection=selection,
        tabs=_tabs(screenings, selection, messages),
        filters=_filters(screenings, selection, vocabulary, messages),
        days=days,
        shown=len(shown),
        total=len(screenings),
        zone=zone,
        has_one_clock=not clocks,
        others=tuple(
            (to_reference(each.named), _dates_text(each, messages))
            for each in others
            if each.named.iri != edition.named.iri and each.overlaps(edition)
        ),
        is_fictional=edition.is_fictional,
    )


def _tests(selection: Selection) -> dict[str, Callable[[Screening], bool]]:
    """Return what a screening has to meet, by the name of the filter."""
    tests: dict[str, Callable[[Screening], bool]] = {}
    if selection.day is not None:
        tests["day"] = lambda each: each.evening == selection.day
    if selection.section:
        tests["section"] = lambda each: each.section is not None and each.section.key == selection.section
    if selection.venue:
        tests["venue"] = lambda each: each.venue is not None and each.venue.named.key == selection.venue
    if selection.language:
        tests["language"] = lambda each: selection.language in each.languages
    return tests


def _left(screenings: Iterable[Screening], selection: Selection, name: str) -> list[Screening]:
    """Return what all filters but one leave."""
    tests = [test for each, test in _tests(selection).items() if each != name]
    return [each for each in screenings if all(test(each) for test in tests)]


def _tabs(screenings: Sequence[Screening], selection: Selection, messages: Messages) -> tuple[DayTab, ...]:
    left = _left(screenings, selection, "day")
    counts: defaultdict[date, int] = defaultdict(int)
    for each in left:
        if (evening := each.evening) is not None:
            counts[evening] += 1
    days = sorted({day for each in screenings if (day := each.evening) is not None})
    tabs = [DayTab(day, short_day(day, messages), counts[day], day == selection.day) for day in days]
    return (DayTab(None, messages("programme.all-days"), len(left), selection.day is None), *tabs)


def _filters(
    screenings: Sequence[Screening], selection: Selection, vocabulary: Vocabulary, messages: Messages
) -> tuple[Filter, ...]:
    def language(tag: str) -> str:
        concept = vocabulary.concept(Kind.LANGUAGE, tag)
        return concept.label(messages.language) if concept else tag

    values: tuple[tuple[str, str, Callable[[Screening], Iterable[tuple[str, str]]]], ...] = (
        ("section", selection.section, lambda s: [(s.section.key, s.section.name)] if s.section else []),
        ("venue", selection.venue, lambda s: [(s.venue.named.key, s.venue.named.name)] if s.venue else []),
        ("language", selection.language, lambda s: [(each, language(each)) for each in s.languages]),
    )
    filters = []
    for name, chosen, values_of in values:
        labels = {value: text for each in screenings for value, text in values_of(each)}
        counts: defaultdict[str, int] = defaultdict(int)
        for each in _left(screenings, selection, name):
            for value, _ in values_of(each):
                counts[value] += 1
        ordered = sorted(labels.items(), key=lambda each: (each[1].casefold(), each[0]))
        options = tuple(Option(v, text, counts[v], v == chosen) for v, text in ordered)
        filters.append(Filter(name, messages(f"programme.{name}"), options))
    return tuple(filters)


def list_days(screenings: Iterable[Screening], vocabulary: Vocabulary, messages: Messages = ENGLISH) -> tuple[ProgrammeDay, ...]:
    """Return screenings by evening, as lists without a grid."""
    return _Programme(tuple(screenings), (), vocabulary, messages).days(has_grid=False)


@dataclass(frozen=True, slots=True)
class _Trace:
    """A screening as it stood before it was moved, so that whoever looks there finds where it is now."""

    before: Screening
    moved_to: datetime | None


def _traces(screenings: Iterable[Screening], selection: Selection) -> tuple[_Trace, ...]:
    moved = (s for s in screenings if s.status is EventStatus.RESCHEDULED and s.previous_start and s.previous_start != s.start)
    traces = (_Trace(replace(each, start=each.previous_start, end=None), each.start) for each in moved)
    return tuple(each for each in traces if select([each.before], selection))


@dataclass(frozen=True, slots=True)
class _Programme:
    """What is shown."""

    shown: tuple[Screening, ...]
    traces: tuple[_Trace, ...]
    vocabulary: Vocabulary
    messages: Messages

    def days(self, *, has_grid: bool) -> tuple[ProgrammeDay, ...]:
        """Return the evenings in their order, what has no date last."""
        by_day: defaultdict[date | None, list[Screening]] = defaultdict(list)
        for each in self.shown:
            by_day[each.evening].append(each)
        days = {*by_day, *(each.before.evening for each in self.traces)}
        return tuple(self._day(each, by_day[each], has_grid=has_grid) for each in sorted(days, key=lambda day: day or date.max))

    def _day(self, day: date | None, present: list[Screening], *, has_grid: bool) -> ProgrammeDay:
        rows = [(each, build_showing(each, self.vocabulary, day, self.messages)) for each in present]
        rows += [(t.before, self._trace(t, day)) for t in self.traces if t.before.evening == day]
        ranks = {each.named.iri: n for n, each in enumerate(in_order(each for each, _ in rows))}
        showings = tuple(showing for each, showing in sorted(rows, key=lambda row: ranks[row[0].named.iri]))
        grid = build_grid(present, self.messages) if has_grid and day is not None else None
        label = capitalise(long_day(day, self.messages)) if day else self.messages("word.no-date")
        return ProgrammeDay(day, label, showings, _zone_text([each for each, _ in rows]), grid)

    def _trace(self, trace: _Trace, day: date | None) -> Showing:
        showing = build_showing(trace.before, self.vocabulary, day, self.messages)
        moved_to = read_moment(trace.moved_to.isoformat(), self.messages) if trace.moved_to else None
        return replace(showing, is_trace=True, moved_to=moved_to, was=None)


def _zone_text(screenings: Sequence[Screening]) -> str:
    """Return the clock of some screenings, such as `Europe/Brussels, UTC+02:00`; empty where there is more than one."""
    starts = [each.start for each in screenings if each.start is not None]
    offsets = {offset_text(each) for each in starts}
    zones = {each.time_zone for each in screenings}
    if len(offsets) != 1 or len(zones) != 1:
        return ""
    zone = zones.pop()
    return ", ".join(each for each in (zone if find_zone(zone) else "", offsets.pop()) if each)


def _dates_text(edition: Edition, messages: Messages) -> str:
    first, last = edition.first_day, edition.last_day
    if first is None or last is None or first == last:
        return "".join(long_day(each, messages) for each in (first,) if each is not None)
    begin = short_day(first, messages) if first.year == last.year else messages.day(first)
    return f"{begin} – {messages.day(last)}"


def list_editions(editions: Iterable[Edition], messages: Messages = ENGLISH) -> tuple[tuple[Reference, str], ...]:
    """Return all editions with their dates, the last one first."""
    return tuple((to_reference(each.named), _dates_text(each, messages)) for each in reversed(tuple(editions)))
