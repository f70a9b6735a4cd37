"""A catalogue's settings: one frozen, typed object; the only reader of `filmgraph.toml` and of the environment.

Order of precedence: command line, environment (`FILMGRAPH_…`), `filmgraph.toml`, default.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from filmgraph.errors import SettingsError
from filmgraph.iris import IriScheme, is_key
from filmgraph.themes import Theme

__all__ = ["FILE_NAME", "EndpointSettings", "ReleaseSettings", "ServerSettings", "Settings", "SourceSettings", "load_settings"]

FILE_NAME = "filmgraph.toml"
_SOURCE_KINDS = ("page", "sheet", "calendar", "html", "links", "rdf")
_PROFILED = ("sheet", "calendar")
_MAY_BE_ZERO = ("queue", "reserved_workers", "trusted_proxies")
_CONTACT = re.compile(r"[^\s@:/<>\"]+@[^\s@:/<>\"]+|https?://[^\s<>\"{}|\\^`]+")
_WORDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One `[[sources]]` table.

    `precedence` decides between contradicting sources: the smaller number wins; it is the source's position in the
    file unless given. `path` and `profile` are relative to the catalogue. A `cited` source is never read: tables name it
    as the origin of their values.
    """

    id: str
    kind: str
    precedence: int
    path: str = ""
    title: str = ""
    publisher: str = ""
    language: str = ""
    url: str = ""
    licence: str = ""
    retrieved: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """`[endpoint]`: the limits of the SPARQL endpoint.

    One request: `address_bytes` after the question mark of its address, `body_bytes` of its body, which has room for a query. In
    one web process `bodies` are on their way at once, `client_bodies` of them from one client.

    One query: `deadline_seconds` to run; `query_bytes` of text and `result_bytes` of answer; `memory_bytes` of address space. Its
    text has at most `tokens` words and signs, brackets `depth` deep, round and square ones `list_depth` deep, and `signs` such
    as `!` in a row: the engine's parser recurses, and some hundred levels crash a worker.

    All queries, over all web processes: `workers` run at once, `queue` wait, each for `queue_seconds` at most. The last
    `reserved_workers` free workers go only to clients who have no query running.

    One client (an IPv4 address or an IPv6 /64): `client_queries` under way, running or waiting; `client_seconds_per_minute` of
    running, of which it may save up `client_burst_seconds`; `client_failures_per_minute` queries that end in an error.

    A query that has ended `ban_kills` workers within `ban_seconds` is refused for as long again; `ban_counts_timeouts` says
    whether running past the deadline counts, or only a crash. `trusted_proxies` is the number of proxies in front that add the
    address of their client to X-Forwarded-For; 0 means that the header is not looked at.
    """

    address_bytes: int = 32_768
    body_bytes: int = 65_536
    bodies: int = 16
    client_bodies: int = 4
    deadline_seconds: float = 10.0
    query_bytes: int = 16_384
    tokens: int = 4_000
    depth: int = 48
    list_depth: int = 16
    signs: int = 32
    result_bytes: int = 10_000_000
    memory_bytes: int = 1_073_741_824
    workers: int = 2
    queue: int = 4
    queue_seconds: float = 2.0
    reserved_workers: int = 1
    client_queries: int = 2
    client_seconds_per_minute: float = 60.0
    client_burst_seconds: float = 60.0
    client_failures_per_minute: int = 30
    ban_kills: int = 2
    ban_seconds: float = 600.0
    ban_counts_timeouts: bool = True
    trusted_proxies: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    """`[release]`: how many things a release may lose against the one before it, unless `--accept-loss` is given.

    More than `loss_share` (0 to 1) of the things of a kind is too much, and so is nothing up to `loss_things` of them: in a
    catalogue of eight films one is a large share.
    """

    loss_share: float = 0.2
    loss_things: int = 5


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`[server]`: how many releases before the current one a web process keeps open at once, for who asks for them.

    `page_cache_bytes` is how much of the disk drawn pages may take; 0 keeps them in memory only.
    """

    past_releases: int = 2
    page_cache_bytes: int = 268_435_456


@dataclass(frozen=True, slots=True)
class Settings:
    """A catalogue as `filmgraph.toml` describes it; `catalogue_path` is the folder that holds the file.

    `contact` is an e-mail address or the address of a page, for questions about the data. `themes` are codes of `themes.Theme`;
    portals file the dataset under them and under its `keywords`.
    """

    catalogue_path: Path
    id: str
    base_iri: str
    title: str
    publisher: str
    licence: str
    description: str = ""
    languages: tuple[str, ...] = ("en",)
    sources: tuple[SourceSettings, ...] = ()
    endpoint: EndpointSettings = field(default_factory=EndpointSettings)
    release: ReleaseSettings = field(default_factory=ReleaseSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    releases_path: Path = Path("releases")
    contact: str = ""
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def iris(self) -> IriScheme:
        """The IRIs of this catalogue."""
        return IriScheme(self.base_iri)

    @property
    def ids_path(self) -> Path:
        """The registry of keys."""
        return self.catalogue_path / "ids.csv"

    @property
    def decisions_path(self) -> Path:
        """What editors decided about things that look alike."""
        return self.catalogue_path / "decisions.csv"

    def source(self, source_id: str) -> SourceSettings | None:
        """Return the source with this id, or None."""
        return next((each for each in self.sources if each.id == source_id), None)


def load_settings(catalogue_path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read `filmgraph.toml` in `catalogue_path`.

    SettingsError names the setting, its value and what was expected.
    """
    path = catalogue_path / FILE_NAME
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist: name a catalogue folder, or make one with 'filmgraph init DIR'") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    return _read_settings(catalogue_path, _Table(tables, str(path)), environ or {})


