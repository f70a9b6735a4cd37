"""What a build has written in English, said in the language of a page: changes, places in sources, kinds of texts.

All of it is data: numbers by kind and verb, properties, rows. What a build has put into a sentence of its own stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from filmgraph.changelog import Change, count_phrases
from filmgraph.iris import Kind
from filmgraph.namespaces import FG
from filmgraph.pages.messages import Messages

__all__ = ["word_change", "word_counts", "word_place", "word_text_kind"]

#: `tables/films.csv, row 14, column Title` and `films.xlsx, Films, row 14, Title`, as `findings.SourcePlace` writes them.
_PLACE: Final = re.compile(r"(?P<file>.+), (?P<unit>row|line) (?P<number>[0-9]+)(?:, (?P<named>column )?(?P<column>.+))?\Z")
_BETWEEN_PLACES: Final = "; "
_TEXT_KINDS: Final = frozenset({"introduction", "logline", "synopsis"})


def word_counts(counts: Mapping[str, int], messages: Messages) -> str:
    """Return numbers of changes by kind and verb (`film added`) in words, as `changelog.summarise` does in English."""
    phrases, others = count_phrases(counts)
    said = [
        messages(f"change.{verb}", things=f"{messages.number(count)} {_things(kind, count, messages)}")
        for count, kind, verb in phrases
    ]
    if others:
        said.append(messages.count("change.others", others))
    return ", ".join(said) or messages("change.nothing")


def word_change(change: Change, messages: Messages, label_of: Callable[[str], str]) -> str:
    """Return what happened to one thing, in words; `label_of` gives what a property is called."""
    verb = "moved" if change.is_move else change.type.verb
    what = messages("change.thing", kind=_things(change.kind, 1, messages), name=change.name)
    if change.survivor:
        return messages("change.thing-merged", what=what, survivor=change.survivor.rpartition("/id/")[2])
    said = messages(f"change.thing-{verb}", what=what)
    if verb not in ("changed", "moved"):
        return said
    return messages("change.with", what=said, properties=", ".join(map(label_of, change.properties or (FG.credit,))))


def word_place(label: str, messages: Messages) -> str:
    """Return places in sources, as the graph tells them, in words; what is written in another way stays as it is."""
    return _BETWEEN_PLACES.join(_word_one_place(each, messages) for each in label.split(_BETWEEN_PLACES))


def _word_one_place(label: str, messages: Messages) -> str:
    found = _PLACE.match(label)
    if found is None:
        return label
    words = [found["file"], messages(f"place.{found['unit']}", number=found["number"])]
    if found["column"]:
        words.append(messages("place.column", name=found["column"]) if found["named"] else found["column"])
    return ", ".join(words)


def word_text_kind(kind: str, messages: Messages) -> str:
    """Return what a kind of text is called; one that is not known keeps its name."""
    return messages(f"text-kind.{kind}") if kind in _TEXT_KINDS else kind


def _things(segment: str, number: int, messages: Messages) -> str:
    is_known = any(each.segment == segment for each in Kind)
    return messages.kind(segment, number) if is_known else messages.kind("other", number)
