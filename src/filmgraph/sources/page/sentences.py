"""Prose as sentences: the rules of the layout are held against one sentence at a time, and not against quoted speech."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["iter_matches", "iter_sentences", "without_speech"]

_END = re.compile(r"(?<=[.!?…])[\"”»]?\s+(?=[\"“«]?[^\W\d_a-z])")
_SPEECH = re.compile(r"[\"“«][^\"“”«»]*[\"”»]")
# Longer ones are no sentences; it also bounds the work of a pattern.
_LONGEST_SENTENCE = 1_000


def iter_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph."""
    for sentence in _END.split(text):
        if len(sentence) <= _LONGEST_SENTENCE:
            yield sentence.strip()


def without_speech(text: str) -> str:
    """Return `text` with what stands in quotation marks blotted out."""
    return _SPEECH.sub(lambda match: "·" * len(match[0]), text)


def iter_matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield where `pattern` fits in a paragraph outside of quotation marks; `^` in it is the start of a sentence."""
    for sentence in iter_sentences(without_speech(text)):
        yield from pattern.finditer(sentence)
