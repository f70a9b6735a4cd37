"""Records, places and findings as bytes for the state that a build keeps: the same object always gives the same bytes.

Every dataclass is written as a tuple that begins with a number of its own, a tuple as a list. Only the classes below can be kept;
another one is an error. The bytes are `marshal`'s of version 2 (https://docs.python.org/3/library/marshal.html), which holds no
references between objects. They are read by the software that wrote them only, and only where their digest is right.
"""

from __future__ import annotations

import dataclasses
import enum
import marshal
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.identity import Mentions, Places, Traits
from filmgraph.iris import Kind
from filmgraph.model import (
    Auditorium,
    AwardDecision,
    Book,
    Certainty,
    Character,
    ConceptRef,
    Credit,
    Degrees,
    EventSeries,
    EventStatus,
    Fact,
    Festival,
    Identifier,
    ImageObject,
    Link,
    Minutes,
    Movie,
    MovieTheater,
    Organization,
    PartialDate,
    Person,
    Place,
    ProgrammeSection,
    Prose,
    Quotation,
    Ref,
    ScreeningEvent,
    Text,
)
from filmgraph.sources.base import UnreadLine

__all__ = ["decode", "encode", "pack", "unpack"]

_VERSION: Final = 2
_CLASSES: Final[tuple[type, ...]] = (
    SourcePlace, Finding, UnreadLine, Mentions, Fact, Ref, Text, PartialDate, Minutes, Link, ConceptRef, Identifier, Credit,
    Movie, Person, Organization, Place, MovieTheater, Auditorium, EventSeries, Festival, ProgrammeSection, ScreeningEvent,
    Character, AwardDecision, Book, ImageObject, Prose, Quotation, Degrees, Traits, Places,
)  # fmt: skip
_ENUMS: Final[tuple[type[enum.Enum], ...]] = (Kind, Certainty, EventStatus, Severity)
_MOMENT: Final = -1
_PLAIN: Final = (str, int, bool, type(None))
_NESTED: Final = (tuple, list)
_Getter = Callable[[Any], tuple[Any, ...]]


def _names(cls: type) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(cls))


def _getter(cls: type) -> _Getter:
    names = _names(cls)
    if len(names) == 1:
        only = attrgetter(names[0])
        return lambda value: (only(value),)
    return attrgetter(*names)


def _maker(cls: type) -> Callable[..., Any]:
    """Return what makes an object of the values of its fields in their order."""
    names = _names(cls)
    if not any(each.kw_only for each in dataclasses.fields(cls)):
        return cls
    return lambda *values: cls(**dict(zip(names, values, strict=True)))


_MAKERS: Final = tuple(map(_maker, _CLASSES))
_GETTERS: Final = {each: (number, _getter(each)) for number, each in enumerate(_CLASSES)}
_MEMBERS: Final = tuple(member for each in _ENUMS for member in each)
_FIRST_MEMBER: Final = len(_CLASSES)
# The class belongs to the key: members of two enumerations may be equal to each other.
_NUMBERS: Final = {(type(member), member.name): (_FIRST_MEMBER + n,) for n, member in enumerate(_MEMBERS)}


def encode(value: Any) -> Any:  # noqa: ANN401 -- of any class in the table
    """Return a value as numbers, texts, tuples and lists."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    # Most fields are plain or an empty tuple: a call for each of these would be half of the work.
    if kind is tuple:
        return [each if type(each) in _PLAIN else encode(each) if each else [] for each in value]
    known = _GETTERS.get(kind)
    if known is not None:
        return (known[0], *[each if type(each) in _PLAIN else encode(each) if each else [] for each in known[1](value)])
    if isinstance(value, enum.Enum):
        return _NUMBERS[kind, value.name]
    if isinstance(value, datetime):
        return (_MOMENT, value.isoformat())
    raise TypeError(f"a {kind.__name__} cannot be kept: add it to the table of incremental_codec")


def decode(value: Any) -> Any:  # noqa: ANN401
    """Return what `encode` was given; a moment comes back with its offset, and without the name of its zone."""
    kind = type(value)
    if kind is tuple:
        number = value[0]
        if number >= _FIRST_MEMBER:
            return _MEMBERS[number - _FIRST_MEMBER]
        if number != _MOMENT:
            parts = [each if type(each) not in _NESTED else decode(each) if each else () for each in value[1:]]
            return _MAKERS[number](*parts)
        return datetime.fromisoformat(value[1])
    if kind is list:
        return tuple([each if type(each) not in _NESTED else decode(each) if each else () for each in value])
    return value


def pack(value: Any) -> bytes:  # noqa: ANN401
    """Return a value as bytes."""
    return marshal.dumps(encode(value), _VERSION)


def unpack(data: bytes) -> Any:  # noqa: ANN401
    """Return what `pack` was given."""
    return decode(marshal.loads(data))
