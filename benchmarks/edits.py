"""Small edits of a catalogue's files, as editors make them, each by its name and drawn by chance.

They know the columns of the tables that `data/` and `benchmarks.sheets` have, and no row by its content.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Final

__all__ = ["EDITS", "Edit", "Table"]

#: Makes one edit in the folder of a catalogue, and says in words what it did.
Edit = Callable[[Path, Random], str]
_MOMENT: Final = "%Y-%m-%d %H:%M"


class Table:
    """A CSV file of a catalogue, rows as lists; `save` writes it back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8")
        self._terminator = "\r\n" if "\r\n" in text else "\n"
        self.header, *self.rows = csv.reader(io.StringIO(text, newline=""))

    def save(self) -> None:
        """Write the table."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator=self._terminator).writerows([self.header, *self.rows])
        self.path.write_text(out.getvalue(), encoding="utf-8", newline="")

    def column(self, name: str) -> int:
        """Return the index of a column."""
        return self.header.index(name)

    def drop(self, name: str, key: str) -> int:
        """Take out the rows that have `key` in a column, or among its values, and return how many there were."""
        n = self.column(name)
        kept = [row for row in self.rows if key not in [each.strip() for each in row[n].split(";")]]
        gone = len(self.rows) - len(kept)
        self.rows = kept
        return gone


def _table(catalogue: Path, name: str) -> Table:
    return Table(catalogue / "tables" / f"{name}.csv")


def _change(catalogue: Path, table_name: str, column: str, chance: Random, value: Callable[[str], str]) -> str:
    table = _table(catalogue, table_name)
    n = table.column(column)
    row = chance.choice([each for each in table.rows if each[n]])
    old, row[n] = row[n], value(row[n])
    table.save()
    return f"{table_name} {row[0]}: {column} {old!r} → {row[n]!r}"


def _rename_film(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "films", "original_title", chance, lambda old: f"{old} {chance.randrange(1000)}")


def _change_running_time(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "films", "run_time", chance, _next_minute)


def _next_minute(text: str) -> str:
    """Return a running time with another last digit, however it is written."""
    return re.sub(r"\d(?=\D*\Z)", lambda digit: str((int(digit[0]) + 1) % 10), text)


def _change_country(catalogue: Path, chance: Random) -> str:
    return _change(
        catalogue, "films", "countries", chance, lambda old: chance.choice([each for each in ["LU", "PT", "NO"] if each != old])
    )


def _change_language(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "films", "languages", chance, lambda old: "is" if old != "is" else "ga")


def _delete_film(catalogue: Path, chance: Random) -> str:
    films = _table(catalogue, "films")
    key = chance.choice(films.rows)[films.column("key")]
    for name, column in (("films", "key"), ("film-sources", "key"), ("credits", "film"), ("screenings", "films")):
        table = _table(catalogue, name)
        table.drop(column, key)
        table.save()
    return f"film {key} deleted, with its credits and screenings"


def _delete_screening(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "screenings")
    row = table.rows.pop(chance.randrange(len(table.rows)))
    table.save()
    return f"screening {row[0]} deleted"


def _merge_people(catalogue: Path, chance: Random) -> str:
    table = Table(catalogue / "ids.csv")
    kind, key, source_key, status = (table.column(each) for each in ("kind", "key", "source_key", "status"))
    people = [r for r in table.rows if r[kind] == "person" and r[status] == "active" and not r[source_key].startswith("key:")]
    gone, kept = chance.sample(people, 2)
    gone[status] = f"merged:{kept[key]}"
    table.save()
    return f"person {gone[key]} ({gone[source_key]}) merged into {kept[key]}"


def _move_screening(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "screenings")
    row = chance.choice(table.rows)
    for name in ("start", "end"):
        n = table.column(name)
        if row[n]:
            row[n] = (datetime.strptime(row[n], _MOMENT) + timedelta(minutes=5)).strftime(_MOMENT)
    table.save()
    return f"screening {row[0]} moved by five minutes"


def _change_hall(catalogue: Path, chance: Random) -> str:
    halls = _table(catalogue, "halls")
    return _change(catalogue, "screenings", "hall", chance, lambda _: chance.choice(halls.rows)[halls.column("key")])


def _change_role(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "credits", "role", chance, lambda old: "sound designer" if old != "sound designer" else "editor")


def _change_agent(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "credits", "agent", chance, lambda old: f"{old} Junior")


def _delete_credit(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "credits")
    row = table.rows.pop(chance.randrange(len(table.rows)))
    table.save()
    return f"credit {row[:3]} deleted"


def _add_film(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "films")
    row = list(chance.choice(table.rows))
    row[table.column("key")] = key = f"new-film-{chance.randrange(10**6)}"
    row[table.column("original_title")] = "A Film That Is New"
    row[table.column("imdb")] = ""
    table.rows.append(row)
    table.save()
    return f"film {key} added"


def _insert_row(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "films")
    row = [""] * len(table.header)
    row[table.column("key")] = key = f"first-film-{chance.randrange(10**6)}"
    row[table.column("original_title")] = "A Film In The First Row"
    row[table.column("year")] = "1999"
    table.rows.insert(0, row)
    table.save()
    return f"film {key} put before all others"


def _rename_festival(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "editions", "name", chance, lambda old: f"{old} ({chance.randrange(100)})")


def _rename_hall(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "halls", "name", chance, lambda old: f"{old} bis")


def _change_town(catalogue: Path, chance: Random) -> str:
    return _change(catalogue, "venues", "town", chance, lambda old: f"{old}-sur-Mer")


def _change_citation(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "film-sources")
    row = table.rows.pop(chance.randrange(len(table.rows)))
    table.save()
    return f"citation {row} deleted"


def _touch_file(catalogue: Path, chance: Random) -> str:
    table = _table(catalogue, "films")
    table.rows.append([""] * len(table.header))
    table.save()
    return "an empty row put behind all films"


#: All edits, by name.
EDITS: Final = MappingProxyType[str, Edit](
    {
        "rename a film": _rename_film,
        "change a running time": _change_running_time,
        "change a country": _change_country,
        "change a language": _change_language,
        "delete a film": _delete_film,
        "delete a screening": _delete_screening,
        "merge two people": _merge_people,
        "move a screening": _move_screening,
        "change a hall": _change_hall,
        "change a role label": _change_role,
        "change an agent": _change_agent,
        "delete a credit": _delete_credit,
        "add a film": _add_film,
        "insert a row": _insert_row,
        "rename a festival": _rename_festival,
        "rename a hall": _rename_hall,
        "change a town": _change_town,
        "delete a citation": _change_citation,
        "add an empty row": _touch_file,
    }
)
