"""A reader of Activity Streams as IIIF Change Discovery tells it to read: from the last page back to what it has seen.

It knows nothing of filmgraph: it follows links, and takes a thing's triples from the address of the activity that names it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag

from pyoxigraph import NamedNode, RdfFormat, parse

__all__ = ["ActivityReader"]


class ActivityReader:
    """Keeps the lines of canonical N-Triples of every thing; `get_json` and `get_bytes` fetch a URL."""

    def __init__(self, collection_url: str, get_json: Callable[[str], Any], get_bytes: Callable[[str], bytes]) -> None:
        self.state: dict[str, set[bytes]] = {}
        self._collection_url = collection_url
        self._get_json, self._get_bytes = get_json, get_bytes
        self._seen_until = ""
        self._pages: dict[str, dict[str, set[bytes]]] = {}

    def update(self) -> list[dict[str, Any]]:
        """Take in what is new; return the activities that were looked at, the newest first."""
        done: list[dict[str, Any]] = []
        things: set[str] = set()
        self._pages.clear()
        page = self._get_json(self._collection_url)["last"]
        while page is not None:
            content = self._get_json(page["id"])
            for activity in reversed(content["orderedItems"]):
                if activity["endTime"] <= self._seen_until:
                    return self._finish(done)
                done.append(activity)
                if activity["object"]["id"] not in things:
                    things.add(activity["object"]["id"])
                    self._process(activity)
            page = content.get("prev")
        return self._finish(done)

    def _finish(self, done: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self._seen_until = done[0]["endTime"] if done else self._seen_until
        return done

    def _process(self, activity: dict[str, Any]) -> None:
        thing = activity["object"]["id"]
        if activity["type"] in ("Delete", "Move"):
            self.state.pop(thing, None)
        elif activity["type"] in ("Create", "Update"):
            self.state[thing] = self._version(activity["id"])

    def _version(self, activity_iri: str) -> set[bytes]:
        url = urldefrag(activity_iri).url
        if url not in self._pages:
            graphs: dict[str, set[bytes]] = {}
            for quad in parse(self._get_bytes(url), format=RdfFormat.TRIG, base_iri=url):
                if isinstance(quad.graph_name, NamedNode):
                    graphs.setdefault(quad.graph_name.value, set()).add(f"{quad.triple} .\n".encode())
            self._pages[url] = graphs
        return self._pages[url][activity_iri]
