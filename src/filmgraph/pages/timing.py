"""What is next: which screenings of a thing are still to come at a moment, and which are past."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from filmgraph.iris import Kind
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference, ScreeningLine
from filmgraph.pages.programme import ProgrammeDay, list_days
from filmgraph.pages.showing import Showing, build_showing, to_reference
from filmgraph.programme import Named, Screening, Start
from filmgraph.vocabulary import Vocabulary

__all__ = ["TIMED_KINDS", "Timing", "build_timing", "count_past", "to_moments"]

#: The kinds of things whose pages tell what is next.
TIMED_KINDS = (Kind.FILM, Kind.PERSON, Kind.ORG, Kind.VENUE, Kind.HALL)


@dataclass(frozen=True, slots=True)
class Timing:
    """The screenings of a thing at one moment.

    `next` is the first that takes place, `days` are all that are to come with what a programme says of them. `past` counts those
    that are over, by edition; None stands for what belongs to no edition.
    """

    next: Showing | None
    days: tuple[ProgrammeDay, ...]
    past: tuple[tuple[Reference | None, int], ...]
    now: datetime

    def coming(self, lines: Iterable[ScreeningLine]) -> list[ScreeningLine]:
        """Return the screenings of a list that are to come; those without a time are."""
        return [each for each in lines if not _is_past(each, self.now)]

    def over(self, lines: Iterable[ScreeningLine]) -> list[ScreeningLine]:
        """Return the screenings of a list that have begun."""
        return [each for each in lines if _is_past(each, self.now)]


def to_moments(starts: Iterable[Start]) -> tuple[str, ...]:
    """Return when screenings start, in UTC and in order: a page that tells what is next changes at these moments only."""
    return tuple(sorted(each.start.astimezone(UTC).isoformat(timespec="seconds") for each in starts if each.start))


def count_past(moments: Sequence[str], now: datetime) -> int:
    """Return how many of the moments, as `to_moments` gives them, are past: what the page of `now` is known by."""
    return bisect_right(moments, now.astimezone(UTC).isoformat(timespec="seconds"))


def build_timing(
    coming: Sequence[Screening],
    past: Iterable[Named | None],
    now: datetime,
    vocabulary: Vocabulary,
    messages: Messages = ENGLISH,
) -> Timing:
    """Return what is next among the screenings to come, in order; `past` holds the edition of each one that is over."""
    first = next((each for each in coming if each.start is not None and not each.is_off), None)
    editions = sorted(Counter(past).items(), key=lambda each: each[0].name if each[0] else "", reverse=True)
    return Timing(
        next=build_showing(first, vocabulary, messages=messages) if first else None,
        days=list_days(coming, vocabulary, messages),
        past=tuple((to_reference(edition) if edition else None, count) for edition, count in editions),
        now=now,
    )


def _is_past(line: ScreeningLine, now: datetime) -> bool:
    """Return whether a screening has begun; one without a time has not."""
    try:
        start = datetime.fromisoformat(line.start.iso) if line.start else None
    except ValueError:
        return False
    return start is not None and start.utcoffset() is not None and start <= now
