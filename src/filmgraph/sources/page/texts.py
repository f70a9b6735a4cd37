"""The texts of a film page as texts: introduction, logline, synopsis, and what the press said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Prose, Quotation, Ref, Text
from filmgraph.settings import SourceSettings
from filmgraph.sources.page.blocks import Block, LineKind
from filmgraph.sources.page.draft import PageDraft
from filmgraph.sources.page.sentences import iter_sentences

__all__ = ["TextReader", "shorten_quote"]

_LONGEST_LOGLINE = 300
#: A quotation from the press is kept short: it is evidence of what was said, not a copy of the review.
_LONGEST_QUOTE = 300
_SHORTEST_PHRASE = 20
_OMISSION = re.compile(r"\s*[(\[]?(?:\.\.\.|…)[)\]]?\s*")
_PHRASE_END = re.compile(r"\s*[:;]\s|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads the texts about one film into `draft`."""

    source: SourceSettings
    draft: PageDraft
    film: Ref
    findings: list[Finding]

    def read(self, prose: Sequence[Block], before: Block | None) -> None:
        """Read all paragraphs and quotes; `before` is the line above them.

        The first paragraph introduces the film when it stands right below the facts; one sentence right below it is the logline.
        All others are the synopsis.
        """
        counts = {"synopsis": 0, "quote": 0}
        last_kind = ""
        for block in prose:
            if block.kind is LineKind.QUOTE:
                counts["quote"] += 1
                self._add_quote(block, counts["quote"])
                last_kind = "quote"
            elif block.kind is LineKind.PROSE:
                last_kind = self._find_kind(block, before, last_kind)
                counts["synopsis"] += last_kind == "synopsis"
                number = counts["synopsis"] if last_kind == "synopsis" else 1
                self._add_prose(block, last_kind, last_kind if number == 1 else f"{last_kind} {number}")
            else:
                last_kind = "other"

    def _find_kind(self, block: Block, before: Block | None, last_kind: str) -> str:
        if not last_kind and before is not None and before.kind in {LineKind.FACTS, LineKind.CREDITS} and block.line.gap == 0:
            return "introduction"
        is_short = len(block.line.text) <= _LONGEST_LOGLINE and len(list(iter_sentences(block.line.text))) == 1
        return "logline" if last_kind == "introduction" and is_short and block.line.gap <= 1 else "synopsis"

    def _add_prose(self, block: Block, kind: str, name: str) -> None:
        line = block.line.key
        prose = self.draft.record(Prose, Ref(Kind.TEXT, name, within=self.film))
        prose.add("about", self.film, line)
        prose.add("text", Text(block.line.text, self.source.language or None), line)
        prose.add("text_kind", kind, line)
        if self.source.publisher:
            holder = Ref(Kind.ORG, self.source.publisher)
            prose.add("copyright_holder", holder, line, "the text stands without another name on this publisher's page")

    def _add_quote(self, block: Block, number: int) -> None:
        text, publisher = block.parts
        line = block.line.key
        short = shorten_quote(text, self.film.name)
        if not short:
            return
        quote = self.draft.record(Quotation, Ref(Kind.TEXT, f"quote {number}", within=self.film))
        quote.add("about", self.film, line)
        quote.add("text", Text(short, self.source.language or None), line)
        quote.add("publisher", Ref(Kind.ORG, publisher), line)
        if short != text:
            message = f"The quote of {publisher} was shortened to {len(short)} of {len(text)} characters: the page has the rest."
            place = SourcePlace(self.draft.path, line)
            self.findings.append(Finding("page-quote-shortened", Severity.INFO, message, value=short, places=(place,)))


def shorten_quote(text: str, title: str) -> str:
    """Return a quote as it is when it is short, else its shortest phrase that names the film, else its opening sentences.

    Empty when even its first phrase is too long.
    """
    if len(text) <= _LONGEST_QUOTE:
        return text
    runs = [each.strip() for each in _OMISSION.split(text) if each.strip()]
    phrases = [_PHRASE_END.split(sentence)[0] for run in runs for sentence in iter_sentences(run)]
    naming = [each for each in phrases if re.search(rf"(?<!\w){re.escape(title)}(?!\w)", each)]
    fitting = [each for each in naming if _SHORTEST_PHRASE <= len(each) <= _LONGEST_QUOTE]
    if fitting:
        return min(fitting, key=len)
    opening = ""
    for sentence in iter_sentences(runs[0]) if runs else ():
        longer = f"{opening} {sentence}".strip()
        if len(longer) > _LONGEST_QUOTE:
            break
        opening = longer
    first = phrases[0] if phrases else ""
    return opening or (first if len(first) <= _LONGEST_QUOTE else "")
