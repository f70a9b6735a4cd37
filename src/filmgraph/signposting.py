"""Links between a thing, its page and its data, for programs: as `Link` headers, and as a set of links.

Sources: FAIR Signposting (https://signposting.org/FAIR/), Web Linking (https://www.rfc-editor.org/rfc/rfc8288), Linkset
(https://www.rfc-editor.org/rfc/rfc9264).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from filmgraph.formats import Format

__all__ = ["LINKSET", "LinkContext", "TypedLink", "write_header", "write_linkset"]

#: https://www.rfc-editor.org/rfc/rfc9264#section-4.2
LINKSET = Format(
    "linkset", "Linkset", "application/linkset+json", "", "https://www.rfc-editor.org/rfc/rfc9264", aliases=("application/json",)
)


@dataclass(frozen=True, slots=True)
class TypedLink:
    """One link. `target` is a URI of ASCII characters; `media_type` is what it leads to, empty where that is not told."""

    relation: str
    target: str
    media_type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class LinkContext:
    """Where links start: the URI of a document, with its links."""

    anchor: str
    links: tuple[TypedLink, ...]


def write_header(link: TypedLink) -> str:
    """Return a link as one value of the `Link` header.

    >>> write_header(TypedLink("describedby", "/film/here.ttl", "text/turtle"))
    '</film/here.ttl>; rel="describedby"; type="text/turtle"'
    """
    return f'<{link.target}>; rel="{link.relation}"' + (f'; type="{link.media_type}"' if link.media_type else "")


def write_linkset(contexts: Iterable[LinkContext]) -> str:
    """Return links as `application/linkset+json`: one object for each document, with a list for each relation.

    >>> print(write_linkset([LinkContext("https://a.example/x", (TypedLink("item", "https://a.example/y"),))]), end="")
    {
     "linkset": [
      {
       "anchor": "https://a.example/x",
       "item": [
        {
         "href": "https://a.example/y"
        }
       ]
      }
     ]
    }
    """
    return json.dumps({"linkset": [_to_object(each) for each in contexts]}, ensure_ascii=False, indent=1) + "\n"


def _to_object(context: LinkContext) -> dict[str, object]:
    relations = dict.fromkeys(each.relation for each in context.links)
    return {"anchor": context.anchor} | {name: _targets(context.links, name) for name in relations}


def _targets(links: Sequence[TypedLink], relation: str) -> list[dict[str, str]]:
    return [_target(each) for each in links if each.relation == relation]


def _target(link: TypedLink) -> dict[str, str]:
    members = {"href": link.target, "type": link.media_type, "title": link.title}
    return {name: value for name, value in members.items() if value}
