"""What is shown next in the whole release, for the first page."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from filmgraph.pages.programme import ProgrammeDay, list_days
from filmgraph.programme import ScreeningReader, Start
from filmgraph.web.history import read_as_of
from filmgraph.web.site import Site

__all__ = ["Coming", "read_now"]

#: So many fit on a phone without scrolling far.
_SHOWN: Final = 6
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def read_now(site: Site) -> datetime:
    """Return the moment that a page speaks from; a release that is asked for by its name speaks from its own day."""
    as_of = read_as_of()
    return as_of.release.created if as_of else site.clock()


@dataclass(frozen=True)
class Coming:
    """The screenings to come of a release; when all of them start is read once."""

    site: Site

    def state(self, now: datetime) -> tuple[str, datetime | None]:
        """Return what the list depends on beside the release, and until when: how many screenings have begun.

        Empty and None when there are no screenings.
        """
        if not self._starts:
            return "", None
        past = self._count_past(now)
        return f"past-{past}", self._moments[past] if past < len(self._moments) else _NEVER

    def days(self, now: datetime) -> tuple[ProgrammeDay, ...]:
        """Return the first screenings that take place after a moment, by evening."""
        reader = ScreeningReader(self.site.store, self.site.iris)
        found = []
        for each in self._starts[self._count_past(now) :]:
            screening = reader.read(each.screening_iri)
            if not screening.is_off:
                found.append(screening)
            if len(found) == _SHOWN:
                break
        return list_days(found, self.site.vocabulary, self.site.messages)

    def _count_past(self, now: datetime) -> int:
        return bisect_right(self._moments, now.astimezone(UTC))

    @cached_property
    def _moments(self) -> tuple[datetime, ...]:
        return tuple(each.start.astimezone(UTC) for each in self._starts if each.start is not None)

    @cached_property
    def _starts(self) -> tuple[Start, ...]:
        return ScreeningReader(self.site.store, self.site.iris).all_starts()
