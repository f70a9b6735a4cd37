"""Names of films, venues and halls that stand in one list and are missing in the list that they belong to: likely slips.

The graph takes such a name for a further film of which nothing else is known. A festival's own sheets mean something else by it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from filmgraph.assembly import READERS
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Movie, Ref, Thing, iter_facts
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary

__all__ = ["find_strangers"]

_LISTED: Final = (Kind.FILM, Kind.VENUE, Kind.HALL)
_CUTOFF: Final = 0.75
_LONGEST: Final = 60
_Name = tuple[Kind, str]


def find_strangers(settings: Settings, source_ids: frozenset[str], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Yield a warning for each name in these sources that no list of the catalogue has, with the nearest one that it has.

    Kinds of which the catalogue lists nothing at all are left out.
    """
    own = _read(settings, source_ids, vocabulary)
    listed = dict(_list_names(own))
    strange = [each for each in _iter_mentions(own) if _name(each[0]) not in listed]
    if not strange:
        return
    others = frozenset(each.id for each in settings.sources) - source_ids
    listed.update(_list_names(_read(settings, others, vocabulary)))
    kinds = {kind for kind, _ in listed}
    seen: set[tuple[_Name, SourcePlace]] = set()
    for ref, place in strange:
        mark = (_name(ref), place)
        if _name(ref) not in listed and ref.kind in kinds and mark not in seen:
            seen.add(mark)
            yield _tell(ref, place, {text: name for (kind, text), name in listed.items() if kind is ref.kind})


def _read(settings: Settings, source_ids: frozenset[str], vocabulary: Vocabulary) -> list[Thing]:
    sources = [each for each in settings.sources if each.id in source_ids and each.kind in READERS]
    readings = (READERS[each.kind](each, settings.catalogue_path, vocabulary) for each in sources)
    return [record for reading in readings for record in reading.records]


def _is_list_row(record: Thing) -> bool:
    """Return whether a record describes a thing; a row of credits only names the film."""
    return bool(record.name) or not isinstance(record, Movie)


def _list_names(records: Iterable[Thing]) -> Iterator[tuple[_Name, str]]:
    """Yield the names that a list has, folded, and as it writes them."""
    for record in records:
        if record.ref.kind in _LISTED and _is_list_row(record):
            for fact in (*record.name, *record.alternate_name):
                yield (record.ref.kind, fact.value.value.casefold()), fact.value.value
            yield _name(record.ref), record.ref.name


def _iter_mentions(records: Iterable[Thing]) -> Iterator[tuple[Ref, SourcePlace]]:
    for record in records:
        if isinstance(record, Movie) and not _is_list_row(record) and record.ref.key is None:
            yield record.ref, record.place
        for _, fact in iter_facts(record):
            if isinstance(fact.value, Ref) and fact.value.kind in _LISTED and fact.value.key is None:
                yield fact.value, fact.place
                if fact.value.within is not None and fact.value.within.kind in _LISTED and fact.value.within.key is None:
                    yield fact.value.within, fact.place


def _name(ref: Ref) -> _Name:
    return ref.kind, ref.name.casefold()


def _tell(ref: Ref, place: SourcePlace, names: Mapping[str, str]) -> Finding:
    # Hall 1 is no slip for hall 2.
    alike = sorted(each for each in names if _numbers(each) == _numbers(ref.name))
    near = difflib.get_close_matches(ref.name.casefold(), alike, 1, _CUTOFF) if len(ref.name) <= _LONGEST else []
    message = f"No other row has the {ref.kind.segment} {ref.name!r}. Correct the name, or add it to its sheet."
    hint = f" Perhaps {names[near[0]]}?" if near else ""
    return Finding("check-ref", Severity.WARNING, message + hint, value=ref.name, places=(place,))


def _numbers(text: str) -> list[str]:
    return re.findall("[0-9]+", text)
