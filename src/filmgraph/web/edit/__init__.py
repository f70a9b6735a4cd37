"""The editor's pages: a program of its own on this computer, never a part of the public site.

An editor puts a file down, reads the remarks, answers questions, sees what would change, publishes, and can undo it. All of
it works without scripts.
"""

from __future__ import annotations

from typing import Final

from flask import Flask
from jinja2 import StrictUndefined

from filmgraph.languages import LANGUAGES
from filmgraph.remarks_texts import load_texts
from filmgraph.web.edit.desk import Desk
from filmgraph.web.edit.guard import FORM_FIELD, form_word, guard
from filmgraph.web.edit.links import href, in_language
from filmgraph.web.edit.views import edit_blueprint
from filmgraph.web.language import LanguagePrefix, read_language

__all__ = ["UPLOAD_BYTES", "create_edit_app"]

#: A workbook is read up to this size; what a form adds to it is little.
UPLOAD_BYTES: Final = 50_000_000
_FORM_BYTES: Final = 100_000


def create_edit_app(desk: Desk, token: str, hosts: frozenset[str]) -> Flask:
    """Return the application for one editor; `hosts` are the names with ports by which this computer may be asked."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = UPLOAD_BYTES + _FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_BYTES
    app.config["MAX_FORM_PARTS"] = 20
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    guard(app, token, hosts)
    app.context_processor(
        lambda: {
            "t": load_texts(read_language()),
            "languages": LANGUAGES,
            "href": href,
            "in_language": in_language,
            "catalogue_title": desk.title,
            "form_field": FORM_FIELD,
            "form_word": form_word(token),
        }
    )
    app.register_blueprint(edit_blueprint(desk))
    return app
