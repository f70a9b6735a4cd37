"""The banner that a festival's site prints above every page: the dates of its coming edition, not of this film."""

from __future__ import annotations

from datetime import date

from filmgraph.iris import Kind
from filmgraph.model import EventSeries, Festival, PartialDate, Ref, Text
from filmgraph.sources.page.blocks import Block
from filmgraph.sources.page.draft import PageDraft
from filmgraph.sources.page.layout import Layout

__all__ = ["parse_banner", "read_banner"]

_REASON = "the dates stand in the banner above every page of {publisher}'s site: they are those of an edition, not of this film"


def read_banner(block: Block, publisher: str, layout: Layout, draft: PageDraft) -> bool:
    """Read the banner into an edition of the page's publisher; return False when it is no span of dates or nobody's."""
    dates = parse_banner(block.line.text, layout)
    if dates is None or not publisher:
        return False
    start, end = dates
    line, reason = block.line.key, _REASON.format(publisher=publisher)
    series = draft.named(EventSeries, Ref(Kind.SERIES, publisher), line, reason)
    edition = draft.record(Festival, Ref(Kind.FESTIVAL, publisher, year=start.year))
    edition.add("name", Text(f"{publisher} {start.year}"), line, reason)
    edition.add("super_event", series.ref, line, reason)
    edition.add("start_date", PartialDate(start.isoformat()), line, reason)
    edition.add("end_date", PartialDate(end.isoformat()), line, reason)
    return True


def parse_banner(text: str, layout: Layout) -> tuple[date, date] | None:
    """Return first and last day of a banner such as `09 20 Oct '24`; None when it is no span of dates."""
    match = layout.banner.fullmatch(text)
    if match is None:
        return None
    last_month = layout.month(match["month"])
    first_month = layout.month(match["first_month"]) if match["first_month"] else last_month
    if first_month is None or last_month is None:
        return None
    year = int(match["year"] or f"20{match['short']}")
    try:
        start, end = date(year, first_month, int(match["first"])), date(year, last_month, int(match["last"]))
    except ValueError:
        return None
    return (start, end) if start < end else None
