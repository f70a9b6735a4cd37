"""A change log: what happened to which thing, and what that is called. The build writes it; serve and run read it."""

from __future__ import annotations

import enum
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from filmgraph.iris import Kind
from filmgraph.namespaces import FG, SCHEMA, shorten

__all__ = [
    "ACTIVITY_ROOT",
    "ADDED",
    "FEED",
    "FOLDER",
    "HISTORY",
    "LOG",
    "REMOVED",
    "STREAM_FOLDER",
    "STREAM_ROOT",
    "TOMBSTONES",
    "Change",
    "ChangeType",
    "ReleaseNote",
    "Tally",
    "Tombstone",
    "count_members",
    "count_phrases",
    "has_changes",
    "kind_words",
    "read_history",
    "read_tombstones",
    "summarise",
]

#: The files of a release that hold its changes, relative to the release.
FOLDER: Final = "changes"
ADDED: Final = "added.nt.gz"
REMOVED: Final = "removed.nt.gz"
LOG: Final = "log.json"
HISTORY: Final = "history.json"
TOMBSTONES: Final = "tombstones.json"
STREAM_FOLDER: Final = "stream"
STREAM_ROOT: Final = "root.trig"
ACTIVITY_ROOT: Final = "activity.json"
FEED: Final = "feed.atom"

#: So many kinds of change stand in a summary at most; it says how many changes it leaves out.
_PHRASES: Final = 8
_MOVING: Final = frozenset({SCHEMA.startDate, SCHEMA.endDate, SCHEMA.location})
#: Singular and plural, in the order in which a summary tells of them.
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "film": ("film", "films"),
    "screening": ("screening", "screenings"),
    "festival": ("festival edition", "festival editions"),
    "series": ("series", "series"),
    "section": ("programme section", "programme sections"),
    "person": ("person", "people"),
    "org": ("organisation", "organisations"),
    "venue": ("venue", "venues"),
    "hall": ("hall", "halls"),
    "place": ("place", "places"),
    "award": ("award", "awards"),
    "work": ("work", "works"),
    "character": ("character", "characters"),
    "image": ("picture", "pictures"),
    "text": ("text", "texts"),
    "credit": ("credit", "credits"),
    "source": ("source", "sources"),
    "role": ("role", "roles"),
    "genre": ("genre", "genres"),
    "form": ("form", "forms"),
    "country": ("country", "countries"),
    "language": ("language", "languages"),
    "scheme": ("scheme", "schemes"),
    "dataset": ("description of the data", "descriptions of the data"),
    "": ("other thing", "other things"),
}


class ChangeType(enum.Enum):
    """What happened to a thing; the values are Activity Streams types (https://www.w3.org/TR/activitystreams-vocabulary/)."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"
    #: The thing was merged into another.
    MERGE = "Move"

    @property
    def verb(self) -> str:
        """What is said of the thing."""
        return {"Create": "added", "Update": "changed", "Delete": "removed", "Move": "merged"}[self.value]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a release changed.

    `thing` is its IRI, `kind` its path segment or "" for what is none of our things. `properties` are the IRIs of the
    properties of the thing and its parts that differ, `credits` the credits of the thing that changed by themselves. `survivor`
    is what it was merged into.
    """

    type: ChangeType
    thing: str
    kind: str
    name: str
    class_iri: str = ""
    properties: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    survivor: str | None = None

    @property
    def key(self) -> str:
        """The key of the thing; the end of its IRI for what is none of our things."""
        return self.thing.rpartition("/")[2]

    @property
    def is_move(self) -> bool:
        """Whether a screening has another time or place."""
        is_update = self.type is ChangeType.UPDATE and self.kind == Kind.SCREENING.segment
        return is_update and not _MOVING.isdisjoint(self.properties)

    @property
    def words(self) -> str:
        """What happened, in words: `film “Here” changed: schema:duration`."""
        what = f"{kind_words(self.kind, 1)} “{self.name}” {'moved' if self.is_move else self.type.verb}"
        if self.survivor:
            return f"{what} with {self.survivor.rpartition('/id/')[2]}"
        if self.type is not ChangeType.UPDATE:
            return what
        properties = [shorten(iri) for iri in self.properties] or [shorten(FG.credit)]
        return f"{what}: {', '.join(properties)}"

    def to_dict(self) -> dict[str, object]:
        """Return the change as the log holds it: members without a value are left out."""
        values: dict[str, object] = {
            "type": self.type.value,
            "thing": self.thing,
            "kind": self.kind,
            "name": self.name,
            "class": self.class_iri,
            "properties": list(self.properties),
            "credits": list(self.credits),
            "survivor": self.survivor,
        }
        return {name: value for name, value in values.items() if value or name in ("type", "thing", "kind", "name")}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Change:
        """Read what `to_dict` returned."""
        return cls(
            ChangeType(values["type"]),
            values["thing"],
            values["kind"],
            values["name"],
            values.get("class", ""),
            tuple(values.get("properties", ())),
            tuple(values.get("credits", ())),
            values.get("survivor"),
        )


