"""Keeps what is not a fact out of the dumps: prose, quotes and pictures, which are other people's work and not CC0.

What is not known to be a fact is refused: a text may stand only where this file says so, short, on one line. What people wrote
and where a picture's file is belong to the texts graph, which no dump holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, Triple

from filmgraph.dumps_lines import TYPE, Terms, to_iri, to_text
from filmgraph.errors import DumpContentError
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import DCTERMS, FG, FOAF, RDFS, SCHEMA, XSD, shorten

__all__ = ["FactsGuard"]

_NAME, _NOTE = 300, 500
#: The properties of things that may hold words, with the most characters that each may hold.
_WORDS: Final[dict[str, int]] = {
    **dict.fromkeys(
        (
            SCHEMA.name, SCHEMA.alternateName, SCHEMA.characterName, SCHEMA.award, SCHEMA.propertyID, SCHEMA.value,
            SCHEMA.streetAddress, SCHEMA.postalCode, SCHEMA.addressLocality, SCHEMA.addressCountry, SCHEMA.inLanguage,
            SCHEMA.subtitleLanguage, SCHEMA.videoFormat, SCHEMA.creditText, FG.creditedAs, FG.outcome, FG.timeZone, FG.textKind,
        ),
        _NAME,
    ),
    **dict.fromkeys((SCHEMA.disambiguatingDescription, SCHEMA.license, FG.accessibility, FG.reason), _NOTE),
}  # fmt: skip
_VALUES: Final = frozenset(
    XSD.term(name)
    for name in ("boolean", "integer", "decimal", "double", "date", "dateTime", "gYear", "gYearMonth", "time", "duration")
)
_TEXT_PROPERTIES: Final = frozenset(
    (
        SCHEMA.text, SCHEMA.description, SCHEMA.abstract, SCHEMA.articleBody, SCHEMA.reviewBody, SCHEMA.transcript,
        SCHEMA.caption, SCHEMA.headline, SCHEMA.commentText, SCHEMA.review, SCHEMA.comment, DCTERMS.description,
        DCTERMS.abstract, RDFS.comment,
    )
)  # fmt: skip
_TEXT_CLASSES: Final = frozenset(
    SCHEMA.term(name)
    for name in ("Quotation", "Review", "CriticReview", "UserReview", "Comment", "Article", "NewsArticle", "BlogPosting")
)
_MEDIA_PROPERTIES: Final = frozenset(
    (
        SCHEMA.contentUrl, SCHEMA.embedUrl, SCHEMA.thumbnailUrl, SCHEMA.thumbnail, SCHEMA.logo, SCHEMA.photo,
        SCHEMA.primaryImageOfPage, SCHEMA.trailer, FOAF.img, FOAF.depiction, FOAF.logo, FOAF.thumbnail,
    )
)  # fmt: skip
_MEDIA_FILE: Final = re.compile(
    r"data:|.*\.(?:avif|bmp|gif|heic|jpe?g|jxl|png|svg|tiff?|webp|mp3|ogg|wav|m4v|mkv|mov|mp4|mpe?g|webm)(?:[?#].*)?\Z",
    re.IGNORECASE | re.DOTALL,
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+")
# What most words are: nothing in them is a line break, an escape or an address.
_PLAIN: Final = re.compile(rb'"[^\\/:\x80-\xff]*"(?:@[A-Za-z0-9-]+)?\Z')
_BREAK: Final = re.compile("[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_IMAGE: Final = b"<%s>" % SCHEMA.image.encode()
_MEDIA: Final = "a picture, sound or film, or the address of one"
#: Characters of a statement that a message shows.
_SHOWN: Final = 300
#: A phrase shorter than this may be a title that two people came upon.
_PHRASE: Final = 40


class FactsGuard:
    """Refuses what is not a fact of the catalogue that `iris` names.

    `shipped` are the triples of our own vocabulary, whose notes and labels are ours; `texts` the triples of the texts graph,
    none of whose sentences may stand anywhere else.
    """

    def __init__(self, iris: IriScheme, shipped: Iterable[Triple] = (), texts: Iterable[Triple] = ()) -> None:
        self._text_prefix, self._image_prefix, self._own_description = (
            f"<{iris.base_of(kind)}id/{kind.segment}/".encode() for kind in (Kind.TEXT, Kind.IMAGE, Kind.DATASET)
        )
        self._shipped = {f"{triple} .\n".encode() for triple in shipped if isinstance(triple.object, Literal)}
        self._phrases = {
            phrase
            for triple in texts
            if isinstance(triple.object, Literal) and triple.predicate.value in _TEXT_PROPERTIES
            for phrase in _phrases(triple.object.value)
        }
        self._own_prefix = f"<{iris.base}id/".encode()
        # A property has one verdict for all its values but those that are words.
        self._seen: dict[bytes, tuple[str, int]] = {}

    def check(self, line: Terms) -> None:
        """Let a fact pass; DumpContentError names what is none."""
        reason = self._refuse(line)
        if reason and not self._is_shipped(line):
            statement = b" ".join(line[:3]).decode()
            shown = statement if len(statement) <= _SHOWN else statement[:_SHOWN] + "…"
            raise DumpContentError(
                f"a dump of facts must not hold {reason}: {shown} — take it out of the source, or give it as a text"
            )

    def _is_shipped(self, line: Terms) -> bool:
        return b"%s %s %s .\n" % line[:3] in self._shipped

    def _refuse(self, line: Terms) -> str:
        """Return what is wrong with a triple, or an empty string."""
        subject, predicate, object_, _ = line
        verdict, limit = self._seen.get(predicate) or self._judge(predicate)
        if verdict and not (verdict == _PROSE and self._describes_dataset(subject)):
            return verdict
        if subject.startswith(self._text_prefix):
            return "what is said of a text"
        if object_[:1] == b"<":
            return self._refuse_iri(predicate, object_)
        if limit and len(object_) < _PHRASE and _PLAIN.match(object_):
            return ""
        return self._refuse_literal(subject, predicate, object_, limit)

    def _judge(self, predicate: bytes) -> tuple[str, int]:
        iri = to_iri(predicate)
        verdict = _PROSE if iri in _TEXT_PROPERTIES else "the address of a picture" if iri in _MEDIA_PROPERTIES else ""
        self._seen[predicate] = (verdict, _WORDS.get(iri, 0))
        return self._seen[predicate]

    def _describes_dataset(self, subject: bytes) -> bool:
        return subject.startswith(self._own_description)

    def _refuse_iri(self, predicate: bytes, object_: bytes) -> str:
        if object_.startswith(self._text_prefix):
            return "a link to a text, which it does not hold"
        if predicate == _IMAGE and not object_.startswith(self._image_prefix):
            return "the address of a picture"
        if object_.startswith(self._own_prefix) and b"." not in object_[len(self._own_prefix) :]:
            return ""
        iri = to_iri(object_)
        if predicate == TYPE and iri in _TEXT_CLASSES:
            return f"a thing of the class {shorten(iri)}"
        return _MEDIA if _MEDIA_FILE.match(iri) else ""

    def _refuse_literal(self, subject: bytes, predicate: bytes, object_: bytes, limit: int) -> str:
        text, _, datatype = to_text(object_)
        if datatype:
            return "" if datatype in _VALUES else f"a value of the datatype {shorten(datatype)}, which may be anything"
        if _MEDIA_FILE.match(text) and ("/" in text or text[:5].lower() == "data:"):
            return _MEDIA
        if not self._phrases.isdisjoint(_phrases(text)):
            return "a sentence that stands in a text"
        if self._describes_dataset(subject):
            return ""
        name = shorten(to_iri(predicate))
        if not limit:
            return f"words as {name}, which is not known to hold facts"
        return f"more than one line or {limit} characters as {name}" if len(text) > limit or _BREAK.search(text) else ""


_PROSE: Final = "prose"


def _phrases(text: str) -> Iterator[int]:
    """Yield digests of a text and of each of its sentences, without regard to case and spaces."""
    if len(text) >= _PHRASE:
        whole = " ".join(text.casefold().split())
        for phrase in {whole, *_SENTENCE_END.split(whole)}:
            bare = phrase.strip("\"'“”‘’«»„()[] .!?…")
            if len(bare) >= _PHRASE:
                yield hash(bare)
