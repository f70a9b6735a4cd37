"""The only place where a path is built. Absolute URLs come from the configured base, never from the Host header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlencode

from flask import has_request_context, request

from filmgraph.formats import CALENDAR, SVG
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG_BASE
from filmgraph.web.history import FOLDER, read_as_of

__all__ = ["Links", "encode_field", "safe_href", "to_uri"]

_LINKABLE = re.compile(r"(?:https?://[^/\s\\]|mailto:[^\s])", re.IGNORECASE)
# Everything that RFC 3986 allows in a URI, the percent sign included: what is encoded already stays as it is.
_URI_CHARACTERS = "%/:?#[]@!$&'()*+,;=-._~"
# The bytes of a text, as characters, with what stands for them: `quote` takes longer over a query than many a query runs.
_URI_TABLE = {n: quote(bytes([n]), safe=_URI_CHARACTERS) for n in range(256)}
_FIELD_TABLE = {n: quote_plus(bytes([n])) for n in range(256)}


def to_uri(iri: str) -> str:
    """Return an IRI as a URI of ASCII characters that may stand in a header (https://www.rfc-editor.org/rfc/rfc3987#section-3.1).

    >>> to_uri('http://x/é>; rel="x"')
    'http://x/%C3%A9%3E;%20rel=%22x%22'
    """
    return iri.encode(errors="replace").decode("latin-1").translate(_URI_TABLE)


def encode_field(text: str) -> str:
    """Return a text as the value of a field of an address (application/x-www-form-urlencoded).

    >>> encode_field("ASK { ?é }")
    'ASK+%7B+%3F%C3%A9+%7D'
    """
    return text.encode(errors="replace").decode("latin-1").translate(_FIELD_TABLE)


def safe_href(iri: str) -> str | None:
    """Return what may stand in an href for a foreign IRI, or None for all but http, https and mailto.

    >>> safe_href("JavaScript:alert(1)") is None
    True
    """
    return to_uri(iri) if _LINKABLE.match(iri) else None


@dataclass(frozen=True, slots=True)
class Links:
    """Every path of the site. Paths are local, so that the pages work wherever they are served."""

    iris: IriScheme

    def home(self) -> str:
        """The path of the first page."""
        return _local("")

    def static(self, name: str) -> str:
        """The path of a style sheet or picture of the site."""
        return _local(f"static/{quote(name)}")

    def listing(self, kind: Kind, page: int = 1) -> str:
        """The path of the list of all things of a kind."""
        return _local(f"{kind.segment}/" + (f"?page={page}" if page > 1 else ""))

    def thing(self, kind: Kind, key: str) -> str:
        """The path of a thing itself, which sees other."""
        return _local(f"id/{kind.segment}/{quote(key)}")

    def document(self, kind: Kind, key: str, suffix: str = "") -> str:
        """The path of a thing's page, or with a suffix of one representation."""
        return _local(f"{kind.segment}/{quote(key)}{suffix}")

    def facts(self, kind: Kind, key: str) -> str:
        """The path of the page with every triple of a thing's document."""
        return _local(f"{kind.segment}/{quote(key)}/facts")

    def linkset(self, kind: Kind, key: str) -> str:
        """The path of all links of a thing's document, for programs (https://www.rfc-editor.org/rfc/rfc9264)."""
        return _local(f"linkset/{kind.segment}/{quote(key)}")

    def share(self, kind: Kind | None = None, key: str = "") -> str:
        """The path of the picture of a thing's page, or of the whole site."""
        return _local(f"share/{kind.segment}/{quote(key)}.png" if kind else "share.png")

    def sitemap(self, name: str = "") -> str:
        """The path of the index of all sitemaps, or of one of them."""
        return _local(f"sitemap/{quote(name)}.xml" if name else "sitemap.xml")

    def search(self, placeholder: str) -> str:
        """The path of the search, with a placeholder in braces for the words."""
        return _local(f"search?q={{{placeholder}}}")

    def vocabulary(self, suffix: str = "") -> str:
        """The path of our own terms."""
        return _local(f"ns{suffix}")

    def shapes(self) -> str:
        """The path of the shapes, in Turtle."""
        return _local("shapes.ttl")

    def sparql(self, query: str = "") -> str:
        """The path of the query page, with a query filled in."""
        return _local(f"sparql?query={encode_field(query)}" if query else "sparql")

    def sparql_schema(self) -> str:
        """The path of what the query page completes: prefixes, classes and properties."""
        return _local("sparql/schema.json")

    def saved_queries(self) -> str:
        """The path of the list of saved queries."""
        return _local("queries/")

    def saved_query(self, key: str, suffix: str = "", values: Sequence[tuple[str, str]] = ()) -> str:
        """The path of a saved query with the values of its parameters, or with a suffix (`.csv`) of its rows as data."""
        return _local(f"queries/{quote(key)}{suffix}" + ("?" + urlencode(values) if values else ""))

    def limits(self, suffix: str = "") -> str:
        """The path of the limits of the query endpoint."""
        return _local(f"limits{suffix}")

    def datasets(self, suffix: str = "") -> str:
        """The path of the datasets page, or with a suffix of the dataset's description in one format."""
        return _local(f"datasets{suffix}" if suffix and suffix != ".html" else "datasets/")

    def coverage(self) -> str:
        """The path of the counts of how many things have which property."""
        return _local("datasets/coverage.json")

    def dump(self, name: str, release_id: str) -> str:
        """The path of a file of a release, named as in the manifest without its folder; `latest` stands for the current one."""
        return _local(f"dumps/{quote(release_id)}/{quote(name)}")

    def changes(self, rest: str = "") -> str:
        """The path of the page on changes, or with `rest` of one of its files."""
        return _local(f"changes/{quote(rest)}")

    def programme(self, key: str = "", day: str = "", fields: Sequence[tuple[str, str]] = (), suffix: str = "") -> str:
        """The path of the programme of an edition, or of one of its days, with filters; without a key, of the list of all."""
        path = "/".join(("programme", quote(key), quote(day))).rstrip("/") if key else "programme/"
        return _local(path + suffix + ("?" + urlencode(fields) if fields else ""))

    def calendar(self, kind: Kind, key: str) -> str:
        """The path of the calendar of a thing's screenings."""
        return self.document(kind, key, CALENDAR.suffix)

    def drawing(self, kind: Kind, key: str, name: str) -> str:
        """The path of a picture that is drawn of a thing."""
        return self.document(kind, key, f"/{name}{SVG.suffix}")

    def role_drawing(self) -> str:
        """The path of the picture of how often each role is credited."""
        return _local(f"datasets/roles{SVG.suffix}")

    def webcal(self, path: str) -> str:
        """The public address of a calendar at a local path, for programmes that subscribe to it."""
        return "webcal:" + self.absolute(path).partition(":")[2]

    def search_page(self, text: str = "", kind: Kind | None = None, page: int = 1) -> str:
        """The path of the search, or of what it finds: of one kind, and one page of that."""
        fields = (("q", text), ("kind", kind.segment if kind else ""), ("page", str(page) if page > 1 else ""))
        asked = urlencode([each for each in fields if each[1]])
        return _local(f"search?{asked}" if asked else "search")

    def suggest(self) -> str:
        """The path of the names that begin like what is being typed."""
        return _local("suggest")

    def opensearch(self) -> str:
        """The path of the description of the search for browsers."""
        return _local("opensearch.xml")

    def releases(self) -> str:
        """The path of the list of the releases that are kept, which is a part of none of them."""
        return f"{_mount()}/{FOLDER}/"

    def as_of(self, release_id: str, path: str) -> str:
        """The path of what `path`, decoded and from the root, was in a release."""
        return f"{_mount()}/{FOLDER}/{quote(release_id)}{quote(path)}"

    def today(self) -> str:
        """The path of what the request at hand asks of a release by its name, in the current one."""
        as_of = read_as_of()
        if as_of is None:
            return _local("")
        # The page of a thing is kept for all who ask for it, whatever stands after their question mark.
        question = f"?{as_of.query_string}" if as_of.query_string and request.endpoint != "things.document" else ""
        return to_uri(f"{as_of.root}{quote(as_of.path)}{question}")

    def releases_url(self) -> str:
        """The public URL of the list of releases."""
        return f"{self.iris.base}{FOLDER}/"

    def today_url(self, path: str, query_string: str = "") -> str:
        """The public URL of what is at a decoded path, in the current release."""
        return to_uri(self.iris.base + quote(path.lstrip("/")) + (f"?{query_string}" if query_string else ""))

    def memento_url(self, release_id: str, path: str) -> str:
        """The public URL of what was at a decoded path in a release."""
        return f"{self.iris.base}{FOLDER}/{quote(release_id)}{quote(path)}"

    def timemap_url(self, path: str) -> str:
        """The public URL of the list of all states of the document at a decoded path."""
        return f"{self.iris.base}{FOLDER}/timemap{quote(path)}"

    def lasting_url(self, path: str) -> str:
        """The public URL of a local path, in the release that the request was sent to by name, if it was."""
        as_of = read_as_of()
        rest = path.removeprefix(_root()).removeprefix("/")
        return self.iris.base + (f"{FOLDER}/{as_of.release.release_id}/" if as_of else "") + rest

    def absolute(self, path: str) -> str:
        """The public URL of a local path."""
        return self.iris.base + path.removeprefix(_root()).removeprefix("/")

    def href(self, iri: str) -> str | None:
        """Return what a link to `iri` holds: a local path for what is ours, a URI for what is not.

        None for what no one should follow.
        """
        thing = self.iris.parse(iri)
        if thing is not None:
            _, hash_sign, fragment = iri.partition("#")
            return self.document(thing.kind, thing.key) + (hash_sign and f"#{quote(fragment, safe='=,;-._~')}")
        for own in (FG_BASE + "ns", FG_BASE + "shapes"):
            if iri.partition("#")[0] == own:
                return _local(to_uri(iri[len(FG_BASE) :]))
        if iri.startswith(self.iris.base):
            rest = iri[len(self.iris.base) :]
            # A second slash would make the path an address on another host.
            return safe_href(iri) if rest.startswith(("/", "\\")) else _local(to_uri(rest))
        return safe_href(iri)


def _root() -> str:
    return request.script_root if has_request_context() else ""


def _mount() -> str:
    as_of = read_as_of()
    return _root() if as_of is None else as_of.root


def _local(rest: str) -> str:
    return f"{_root()}/{rest}"