@dataclass(slots=True)
class Tally:
    """Counts changes as they go by, and keeps the first few of the kinds that people look for."""

    shown_limit: int = 20
    counts: Counter[str] = field(default_factory=Counter)
    shown: list[Change] = field(default_factory=list)

    def add(self, change: Change) -> None:
        """Count one change; those of films and screenings are shown before those of other things."""
        self.counts[f"{change.kind} {'moved' if change.is_move else change.type.verb}"] += 1
        if change.kind != Kind.DATASET.segment:
            self.shown.append(change)
            if len(self.shown) > 4 * self.shown_limit:
                self._cut()

    def finish(self) -> tuple[Change, ...]:
        """Return the changes to show, those that people look for first."""
        self._cut()
        return tuple(self.shown)

    def _cut(self) -> None:
        order = list(_WORDS)
        self.shown.sort(key=lambda change: order.index(change.kind))
        del self.shown[self.shown_limit :]


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """What one release changed, as the history of all releases keeps it.

    `time` is its place in the event stream (UTC, ISO 8601): later than that of any release before. `counts` are numbers of
    changes by kind and verb (`film added`), `pages` the number of its pages in the stream, `members` that of its changes.
    """

    release_id: str
    time: str
    previous_id: str | None
    counts: Mapping[str, int]
    members: int
    pages: int
    shown: tuple[Change, ...] = ()

    @property
    def summary(self) -> str:
        """What changed, in words: `3 films added, 1 screening moved`."""
        return summarise(self.counts)

    def to_dict(self) -> dict[str, object]:
        """Return the note as the history holds it."""
        return {
            "release": self.release_id,
            "time": self.time,
            "previous": self.previous_id,
            "summary": self.summary,
            "counts": dict(sorted(self.counts.items())),
            "members": self.members,
            "pages": self.pages,
            "shown": [change.to_dict() for change in self.shown],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ReleaseNote:
        """Read what `to_dict` returned."""
        shown = tuple(map(Change.from_dict, values["shown"]))
        return cls(
            values["release"], values["time"], values["previous"], values["counts"], values["members"], values["pages"], shown
        )


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is known of a thing that is gone: what it was, since when and since which release; `survivor` is what replaced it."""

    name: str
    class_iri: str
    deleted: str
    release_id: str
    survivor: str | None = None

    def to_dict(self) -> dict[str, str]:
        """Return the stone as `tombstones.json` holds it."""
        values = {"name": self.name, "class": self.class_iri, "deleted": self.deleted, "release": self.release_id}
        return values | ({"survivor": self.survivor} if self.survivor else {})

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> Tombstone:
        """Read what `to_dict` returned."""
        return cls(values["name"], values["class"], values["deleted"], values["release"], values.get("survivor"))


def has_changes(release_path: Path) -> bool:
    """Return whether a release tells what it changed."""
    return (release_path / FOLDER / HISTORY).is_file()


def read_history(release_path: Path) -> tuple[ReleaseNote, ...]:
    """Return the notes on a release and all before it, oldest first; nothing for a release that does not tell."""
    if not has_changes(release_path):
        return ()
    return tuple(map(ReleaseNote.from_dict, json.loads((release_path / FOLDER / HISTORY).read_text(encoding="utf-8"))))


def read_tombstones(release_path: Path) -> dict[str, Tombstone]:
    """Return what is known of all things that are gone, by their IRIs."""
    path = release_path / FOLDER / TOMBSTONES
    if not path.is_file():
        return {}
    return {iri: Tombstone.from_dict(values) for iri, values in json.loads(path.read_text(encoding="utf-8")).items()}


def summarise(counts: Mapping[str, int]) -> str:
    """Return numbers of changes by kind and verb (`film added`) in words, those first that people look for."""
    counted, others = count_phrases(counts)
    phrases = [f"{count} {kind_words(kind, count)} {verb}" for count, kind, verb in counted]
    if others:
        phrases.append(f"{others} other changes")
    return ", ".join(phrases) or "only the description of the data changed"


def count_phrases(counts: Mapping[str, int]) -> tuple[tuple[tuple[int, str, str], ...], int]:
    """Return what a summary tells, number, kind and verb, those first that people look for, and how many it leaves out."""
    found = [
        (counts[f"{kind} {verb}"], kind, verb)
        for kind in _WORDS
        for verb in ("added", "changed", "moved", "merged", "removed")
        if kind != Kind.DATASET.segment and counts.get(f"{kind} {verb}")
    ]
    return tuple(found[:_PHRASES]), sum(count for count, _, _ in found[_PHRASES:])


def kind_words(kind: str, count: int) -> str:
    """Return what a number of things of a kind are called."""
    return _WORDS[kind][count != 1]


def count_members(notes: Iterable[ReleaseNote]) -> int:
    """Return how many changes the whole stream holds."""
    return sum(note.members for note in notes)
