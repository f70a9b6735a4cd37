"""Makes a record of a row: facts by property, credits by role, and the reference that the row goes by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, ConceptRef, Credit, Fact, Movie, PartialDate, Ref, Text, Thing, Value
from filmgraph.sources.sheet.cells import CellReader, Voucher
from filmgraph.sources.sheet.column import Use
from filmgraph.sources.sheet.profile import CREDIT, RECORDS
from filmgraph.sources.sheet.rows import Row
from filmgraph.sources.sheet.values import Problem

__all__ = ["read_record", "read_refs"]

_YEAR_OF = {Kind.FILM: "date_created", Kind.FESTIVAL: "start_date"}
_CONTAINER_OF = {Kind.HALL: "contained_in_place", Kind.SECTION: "super_event"}
_NAMED_AFTER_FILM = "The source gives the screening no name; it is called after its film."
_AGENT_KINDS = {"person": Kind.PERSON, "org": Kind.ORG, "organisation": Kind.ORG, "organization": Kind.ORG}
Facts = dict[str, list[Fact[Value]]]


def read_record(row: Row, cells: CellReader) -> Thing | None:
    """Return what the row tells of, or None when it names nothing; the cells are then unread."""
    cells.check_required(row)
    voucher = cells.read_voucher(row)
    if cells.profile.record == CREDIT:
        return _read_credit_row(row, voucher, cells)
    facts = _read_facts(row, voucher, cells)
    record_class, kind = RECORDS[cells.profile.record]
    if kind is Kind.SCREENING and "name" not in facts:
        _name_after_films(facts)
    ref = _to_ref(facts, kind, voucher)
    if ref is None:
        cells.notes.add_row(row, "read-row", f"The row has neither a key nor a name, so it tells of no {cells.profile.record}.")
        return None
    values: dict[str, Any] = {property_name: tuple(each) for property_name, each in facts.items()}
    return record_class(ref=ref, place=row.place, **values)


def read_refs(rows: Iterable[Row], cells: CellReader) -> Iterator[tuple[SourcePlace, Ref]]:
    """Yield what the rows of a sheet are about, as other sheets refer to it; a row that names nothing is left out."""
    if cells.profile.record == CREDIT:
        return
    for row in rows:
        voucher = cells.read_voucher(row)
        ref = _to_ref(_read_facts(row, voucher, cells), RECORDS[cells.profile.record][1], voucher)
        if ref is not None:
            yield row.place, ref


def _to_ref(facts: Facts, kind: Kind, voucher: Voucher) -> Ref | None:
    name = _first(facts, "name")
    if not isinstance(name, Text) and voucher.key is None:
        return None
    text = name.value if isinstance(name, Text) else str(voucher.key)
    start = _first(facts, "start_date")
    if kind is Kind.SCREENING and voucher.key is None and isinstance(start, datetime):
        # A film is shown more than once: film and start together tell screenings apart, and a change of hall does not.
        text = f"{text} {start:%Y-%m-%d %H:%M}"
    return Ref(kind, text, year=_year(facts, kind), within=_container(facts, kind), key=voucher.key)


def _name_after_films(facts: Facts) -> None:
    """Call a screening that the sheet gives no name after the films that it shows, where these are known by name."""
    films = facts.get("work_presented", [])
    names = [each.name for fact in films if isinstance(each := fact.value, Ref) and each.name != each.key]
    if names:
        name = Text(" + ".join(names))
        facts["name"] = [replace(films[0], value=name, certainty=Certainty.INFERRED, reason=_NAMED_AFTER_FILM)]


def _read_facts(row: Row, voucher: Voucher, cells: CellReader) -> Facts:
    facts: Facts = defaultdict(list)
    for column, values in cells.iter_values(row, Use.VALUE):
        facts[column.property] += [cells.to_fact(row, column, value, voucher) for value in values]
    billings: defaultdict[str, int] = defaultdict(int)
    for column, agents in cells.iter_values(row, Use.CREDIT):
        for agent in agents:
            if isinstance(agent, Ref):
                billings[column.role] += 1
                credit = Credit(column.role, agent, billings[column.role])
                facts["credit"].append(cells.to_fact(row, column, credit, voucher))
    return facts


def _first(facts: Facts, property_name: str) -> Value | None:
    return next((fact.value for fact in facts.get(property_name, ())), None)


def _year(facts: Facts, kind: Kind) -> int | None:
    made = _first(facts, _YEAR_OF.get(kind, ""))
    return made.year if isinstance(made, PartialDate) else None


def _container(facts: Facts, kind: Kind) -> Ref | None:
    container = _first(facts, _CONTAINER_OF.get(kind, ""))
    return container if isinstance(container, Ref) else None


def _read_credit_row(row: Row, voucher: Voucher, cells: CellReader) -> Movie | None:
    """Return the film of a credit row with that one credit, or None when film, role or agent is not known."""
    found = {column.property: values for column, values in cells.iter_values(row, Use.VALUE)}
    film, role = _one(found, "film"), _one(found, "role")
    agents = [agent for agent in found.get("agent", ()) if isinstance(agent, Ref)]
    kind = _agent_kind(row, found, cells)
    if not isinstance(film, Ref) or not isinstance(role, ConceptRef) or not agents or kind is None:
        cells.notes.add_row(row, "read-row", "The row gives no credit: it needs a film, a role and a person or organisation.")
        return None
    billing = _one(found, "billing")
    first = billing if isinstance(billing, int) else 1
    column = cells.profile.column_of("agent")
    credits = [
        Credit(role.key, replace(agent, kind=kind), first + n, _string(found, "character"), _string(found, "credited_as"))
        for n, agent in enumerate(agents)
    ]
    facts = tuple(cells.to_fact(row, column, each, voucher) for each in credits if column)
    return Movie(ref=film, place=row.place, credit=facts)


def _agent_kind(row: Row, found: Mapping[str, tuple[Value, ...]], cells: CellReader) -> Kind | None:
    """Return what the agent is: as its column says, unless the row says person or org."""
    kind_column, agent_column = cells.profile.column_of("agent_kind"), cells.profile.column_of("agent")
    word = _string(found, "agent_kind")
    if word is None or kind_column is None:
        return agent_column.to if agent_column else None
    if word.casefold() in _AGENT_KINDS:
        return _AGENT_KINDS[word.casefold()]
    problem = Problem(f"{word!r} is no kind of agent. Write person or org.", "read-ref")
    cells.notes.add_problem(problem, row.place_of(kind_column.header), word)
    return None


def _one(found: Mapping[str, tuple[Value, ...]], property_name: str) -> Value | None:
    return next(iter(found.get(property_name, ())), None)


def _string(found: Mapping[str, tuple[Value, ...]], property_name: str) -> str | None:
    value = _one(found, property_name)
    return value.value if isinstance(value, Text) else None
