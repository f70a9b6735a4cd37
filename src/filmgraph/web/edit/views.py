"""The views of the editor's pages: parse, ask the desk, answer."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final

from flask import Blueprint, abort, redirect, render_template, request, send_file
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response

from filmgraph.errors import DeskError, FilmgraphError
from filmgraph.findings import Severity
from filmgraph.remarks import Remark
from filmgraph.remarks_texts import load_texts
from filmgraph.web.edit.desk import Copy, Desk
from filmgraph.web.edit.links import href
from filmgraph.web.language import read_language

__all__ = ["clean_name", "edit_blueprint"]

_STYLES: Final = {"filmgraph.css": "filmgraph.web", "edit.css": "filmgraph.web.edit", "filmgraph.svg": "filmgraph.web"}
_SAID: Final = frozenset({"published", "unchanged", "removed", "undone", "answered"})
_ANSWERS: Final = ("same", "different", "later")
_NAME_LENGTH: Final = 120


def edit_blueprint(desk: Desk) -> Blueprint:
    """Return the routes of the pages that work on `desk`."""
    blueprint = Blueprint("edit", __name__)
    _add_desk(blueprint, desk)
    _add_files(blueprint, desk)
    _add_questions(blueprint, desk)
    _add_publishing(blueprint, desk)
    blueprint.add_url_rule("/style/<name>", view_func=style)
    blueprint.register_error_handler(FilmgraphError, _tell_error)
    blueprint.register_error_handler(DeskError, _tell_missing)
    blueprint.app_errorhandler(HTTPException)(_tell_http)
    return blueprint


def clean_name(name: str) -> str:
    r"""Return the name that a browser gives for a file as words to show: its last part, without signs that no name has.

    >>> clean_name(r"C:\Users\x\..\my films.xlsx")
    'my films.xlsx'
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(each for each in last if each.isprintable())[:_NAME_LENGTH].strip(". ") or "file"


def _add_desk(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/")
    def home() -> str:
        said = request.args.get("said", "")
        return render_template("home.html", state=desk.state(), said=said if said in _SAID else "", problem="")

    @blueprint.post("/file")
    def lay() -> Response | tuple[str, int]:
        file = request.files.get("file")
        name = clean_name(file.filename or "") if file else ""
        if file is None or not file.filename:
            return _home_with(desk, load_texts(read_language())("edit.no-file"))
        number = desk.lay(name, file.read(), request.form.get("path", ""))
        if number is None:
            return _home_with(desk, load_texts(read_language())("edit.unknown-file", name=name))
        return redirect(href(f"/file/{number}"), 303)

    @blueprint.get("/present")
    def present() -> Response:
        return _send(desk.present(request.args.get("path", "")))


def _add_files(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/file/<int:number>")
    def remarks(number: int) -> str:
        told = desk.remarks(number, read_language())
        found = next(each for each in desk.state().files if each.number == number)
        return render_template("remarks.html", file=found, groups=_by_severity(told), summary=found.summary, remarks=told)

    @blueprint.get("/file/<int:number>/copy")
    def marked(number: int) -> Response:
        return _send(desk.marked(number, read_language()))

    @blueprint.post("/file/<int:number>/remove")
    def remove(number: int) -> Response:
        desk.remove(number)
        return redirect(href("/?said=removed"), 303)


def _home_with(desk: Desk, problem: str) -> tuple[str, int]:
    return render_template("home.html", state=desk.state(), said="", problem=problem), 400


def _by_severity(remarks: tuple[Remark, ...]) -> list[tuple[Severity, list[Remark]]]:
    groups = [(severity, [each for each in remarks if each.severity is severity]) for severity in Severity]
    return [(severity, found) for severity, found in groups if found]


def _send(copy: Copy) -> Response:
    """Send a file to be saved, never to be shown."""
    return send_file(io.BytesIO(copy.data), "application/octet-stream", as_attachment=True, download_name=copy.name)


def _add_questions(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/questions")
    def questions() -> str:
        said = request.args.get("said", "")
        return render_template("questions.html", questions=desk.questions(), said=said if said in _SAID else "")

    @blueprint.post("/questions")
    def answer() -> Response:
        values = [request.form.get(name, "") for name in ("kind", "a", "b", "answer")]
        if values[3] not in _ANSWERS:
            abort(400)
        desk.answer(*values)
        return redirect(href("/questions?said=answered"), 303)


def _add_publishing(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/changes")
    def changes() -> str:
        return render_template("changes.html", changes=desk.changes(read_language()), state=desk.state(), is_late=False)

    @blueprint.post("/publish")
    def publish() -> Response | tuple[str, int]:
        before = desk.state().release_id
        release_id = desk.publish(request.form.get("seal", ""))
        if release_id is None:
            page = render_template("changes.html", changes=desk.changes(read_language()), state=desk.state(), is_late=True)
            return page, 409
        return redirect(href(f"/?said={'unchanged' if release_id == before else 'published'}"), 303)

    @blueprint.get("/undo")
    def undo_plan() -> str:
        return render_template("undo.html", plan=desk.undo_plan())

    @blueprint.post("/undo")
    def undo() -> Response:
        desk.undo()
        return redirect(href("/?said=undone"), 303)


def style(name: str) -> Response:
    """Send a style sheet, or the sign of the site."""
    if name not in _STYLES:
        abort(404)
    data = (files(_STYLES[name]) / "static" / name).read_bytes()
    return Response(data, content_type="image/svg+xml" if name.endswith(".svg") else "text/css; charset=utf-8")


def _tell_error(error: FilmgraphError) -> tuple[str, int]:
    return render_template("problem.html", message=str(error), is_english=True), 400


def _tell_missing(_: DeskError) -> tuple[str, int]:
    return _tell_http(NotFound())


def _tell_http(error: HTTPException) -> tuple[str, int]:
    """Tell an error of HTTP in the editor's language."""
    messages, status = load_texts(read_language()), error.code or 500
    key = "edit.too-large" if isinstance(error, RequestEntityTooLarge) else "edit.gone" if status == 404 else "edit.odd"
    return render_template("problem.html", message=messages(key), is_english=False), status
