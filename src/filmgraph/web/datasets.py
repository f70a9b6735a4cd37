"""The datasets page, the description of the dataset in RDF, and where `/.well-known/void` leads.

All of it is read from the release: `dataset.ttl`, `coverage.json`, the manifest and the history of changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, render_template
from markupsafe import Markup
from pyoxigraph import RdfFormat as EngineFormat
from pyoxigraph import Triple, parse
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.changelog import FOLDER as CHANGES_FOLDER
from filmgraph.changelog import HISTORY, ReleaseNote
from filmgraph.coverage import COVERAGE_FILE, load_coverage
from filmgraph.download import DATASET_FILE
from filmgraph.formats import DocumentFormat, Format, RdfFormat
from filmgraph.iris import Kind
from filmgraph.jsonld import crawler_dataset, to_script
from filmgraph.pages.dataset import DatasetPage, build_dataset_page, size_text
from filmgraph.pages.messages import load_messages
from filmgraph.signposting import TypedLink, write_header
from filmgraph.web.drawings import Shown, show_roles
from filmgraph.web.dumps import list_dumps
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.representation import represent_triples
from filmgraph.web.responses import alternates, choose_document_format, respond
from filmgraph.web.site import Site

__all__ = ["datasets_blueprint"]

_JSON: Final = Format("json", "JSON", "application/json", ".json", "https://www.rfc-editor.org/rfc/rfc8259")
#: A client of `/.well-known/void` wants RDF; the page is for those who want nothing else.
_VOID_FORMATS: Final = (*RdfFormat, DocumentFormat.HTML)


def datasets_blueprint(site: Site) -> Blueprint:
    """Return the routes of the datasets page and of the dataset's description."""
    blueprint = Blueprint("datasets", __name__)

    @cache
    def triples() -> tuple[Triple, ...]:
        return _read_description(site)

    @cache
    def roles(language: str) -> Shown | None:
        return show_roles(site, load_messages(language))

    @blueprint.get("/datasets/", strict_slashes=False)
    @blueprint.get("/datasets<suffix>")
    def datasets(suffix: str = "") -> Response:
        return _answer(site, triples(), suffix, roles)

    @blueprint.get("/datasets/coverage.json")
    def coverage() -> Response:
        path = site.release_path / COVERAGE_FILE
        if not path.is_file():
            abort(404)
        return respond(site, path.read_bytes(), _JSON)

    @blueprint.get("/.well-known/void")
    def void() -> WerkzeugResponse:
        """Lead to the description, as https://www.w3.org/TR/void/#well-known asks."""
        if not triples():
            abort(404)
        chosen = choose_document_format(offered=_VOID_FORMATS)
        response = redirect(site.links.datasets(chosen.suffix if chosen else ""), 302)
        response.vary.add("Accept")
        response.headers["Cache-Control"] = "public, no-cache"
        return response

    return blueprint


def _answer(site: Site, triples: tuple[Triple, ...], suffix: str, roles: Callable[[str], Shown | None]) -> Response:
    offered = site.formats if triples else (DocumentFormat.HTML,)
    chosen = None if suffix and not suffix.startswith(".") else choose_document_format(suffix, offered)
    if chosen is None:
        abort(404)
    body = _html(site, triples, roles(read_language())) if chosen is DocumentFormat.HTML else _represent(site, triples, chosen)
    own_path = "" if suffix else site.links.datasets(chosen.suffix)
    return respond(site, body, chosen.format, _links(site, chosen, offered), content_location=own_path, is_negotiated=not suffix)


def _dataset_iri(site: Site) -> str:
    return site.iris.thing(Kind.DATASET, site.manifest.catalogue_id)


def _read_description(site: Site) -> tuple[Triple, ...]:
    """Return the triples of `dataset.ttl` in their order; none for a release that was built without one."""
    path = site.release_path / DATASET_FILE
    if not path.is_file():
        return ()
    return tuple(quad.triple for quad in parse(path=str(path), format=EngineFormat.TURTLE))


def _represent(site: Site, triples: tuple[Triple, ...], chosen: DocumentFormat) -> bytes:
    if chosen is DocumentFormat.TURTLE:
        return (site.release_path / DATASET_FILE).read_bytes()
    return represent_triples(triples, chosen, site.iris)


def _html(site: Site, triples: tuple[Triple, ...], roles: Shown | None) -> str:
    formats = [(each.format, site.links.datasets(each.suffix)) for each in site.formats] if triples else []
    return render_template(
        "datasets.html",
        page=_page(site),
        manifest=site.manifest,
        roles=roles,
        size_text=partial(size_text, messages=site.messages),
        is_datasets=True,
        canonical=site.links.absolute(site.links.datasets()),
        formats=formats,
        crawler=Markup(to_script(crawler_dataset(_dataset_iri(site), triples))) if triples else "",
    )


def _page(site: Site) -> DatasetPage:
    files = [(each.name, each.size, each.sha256) for each in list_dumps(site.manifest)]
    url = site.links.absolute(site.links.datasets())
    return build_dataset_page(
        site.manifest, load_coverage(site.release_path), files, _read_history(site), url, site.messages, site.label_of
    )


def _read_history(site: Site) -> tuple[ReleaseNote, ...]:
    """Return what each release changed, oldest first; nothing for a release that was built without a log."""
    path = site.release_path / CHANGES_FOLDER / HISTORY
    if not path.is_file():
        return ()
    notes: Iterable[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(map(ReleaseNote.from_dict, notes))


def _links(site: Site, shown: DocumentFormat, offered: Iterable[DocumentFormat]) -> list[str]:
    links = alternates({each: site.links.datasets(each.suffix) for each in offered}, shown)
    links.append(f'<{to_uri(site.links.absolute(site.links.datasets()))}>; rel="canonical"')
    if site.manifest.licence.startswith(("http://", "https://")):
        links.append(f'<{to_uri(site.manifest.licence)}>; rel="license"')
    if shown is DocumentFormat.HTML:
        dumps = [
            (site.links.dump(each.name, site.manifest.release_id), each) for each in list_dumps(site.manifest) if each.is_main
        ]
        links += [write_header(TypedLink("item", to_uri(path), each.media_type)) for path, each in dumps]
    else:
        links.append(f'<{to_uri(_dataset_iri(site))}>; rel="describes"')
    return links
