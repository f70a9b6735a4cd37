"""What the blueprints share: one release with its settings, vocabulary and links. Read-only, made once by `create_app`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from filmgraph.changelog import Tombstone, read_tombstones
from filmgraph.describe import Description, Listed, describe, find_things, is_known, list_things
from filmgraph.facets import FacetIndex, open_facets
from filmgraph.formats import DocumentFormat
from filmgraph.iris import IriScheme, Kind
from filmgraph.manifest import Manifest
from filmgraph.namespaces import shorten
from filmgraph.pages import ThingPage, build_page
from filmgraph.pages.messages import Messages
from filmgraph.search import SearchIndex, open_search
from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web.cache import DocumentCache
from filmgraph.web.history import History
from filmgraph.web.language import read_messages
from filmgraph.web.links import Links

__all__ = ["Site", "tell_time"]

_STATIC_FORMATS: Final = (DocumentFormat.HTML, DocumentFormat.TURTLE, DocumentFormat.JSON_LD)


def tell_time() -> datetime:
    """Return what time it is, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """`retired` names things that are gone, by IRI, with what replaced them; `release_path` is the folder of the release.

    `history` knows the other releases; without it, none of them can be asked for. `clock` tells the time, for what is next.
    With `is_static` the pages are written to files, and nothing in them needs a program that answers.
    """

    settings: Settings
    store: Store
    vocabulary: Vocabulary
    links: Links
    release_path: Path
    retired: Mapping[str, str | None]
    documents: DocumentCache = field(default_factory=DocumentCache)
    history: History | None = None
    clock: Callable[[], datetime] = tell_time
    is_static: bool = False

    @property
    def formats(self) -> tuple[DocumentFormat, ...]:
        """What a thing's document can be had as; of a site in files, what most readers want."""
        return _STATIC_FORMATS if self.is_static else tuple(DocumentFormat)

    @property
    def iris(self) -> IriScheme:
        """The IRIs of the catalogue."""
        return self.settings.iris

    @property
    def manifest(self) -> Manifest:
        """The description of the release."""
        return self.store.manifest

    def describe(self, iri: str) -> Description | None:
        """Return what the release says about a thing."""
        return self._describe(iri)

    def knows(self, iri: str) -> bool:
        """Return whether the release says anything about a thing."""
        return is_known(self.store, iri, self.iris)

    def page(self, description: Description) -> ThingPage:
        """Return the page of a described thing."""
        return build_page(description, self.vocabulary, self.settings.title, self.messages)

    @property
    def messages(self) -> Messages:
        """The words to answer the request at hand in."""
        return read_messages()

    def label_of(self, iri: str) -> str:
        """Return what a class or property is called in the language of the request at hand."""
        return self.vocabulary.term_label(iri, self.messages.language) or shorten(iri)

    @cached_property
    def tombstones(self) -> Mapping[str, Tombstone]:
        """What is known of all things that are gone, by IRI; read when the first of them is asked for."""
        return read_tombstones(self.release_path)

    @cached_property
    def search(self) -> SearchIndex | None:
        """The search index; None for a release that was built without one, and for a site in files."""
        return None if self.is_static else open_search(self.release_path)

    @cached_property
    def facets(self) -> FacetIndex | None:
        """What the lists can be narrowed down by; None for a release that was built without it, and for a site in files."""
        return None if self.is_static else open_facets(self.release_path)

    @cached_property
    def things(self) -> Mapping[str, tuple[str, ...]]:
        """All things by path segment; read at the first list that is asked for."""
        return find_things(self.store, self.iris)

    def listed(self, kind: Kind) -> tuple[Listed, ...]:
        """Return all things of a kind in the order of their list."""
        found = self._lists.get(kind)
        if found is None:
            things = list_things(self.store, self.iris, self.things.get(kind.segment, ()))
            by_date = kind in (Kind.SCREENING, Kind.FESTIVAL)
            found = tuple(sorted(things, key=lambda each: (each.date if by_date else "", each.name.casefold(), each.iri)))
            self._lists[kind] = found
        return found

    @cached_property
    def _describe(self) -> Callable[[str], Description | None]:
        """Whoever writes all documents of a thing to files asks for it several times in turn."""

        def find(iri: str) -> Description | None:
            return describe(self.store, iri, self.iris)

        return lru_cache(2)(find) if self.is_static else find

    @cached_property
    def _lists(self) -> dict[Kind, tuple[Listed, ...]]:
        return {}
