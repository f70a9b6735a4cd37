"""The web pages and data documents of one release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Flask
from jinja2 import StrictUndefined

from filmgraph.admission import Admission
from filmgraph.changelog import has_changes
from filmgraph.iris import Kind
from filmgraph.queryworkers import QueryPool
from filmgraph.search_question import TEXT_LIMIT
from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web.answers import AnswerCache, AnswerShelf
from filmgraph.web.calendars import calendars_blueprint
from filmgraph.web.changes import changes_blueprint
from filmgraph.web.completion import completion_blueprint
from filmgraph.web.datasets import datasets_blueprint
from filmgraph.web.dictionary import dictionary_blueprint
from filmgraph.web.drawings import drawings_blueprint
from filmgraph.web.dumps import dumps_blueprint
from filmgraph.web.editions import Editions
from filmgraph.web.facts import facts_blueprint
from filmgraph.web.headers import register_headers
from filmgraph.web.health import health_blueprint
from filmgraph.web.history import History, read_as_of
from filmgraph.web.language import register_languages
from filmgraph.web.limits import limits_blueprint
from filmgraph.web.links import Links
from filmgraph.web.linkset import linkset_blueprint
from filmgraph.web.lists import lists_blueprint
from filmgraph.web.memento import memento_blueprint
from filmgraph.web.problems import register_problems
from filmgraph.web.programme import programme_blueprint
from filmgraph.web.queries import queries_blueprint
from filmgraph.web.robots import register_robots
from filmgraph.web.search import search_blueprint
from filmgraph.web.share import share_blueprint, share_site, write_trail
from filmgraph.web.site import Site, tell_time
from filmgraph.web.sitemap import sitemap_blueprint
from filmgraph.web.sparql import sparql_blueprint
from filmgraph.web.static_files import static_blueprint
from filmgraph.web.templating import compiled_templates
from filmgraph.web.things import things_blueprint
from filmgraph.web.vocabulary import vocabulary_blueprint

__all__ = ["SITE", "create_app"]

#: Where an application keeps its `Site` among its extensions.
SITE: Final = "filmgraph"

_NAVIGATION = (Kind.FILM, Kind.PERSON, Kind.FESTIVAL, Kind.VENUE, Kind.SOURCE)


def create_app(
    settings: Settings,
    store: Store,
    vocabulary: Vocabulary,
    pool: QueryPool | None = None,
    *,
    retired: Mapping[str, str | None] | None = None,
    release_path: Path | None = None,
    admission: Admission | None = None,
    history: History | None = None,
    clock: Callable[[], datetime] = tell_time,
    shelf: AnswerShelf | None = None,
    is_static: bool = False,
) -> Flask:
    """Return the application that serves the release in `store`; without `pool` there is no query endpoint.

    `retired` names things that are gone by their IRIs, each with the IRI of what replaced it or None. `release_path` is the
    release's folder, by default the one in the settings' releases that the manifest names. Without `admission` every query is
    let in at once, and without `history` no other release can be asked for. `clock` tells the time with its offset. Answers are
    kept in memory, and on `shelf` if there is one. With `is_static` the pages do without all that needs a program to answer.
    """
    site = Site(
        settings=settings,
        store=store,
        vocabulary=vocabulary,
        links=Links(settings.iris, is_static),
        release_path=release_path or settings.releases_path / store.manifest.release_id,
        retired=MappingProxyType(dict(retired or {})),
        history=history,
        clock=clock,
        is_static=is_static,
    )
    app = Flask(__name__, static_folder=None)
    app.extensions[SITE] = site
    app.config["MAX_CONTENT_LENGTH"] = settings.endpoint.body_bytes
    # A redirect of the router would name the host of the request.
    app.url_map.merge_slashes = False
    _register_template_words(app, site, has_sparql=pool is not None)
    # Inside of what keeps answers by their whole path.
    register_languages(app)
    register_headers(app, AnswerCache(clock, shelf))
    register_problems(app)
    app.register_blueprint(static_blueprint())
    for make in (lists_blueprint, things_blueprint, vocabulary_blueprint, dumps_blueprint, datasets_blueprint, changes_blueprint):
        app.register_blueprint(make(site))
    for make in (dictionary_blueprint, facts_blueprint, linkset_blueprint, share_blueprint):
        app.register_blueprint(make(site))
    editions = Editions(site)
    for make_with in (programme_blueprint, calendars_blueprint, sitemap_blueprint):
        app.register_blueprint(make_with(site, editions))
    register_robots(app, site)
    app.register_blueprint(drawings_blueprint(site))
    if not is_static:
        app.register_blueprint(search_blueprint(site))
        app.register_blueprint(health_blueprint(site, pool))
    if history is not None:
        app.register_blueprint(memento_blueprint(site, history))
    if pool is not None:
        _register_endpoint(app, site, pool, admission)
    return app


def _register_endpoint(app: Flask, site: Site, pool: QueryPool, admission: Admission | None) -> None:
    for make in (sparql_blueprint, queries_blueprint):
        app.register_blueprint(make(site, pool, admission))
    for make_alone in (completion_blueprint, limits_blueprint):
        app.register_blueprint(make_alone(site))


def _register_template_words(app: Flask, site: Site, *, has_sparql: bool) -> None:
    app.jinja_env.bytecode_cache = compiled_templates()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        catalogue=site.settings,
        release_id=site.manifest.release_id,
        navigation=_NAVIGATION,
        has_sparql=has_sparql,
        has_search=site.search is not None,
        is_static=site.is_static,
        search_text_limit=TEXT_LIMIT,
        has_programme=bool(site.manifest.things.get(Kind.SCREENING.segment)),
        has_changes=has_changes(site.release_path),
        links=site.links,
        href=site.links.href,
        read_as_of=read_as_of,
        share_site=partial(share_site, site),
        write_trail=write_trail,
    )
