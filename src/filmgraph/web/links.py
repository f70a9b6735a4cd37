"""The only place where a path is built. Absolute URLs come from the configured base, never from the Host header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlencode

from flask import has_request_context, request

from filmgraph.formats import CALENDAR, SVG
from filmgraph.iris import IriScheme, Kind
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES, to_prefix
from filmgraph.namespaces import FG_BASE
from filmgraph.web.history import FOLDER, read_as_of
from filmgraph.web.language import on_this_host, read_language

__all__ = ["Links", "encode_field", "safe_href", "to_uri"]

_LINKABLE = re.compile(r"(?:https?://[^/\s\\]|mailto:[^\s])", re.IGNORECASE)
# Everything that RFC 3986 allows in a URI, the percent sign included: what is encoded already stays as it is.
_URI_CHARACTERS = "%/:?#[]@!$&'()*+,;=-._~"
# The bytes of a text, as characters, with what stands for them: `quote` takes longer over a query than many a query runs.
_URI_TABLE = {n: quote(bytes([n]), safe=_URI_CHARACTERS) for n in range(256)}
#: What the data name and no file answers.
_FOR_PROGRAMS = ("sparql", "search", "queries/")
_PAGE_ROOT = "filmgraph.page_root"
#: The suffixes of addresses that answer with a page.
_PAGE_SUFFIXES = ("", ".html")
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
    """Every path of the site. Paths are local, so that the pages work wherever they are served.

    Paths of pages are those of pages in the language of the request at hand. With `is_static` no path has a question mark, since
    a file answers to none.
    """

    iris: IriScheme
    is_static: bool = False

    def home(self) -> str:
        """The path of the first page."""
        return _page("")

    def static(self, name: str) -> str:
        """The path of a style sheet or picture of the site."""
        return _local(f"static/{quote(name)}")

    def listing(self, kind: Kind, page: int = 1, fields: Sequence[tuple[str, str]] = ()) -> str:
        """The path of the list of all things of a kind, or of those with some values of its facets."""
        if self.is_static and page > 1:
            return _page(f"{kind.segment}/list/{page}")
        asked = urlencode([*fields, *([("page", str(page))] if page > 1 else [])])
        return _page(f"{kind.segment}/" + (f"?{asked}" if asked else ""))

    def thing(self, kind: Kind, key: str) -> str:
        """The path of a thing itself, which sees other."""
        return _local(f"id/{kind.segment}/{quote(key)}")

    def document(self, kind: Kind, key: str, suffix: str = "") -> str:
        """The path of a thing's page, or with a suffix of one representation."""
        make = _page if suffix in _PAGE_SUFFIXES else _local
        return make(f"{kind.segment}/{quote(key)}{suffix}")

    def page_url(self, kind: Kind, key: str) -> str:
        """The public URL of a thing's page."""
        return f"{self.iris.base.removesuffix('/')}{_prefix()}/{kind.segment}/{key}"

    def facts(self, kind: Kind, key: str) -> str:
        """The path of the page with every triple of a thing's document."""
        return _page(f"{kind.segment}/{quote(key)}/facts")

    def linkset(self, kind: Kind, key: str) -> str:
        """The path of all links of a thing's document, for programs (https://www.rfc-editor.org/rfc/rfc9264)."""
        return _local(f"linkset/{kind.segment}/{quote(key)}")

    def share(self, kind: Kind | None = None, key: str = "") -> str:
        """The path of the picture of a thing's page, or of the whole site."""
        return _local(f"share/{kind.segment}/{quote(key)}.png" if kind else "share.png")

    def sitemap(self, name: str = "") -> str:
        """The path of the index of all sitemaps, or of one of them."""
        return _local(f"sitemap/{quote(name)}.xml" if name else "sitemap.xml")

    def robots(self) -> str:
        """The path of what crawlers are asked to leave alone."""
        return _local("robots.txt")

    def search(self, placeholder: str) -> str:
        """The path of the search, with a placeholder in braces for the words."""
        return _page(f"search?q={{{placeholder}}}")

    def vocabulary(self, suffix: str = "") -> str:
        """The path of our own terms."""
        return _page(f"ns{suffix}") if suffix in _PAGE_SUFFIXES else _local(f"ns{suffix}")

    def vocabulary_url(self) -> str:
        """The public URL of the page of our own terms; in the first language it is the IRI of the ontology."""
        return FG_BASE + self.vocabulary().removeprefix(f"{_root()}/")

    def shapes(self) -> str:
        """The path of the shapes, in Turtle."""
        return _local("shapes.ttl")

    def sparql(self, query: str = "") -> str:
        """The path of the query page, with a query filled in."""
        return _page(f"sparql?query={encode_field(query)}" if query else "sparql")

    def endpoint(self) -> str:
        """The path that programs send queries to."""
        return _local("sparql")

    def sparql_schema(self) -> str:
        """The path of what the query page completes: prefixes, classes and properties."""
        return _local("sparql/schema.json")

    def saved_queries(self) -> str:
        """The path of the list of saved queries."""
        return _page("queries/")

    def saved_query(self, key: str, suffix: str = "", values: Sequence[tuple[str, str]] = ()) -> str:
        """The path of a saved query with the values of its parameters, or with a suffix (`.csv`) of its rows as data."""
        make = _page if suffix in _PAGE_SUFFIXES else _local
        return make(f"queries/{quote(key)}{suffix}" + ("?" + urlencode(values) if values else ""))

    def limits(self, suffix: str = "") -> str:
        """The path of the limits of the query endpoint."""
        return _local(f"limits{suffix}") if suffix else _page("limits")

    def datasets(self, suffix: str = "") -> str:
        """The path of the datasets page, or with a suffix of the dataset's description in one format."""
        return _page("datasets/") if suffix in _PAGE_SUFFIXES else _local(f"datasets{suffix}")

    def dictionary(self, suffix: str = "") -> str:
        """The path of the data dictionary, or with a suffix of one of its formats."""
        return (_page if suffix in _PAGE_SUFFIXES else _local)(f"datasets/dictionary{suffix}")

    def coverage(self) -> str:
        """The path of the counts of how many things have which property."""
        return _local("datasets/coverage.json")

    def dump(self, name: str, release_id: str) -> str:
        """The path of a file of a release, named as in the manifest without its folder; `latest` stands for the current one."""
        return _local(f"dumps/{quote(release_id)}/{quote(name)}")

    def changes(self, rest: str = "") -> str:
        """The path of the page on changes, or with `rest` of one of its files."""
        return _local(f"changes/{quote(rest)}") if rest else _page("changes/")

    def programme(self, key: str = "", day: str = "", fields: Sequence[tuple[str, str]] = (), suffix: str = "") -> str:
        """The path of the programme of an edition, or of one of its days, with filters; without a key, of the list of all."""
        path = "/".join(("programme", quote(key), quote(day))).rstrip("/") if key else "programme/"
        question = "?" + urlencode(fields) if fields and not self.is_static else ""
        return (_local if suffix else _page)(path + suffix + question)

    def calendar(self, kind: Kind, key: str) -> str:
        """The path of the calendar of a thing's screenings."""
        return self.document(kind, key, CALENDAR.suffix)

    def calendar_of(self, iri: str) -> str:
        """The path of the calendar of one of our things by its IRI."""
        thing = self.iris.parse(iri)
        return self.calendar(thing.kind, thing.key) if thing else self.home()

    def drawing(self, kind: Kind, key: str, name: str) -> str:
        """The path of a picture that is drawn of a thing, with words in the language of the page."""
        return _page(f"{kind.segment}/{quote(key)}/{name}{SVG.suffix}")

    def poster(self, key: str) -> str:
        """The path of what stands for the picture of a film; it has no words but the title."""
        return _local(f"film/{quote(key)}/poster{SVG.suffix}")

    def role_drawing(self) -> str:
        """The path of the picture of how often each role is credited."""
        return _page(f"datasets/roles{SVG.suffix}")

    def webcal(self, path: str) -> str:
        """The public address of a calendar at a local path, for programmes that subscribe to it."""
        return "webcal:" + self.absolute(path).partition(":")[2]

    def search_page(self, text: str = "", kind: Kind | None = None, page: int = 1) -> str:
        """The path of the search, or of what it finds: of one kind, and one page of that."""
        fields = (("q", text), ("kind", kind.segment if kind else ""), ("page", str(page) if page > 1 else ""))
        asked = urlencode([each for each in fields if each[1]])
        return _page(f"search?{asked}" if asked else "search")

    def suggest(self) -> str:
        """The path of the names that begin like what is being typed."""
        return _local("suggest")

    def opensearch(self) -> str:
        """The path of the description of the search for browsers."""
        return _local("opensearch.xml")

    def releases(self) -> str:
        """The path of the list of the releases that are kept, which is a part of none of them."""
        return f"{_mount()}{_prefix()}/{FOLDER}/"

    def as_of(self, release_id: str, path: str) -> str:
        """The path of what `path`, decoded and from the root, was in a release."""
        return f"{_mount()}/{FOLDER}/{quote(release_id)}{_prefix()}{quote(path)}"

    def today(self) -> str:
        """The path of what the request at hand asks of a release by its name, in the current one."""
        as_of = read_as_of()
        if as_of is None:
            return _page("")
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

    def here(self) -> str:
        """The path of the page at hand, with its question."""
        question = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        if self.is_static:
            question = f"list/{quote(request.args['page'])}" if "page" in request.args else ""
        return to_uri(f"{_root()}{_prefix()}{quote(on_this_host(request.path))}{question}")

    def in_language(self, path: str, language: str) -> str:
        """The path of a page of ours, which is in the language of the request at hand, in another language."""
        return _root() + to_prefix(language) + path.removeprefix(_root() + _prefix())

    def translations(self, url: str) -> tuple[tuple[str, str], ...]:
        """Return the public URLs of a page of ours, given in the language of the request at hand, by language.

        `x-default` stands for readers of all other languages (https://developers.google.com/search/docs/specialty/international).
        """
        base = next((each for each in (self.iris.base, FG_BASE) if url.startswith(each)), "")
        rest = url[len(base) :].removeprefix(_prefix()[1:] + "/" if _prefix() else "")
        found = tuple((each, f"{base}{to_prefix(each)[1:]}{'/' * bool(to_prefix(each))}{rest}") for each in LANGUAGES)
        return (*found, ("x-default", dict(found)[FIRST_LANGUAGE])) if base else ()

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
        for own, make in ((FG_BASE + "ns", _page), (FG_BASE + "shapes", _local)):
            if iri.partition("#")[0] == own:
                return make(to_uri(iri[len(FG_BASE) :]))
        if iri.startswith(self.iris.base):
            rest = iri[len(self.iris.base) :]
            if self.is_static and rest in _FOR_PROGRAMS:
                return None
            # A second slash would make the path an address on another host.
            return safe_href(iri) if rest.startswith(("/", "\\")) else _local(to_uri(rest))
        return safe_href(iri)


def _root() -> str:
    return request.script_root if has_request_context() else ""


def _mount() -> str:
    as_of = read_as_of()
    return _root() if as_of is None else as_of.root


def _prefix() -> str:
    return to_prefix(read_language())


def _page(rest: str) -> str:
    """Return a path in the language of the request at hand."""
    if not has_request_context():
        return f"/{rest}"
    # A page has hundreds of links.
    environ = request.environ
    root = environ.get(_PAGE_ROOT)
    if root is None:
        root = environ[_PAGE_ROOT] = _root() + _prefix()
    return f"{root}/{rest}"


def _local(rest: str) -> str:
    """Return a path that has no language."""
    return f"{_root()}/{rest}"
