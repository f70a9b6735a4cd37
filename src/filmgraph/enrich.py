"""Asks a SPARQL endpoint of Wikidata's shape which of its films are ours: politely, and all that it hears is a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from filmgraph import __version__
from filmgraph.enrich_journal import EnrichJournal
from filmgraph.enrich_query import Candidate, Film, build_query, judge
from filmgraph.errors import QueryTimeoutError, SettingsError, StoreBusyError, StoreError
from filmgraph.iris import IriScheme, Kind
from filmgraph.links import ProposedLink, links_csv, parse_links, with_proposals
from filmgraph.matching_identifiers import identifier_of_link
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.release_files import replace_text
from filmgraph.results import parse_results
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.stores.remote import RemoteEndpoint

__all__ = ["Manners", "Run", "list_films", "make_agent"]

_LONGEST_WAIT: Final = 900.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How an endpoint is asked: about `batch` films at once, `pause_seconds` after the last answer.

    After `failures` in a row the run stops; it waits twice as long after each, and as long as the endpoint says.
    """

    batch: int = 20
    pause_seconds: float = 1.0
    failures: int = 5
    first_wait_seconds: float = 5.0


def make_agent(contact: str) -> str:
    """Return what we call ourselves; SettingsError where nobody could be asked what we are doing."""
    if not contact:
        raise SettingsError(
            "contact is missing: endpoints want to know whom to ask. Put an e-mail address into [catalogue] contact"
        )
    return f"filmgraph/{__version__} ({contact})"


def list_films(store: EmbeddedStore, iris: IriScheme) -> tuple[Film, ...]:
    """Return the films of a release that have no link to Wikidata, by key."""
    subjects = (quad.subject for quad in store.quads(None, NamedNode(RDF.type), NamedNode(SCHEMA.Movie)))
    films = (_read_film(store, iris, each) for each in subjects if isinstance(each, NamedNode))
    return tuple(sorted((each for each in films if each is not None), key=lambda film: film.key))


def _read_film(store: EmbeddedStore, iris: IriScheme, subject: NamedNode) -> Film | None:
    """Return a film as it is asked about; None where its Wikidata number is known already."""
    thing = iris.parse(subject.value)
    if thing is None or thing.kind is not Kind.FILM:
        return None
    codes = dict(filter(None, map(identifier_of_link, _values(store, subject, SCHEMA.sameAs))))
    for part in _nodes(store, subject, SCHEMA.identifier):
        scheme, value = (next(_values(store, part, each), "") for each in (SCHEMA.propertyID, SCHEMA.value))
        codes[scheme] = value.casefold()
    if "wikidata" in codes:
        return None
    directors = [name for each in _nodes(store, subject, SCHEMA.director) for name in _values(store, each, SCHEMA.name)]
    return Film(
        key=thing.key,
        titles=tuple(dict.fromkeys((*_values(store, subject, SCHEMA.name), *_values(store, subject, SCHEMA.alternateName)))),
        years=frozenset(int(each[:4]) for each in _values(store, subject, SCHEMA.dateCreated) if each[:4].isdecimal()),
        directors=tuple(sorted(directors)),
        imdb=frozenset({codes["imdb"]} if "imdb" in codes else ()),
        languages=tuple(sorted(each.partition("-")[0] for each in _values(store, subject, SCHEMA.inLanguage))),
    )


def _values(store: EmbeddedStore, subject: NamedNode, predicate: str) -> Iterator[str]:
    found = (quad.object for quad in store.quads(subject, NamedNode(predicate)))
    yield from sorted(each.value for each in found if isinstance(each, Literal | NamedNode))


def _nodes(store: EmbeddedStore, subject: NamedNode, predicate: str) -> Iterator[NamedNode]:
    return (quad.object for quad in store.quads(subject, NamedNode(predicate)) if isinstance(quad.object, NamedNode))


@dataclass(frozen=True, slots=True)
class Run:
    """One run against one endpoint. What is heard is written to `links_path` before the journal says that it was asked."""

    endpoint: RemoteEndpoint
    languages: tuple[str, ...]
    links_path: Path
    journal: EnrichJournal
    manners: Manners
    today: str
    sleep: Callable[[float], None]
    tell: Callable[[str], None]

    def ask(self, films: Iterable[Film], *, again: bool = False) -> int:
        """Ask about the films that this endpoint was not asked about; return how many links are new.

        StoreError after too many failures in a row; what was heard until then is kept.
        """
        done = frozenset[str]() if again else self.journal.asked(self.endpoint.url)
        todo = [each for each in films if each.key not in done]
        new = 0
        for start in range(0, len(todo), self.manners.batch):
            if start:
                self.sleep(self.manners.pause_seconds)
            batch = tuple(todo[start : start + self.manners.batch])
            new += self._keep(batch)
            self.tell(f"asked about {min(start + len(batch), len(todo))} of {len(todo)} films; {new} new proposals")
        return new

    def _keep(self, batch: tuple[Film, ...]) -> int:
        links = parse_links(self.links_path.read_bytes(), str(self.links_path)) if self.links_path.exists() else ()
        candidates = self._query(batch)
        url = self.endpoint.url
        found = [
            ProposedLink("film", each.key, each.link, evidence=each.evidence, endpoint=url, asked=self.today)
            for each in candidates
        ]
        more = with_proposals(links, found)
        if len(more) > len(links):
            replace_text(self.links_path, links_csv(more))
        self.journal.add(self.endpoint.url, self.today, (each.key for each in batch))
        return len(more) - len(links)

    def _query(self, batch: tuple[Film, ...]) -> tuple[Candidate, ...]:
        """Ask about some films, again after a while where the endpoint is busy."""
        wait = self.manners.first_wait_seconds
        for failure in range(1, self.manners.failures + 1):
            try:
                answer = self.endpoint.query(build_query(batch, self.languages))
                return judge(batch, parse_results(answer.body))
            except (StoreError, QueryTimeoutError) as error:
                asked = error.retry_after_seconds if isinstance(error, StoreBusyError) else None
                pause = max(wait, asked or 0.0)
                if failure == self.manners.failures or pause > _LONGEST_WAIT:
                    raise StoreError(f"{error} The run stops here; the same command goes on with it.") from error
                self.tell(f"{error}; asking again in {pause:g} seconds")
            self.sleep(pause)
            wait *= 2
        raise AssertionError("the last failure raises")