class _Table:
    """A TOML table that hands out its keys with their types checked, and knows which were never asked for."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = dict(values)
        self._where = where
        self._asked: set[str] = set()

    def get(self, key: str, expected: type[T], default: T) -> T:
        self._asked.add(key)
        value = self._values.get(key, default)
        if expected is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise SettingsError(f"{self._where}: {key} = {value!r} should be {_WORDS[expected]}")
        return value

    def need(self, key: str) -> str:
        value = self.get(key, str, "")
        if not value.strip():
            raise SettingsError(f"{self._where}: {key} is missing: give it a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(each, str) and each.strip() for each in values):
            raise SettingsError(f"{self._where}: {key} = {values!r} should be a list of texts")
        return tuple(values)

    def table(self, key: str) -> _Table:
        return _Table(self.get(key, dict, {}), f"{self._where} [{key}]")

    def tables(self, key: str) -> list[_Table]:
        return [_Table(each, f"{self._where} [[{key}]] {n}") for n, each in enumerate(self.get(key, list, []), 1)]

    def refuse_unknown(self) -> None:
        unknown = sorted(set(self._values) - self._asked)
        if unknown:
            raise SettingsError(f"{self._where}: unknown setting {unknown[0]!r}; there are {', '.join(sorted(self._asked))}")


def _read_settings(catalogue_path: Path, root: _Table, environ: Mapping[str, str]) -> Settings:
    catalogue = root.table("catalogue")
    base_iri = environ.get("FILMGRAPH_BASE_IRI", catalogue.get("base_iri", str, ""))
    if not base_iri.startswith(("http://", "https://")) or not base_iri.endswith("/") or set(base_iri) & set(' <>"{}|\\^`?#'):
        raise SettingsError(f"base_iri = {base_iri!r} should be an http(s) address that ends in a slash")
    releases = environ.get("FILMGRAPH_RELEASES", catalogue.get("releases", str, "releases"))
    settings = Settings(
        catalogue_path=catalogue_path,
        id=_key(catalogue, "id"),
        base_iri=base_iri,
        title=catalogue.need("title"),
        publisher=catalogue.need("publisher"),
        licence=catalogue.need("licence"),
        description=catalogue.get("description", str, ""),
        languages=tuple(str(each) for each in catalogue.get("languages", list, ["en"])),
        sources=_read_sources(root.tables("sources")),
        endpoint=_read_endpoint(root.table("endpoint")),
        release=_read_release(root.table("release")),
        server=_read_server(root.table("server")),
        releases_path=catalogue_path / releases,
        contact=_read_contact(catalogue),
        themes=_read_themes(catalogue),
        keywords=catalogue.texts("keywords"),
    )
    catalogue.refuse_unknown()
    root.refuse_unknown()
    return settings


def _read_contact(catalogue: _Table) -> str:
    contact = catalogue.get("contact", str, "")
    if contact and not _CONTACT.fullmatch(contact):
        raise SettingsError(
            f"{catalogue._where}: contact = {contact!r} should be an e-mail address, or the address of a page that starts with https://"
        )
    return contact


def _read_themes(catalogue: _Table) -> tuple[str, ...]:
    codes = catalogue.texts("themes")
    for each in codes:
        if each not in Theme.__members__:
            raise SettingsError(f"{catalogue._where}: themes has {each!r}, but there are only {', '.join(Theme.__members__)}")
    return codes


def _read_sources(tables: list[_Table]) -> tuple[SourceSettings, ...]:
    sources = tuple(_read_source(table, position) for position, table in enumerate(tables, 1))
    for n, source in enumerate(sources):
        if source.id in {each.id for each in sources[:n]}:
            raise SettingsError(f"two sources have the id {source.id!r}: give one of them another")
    return sources


def _read_source(table: _Table, position: int) -> SourceSettings:
    kind = table.need("kind")
    if kind not in (*_SOURCE_KINDS, "cited"):
        raise SettingsError(f"{table._where}: kind = {kind!r} should be one of {', '.join((*_SOURCE_KINDS, 'cited'))}")
    source = SourceSettings(
        id=_key(table, "id"),
        kind=kind,
        precedence=table.get("precedence", int, position),
        path=table.get("path", str, "") if kind == "cited" else table.need("path"),
        profile=table.need("profile") if kind in _PROFILED else table.get("profile", str, ""),
        **{name: table.get(name, str, "") for name in ("title", "publisher", "language", "url", "licence", "retrieved")},
    )
    table.refuse_unknown()
    return source


def _key(table: _Table, name: str) -> str:
    value = table.need(name)
    if not is_key(value):
        raise SettingsError(f"{table._where}: {name} = {value!r} should be letters, digits and single hyphens")
    return value


def _read_endpoint(table: _Table) -> EndpointSettings:
    default = EndpointSettings()
    values: dict[str, Any] = {}
    for each in fields(EndpointSettings):
        known = getattr(default, each.name)
        value = values[each.name] = table.get(each.name, type(known), known)
        least = "0 or greater" if each.name in _MAY_BE_ZERO else "greater than 0"
        # A TOML number may be inf or nan, which no clock and no counter takes.
        if not isinstance(value, bool) and not (0 < value < math.inf or (value == 0 and each.name in _MAY_BE_ZERO)):
            raise SettingsError(f"{table._where}: {each.name} = {value!r} should be {least}")
    table.refuse_unknown()
    endpoint = EndpointSettings(**values)
    if endpoint.body_bytes < endpoint.query_bytes:
        raise SettingsError(
            f"{table._where}: body_bytes = {endpoint.body_bytes} should be at least query_bytes ({endpoint.query_bytes}): "
            "the longest query comes in a body"
        )
    return endpoint


def _read_release(table: _Table) -> ReleaseSettings:
    default = ReleaseSettings()
    share = table.get("loss_share", float, default.loss_share)
    if not 0 <= share <= 1:
        raise SettingsError(f"{table._where}: loss_share = {share!r} should be from 0 (nothing) to 1 (everything)")
    things = table.get("loss_things", int, default.loss_things)
    if things < 0:
        raise SettingsError(f"{table._where}: loss_things = {things!r} should be 0 or greater")
    table.refuse_unknown()
    return ReleaseSettings(share, things)


def _read_server(table: _Table) -> ServerSettings:
    past_releases = table.get("past_releases", int, ServerSettings().past_releases)
    if past_releases < 1:
        raise SettingsError(f"{table._where}: past_releases = {past_releases!r} should be 1 or greater")
    page_cache_bytes = table.get("page_cache_bytes", int, ServerSettings().page_cache_bytes)
    if page_cache_bytes < 0:
        raise SettingsError(f"{table._where}: page_cache_bytes = {page_cache_bytes!r} should be 0 or greater")
    table.refuse_unknown()
    return ServerSettings(past_releases, page_cache_bytes)
