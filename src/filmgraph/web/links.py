"""The only place where a path is built. Absolute URLs come from the configured base, never from the Host header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import has_request_context, request

from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG_BASE

__all__ = ["Links", "safe_href", "to_uri"]

_LINKABLE = re.compile(r"(?:https?://[^/\s\\]|mailto:[^\s])", re.IGNORECASE)
# Everything that RFC 3986 allows in a URI, the percent sign included: what is encoded already stays as it is.
_URI_CHARACTERS = "%/:?#[]@!$&'()*+,;=-._~"


def to_uri(iri: str) -> str:
    """Return an IRI as a URI of ASCII characters that may stand in a header (https://www.rfc-editor.org/rfc/rfc3987#section-3.1).

    >>> to_uri('http://x/é>; rel="x"')
    'http://x/%C3%A9%3E;%20rel=%22x%22'
    """
    return quote(iri, safe=_URI_CHARACTERS, errors="replace")


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

    def vocabulary(self, suffix: str = "") -> str:
        """The path of our own terms."""
        return _local(f"ns{suffix}")

    def shapes(self) -> str:
        """The path of the shapes, in Turtle."""
        return _local("shapes.ttl")

    def sparql(self, query: str = "") -> str:
        """The path of the query page, with a query filled in."""
        return _local("sparql" + ("?" + urlencode({"query": query}) if query else ""))

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

    def dump(self, name: str) -> str:
        """The path of a file of the release, named as in the manifest without its folder."""
        return _local(f"dumps/{quote(name)}")

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


def _local(rest: str) -> str:
    return f"{_root()}/{rest}"
