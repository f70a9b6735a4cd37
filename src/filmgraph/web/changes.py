"""What changed: the page for people, the differences, the streams. Names are looked up in the manifest, never taken as paths."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, render_template, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from filmgraph.changelog import (
    ACTIVITY_ROOT,
    ADDED,
    FEED,
    FOLDER,
    HISTORY,
    LOG,
    REMOVED,
    STREAM_FOLDER,
    STREAM_ROOT,
    Change,
    ReleaseNote,
    read_history,
)
from filmgraph.errors import ReleasePrunedError
from filmgraph.formats import DocumentFormat
from filmgraph.manifest import FileEntry, Manifest, load_manifest
from filmgraph.pages.wording import word_change, word_counts
from filmgraph.web.language import read_language
from filmgraph.web.site import Site

__all__ = ["ACTIVITY_TYPE", "ListedRelease", "changes_blueprint"]

_TRIG: Final = DocumentFormat.TRIG.format.content_type
#: https://iiif.io/api/discovery/1.0/#media-type
ACTIVITY_TYPE: Final = 'application/ld+json;profile="http://iiif.io/api/discovery/1/context.json"'
_ATOM: Final = "application/atom+xml"
_JSON: Final = "application/json"
_PAGE_TYPES: Final = {".trig": _TRIG, ".json": ACTIVITY_TYPE}
_DOWNLOADS: Final = {ADDED: "application/gzip", REMOVED: "application/gzip", LOG: _JSON}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FRESH: Final = "public, no-cache"
#: So many releases stand on the page; the history as JSON has all.
_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class ListedRelease:
    """A release in the history; `is_kept` says whether its differences can still be had.

    `summary` says what it changed, and `shown` what happened to some things, in the words of the page.
    """

    note: ReleaseNote
    is_kept: bool
    summary: str
    shown: tuple[tuple[Change, str], ...]


def changes_blueprint(site: Site) -> Blueprint:
    """Return the routes below `/changes/`."""
    blueprint = Blueprint("changes", __name__)
    history = read_history(site.release_path)
    manifest_of = cache(lambda release_id: _load_manifest(site, history, release_id))

    @blueprint.get("/changes/", strict_slashes=False)
    def page() -> Response:
        return _show_page(site, history)

    @blueprint.get("/changes/stream")
    def stream() -> Response:
        return _send(site, f"{STREAM_FOLDER}/{STREAM_ROOT}", _TRIG)

    @blueprint.get("/changes/activity")
    def activity() -> Response:
        return _send(site, f"{STREAM_FOLDER}/{ACTIVITY_ROOT}", ACTIVITY_TYPE)

    @blueprint.get("/changes/feed.atom")
    def feed() -> Response:
        return _send(site, f"{STREAM_FOLDER}/{FEED}", _ATOM)

    @blueprint.get("/changes/history.json")
    def whole_history() -> Response:
        return _send(site, HISTORY, _JSON)

    @blueprint.get("/changes/stream/<name>")
    def stream_page(name: str) -> Response:
        return _send_page(site, name, ".trig", _FOR_EVER)

    @blueprint.get("/changes/activity/<name>")
    def activity_page(name: str) -> Response:
        # The newest page learns which one follows it.
        return _send_page(site, name, ".json", _FRESH)

    _add_downloads(blueprint, site, manifest_of)
    return blueprint


def _add_downloads(blueprint: Blueprint, site: Site, manifest_of: Callable[[str], Manifest]) -> None:
    @blueprint.get("/changes/<release_id>/<name>")
    def download(release_id: str, name: str) -> Response:
        if name not in _DOWNLOADS:
            abort(404)
        manifest = manifest_of(release_id)
        entry = manifest.files.get(f"{FOLDER}/{name}")
        if entry is None:
            abort(404)
        path = site.release_path.parent / manifest.release_id if release_id != site.manifest.release_id else site.release_path
        return _send_file(path / FOLDER / name, entry, _DOWNLOADS[name], _FOR_EVER)


def _load_manifest(site: Site, history: tuple[ReleaseNote, ...], release_id: str) -> Manifest:
    """Return the manifest of a release that is kept; 404 for one that never was, 410 for one that was removed."""
    if release_id == site.manifest.release_id:
        return site.manifest
    if release_id not in {note.release_id for note in history}:
        abort(404)
    path = site.release_path.parent / release_id
    if not path.is_dir():
        raise ReleasePrunedError(
            f"Release {release_id} is no longer kept, and neither is its difference. Its changes are still in the event stream."
        )
    return load_manifest(path)


def _show_page(site: Site, history: tuple[ReleaseNote, ...]) -> Response:
    if not history:
        # Built by a filmgraph that wrote no log.
        abort(404)
    listed = [_list_release(site, note) for note in history[: -_LISTED - 1 : -1]]
    body = render_template(
        "changes.html", releases=listed, total=len(history), canonical=site.links.absolute(site.links.changes())
    )
    response = Response(body, content_type=DocumentFormat.HTML.format.content_type)
    response.headers["Content-Language"] = read_language()
    response.headers["Cache-Control"] = _FRESH
    response.headers["Link"] = ", ".join(_page_links(site))
    response.add_etag()
    response.make_conditional(request)
    return response


def _list_release(site: Site, note: ReleaseNote) -> ListedRelease:
    is_kept = (site.release_path.parent / note.release_id).is_dir() or note.release_id == site.manifest.release_id
    shown = tuple((each, word_change(each, site.messages, site.label_of)) for each in note.shown)
    return ListedRelease(note, is_kept, word_counts(note.counts, site.messages), shown)


def _page_links(site: Site) -> list[str]:
    links = [f'<{site.links.absolute(site.links.changes())}>; rel="canonical"']
    for name, media_type in (("feed.atom", _ATOM), ("stream", "application/trig"), ("activity", "application/ld+json")):
        links.append(f'<{site.links.changes(name)}>; rel="alternate"; type="{media_type}"')
    return links


def _send(site: Site, name: str, media_type: str) -> Response:
    """Answer with a file that the next release writes anew."""
    entry = site.manifest.files.get(f"{FOLDER}/{name}")
    if entry is None:
        abort(404)
    response = Response((site.release_path / FOLDER / name).read_bytes(), content_type=media_type)
    response.set_etag(entry.sha256)
    response.headers["Cache-Control"] = _FRESH
    response.make_conditional(request)
    return response


def _send_page(site: Site, name: str, suffix: str, cache_control: str) -> Response:
    """Answer with a page of a stream, which lies packed; who cannot unpack it gets it unpacked."""
    stored = f"{FOLDER}/{STREAM_FOLDER}/{name}.gz"
    entry = site.manifest.files.get(stored)
    if entry is None or not name.endswith(suffix):
        abort(404)
    data = (site.release_path / stored).read_bytes()
    is_packed = request.accept_encodings["gzip"] > 0
    response = Response(data if is_packed else gzip.decompress(data), content_type=_PAGE_TYPES[suffix])
    response.set_etag(entry.sha256 if is_packed else f"{entry.sha256}-plain")
    response.headers["Content-Encoding"] = "gzip" if is_packed else "identity"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = cache_control
    response.make_conditional(request)
    return response


def _send_file(path: Path, entry: FileEntry, media_type: str, cache_control: str) -> Response:
    """Answer with a file of the release, whole or a range of it."""
    response = send_file(path, mimetype=media_type, conditional=False, etag=False, max_age=None)
    response.direct_passthrough = True
    response.set_etag(entry.sha256)
    response.headers["Cache-Control"] = cache_control
    # The bytes are those of the checksum: nothing on the way may pack them anew.
    response.headers["Content-Encoding"] = "identity"
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=entry.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response
