"""The only place where an error becomes HTTP: one problem shape (https://www.rfc-editor.org/rfc/rfc9457), as JSON or a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from filmgraph.errors import (
    FilmgraphError,
    IriError,
    NoReleaseError,
    QueryBusyError,
    QueryError,
    QueryForbiddenError,
    QueryQuotaError,
    QueryRequestError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    ReleaseClosedError,
    ReleasePrunedError,
    ReleaseUnknownError,
    RequestBusyError,
    RequestQuotaError,
    SearchError,
    SearchQueryError,
    StoreError,
)
from filmgraph.formats import DocumentFormat, Format
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.negotiation import choose_format
from filmgraph.pages.messages import ENGLISH
from filmgraph.web.language import read_language, read_messages

__all__ = [
    "PROBLEM_FORMAT",
    "GoneError",
    "NotAcceptableError",
    "Problem",
    "answer_problem",
    "prefers_page",
    "register_problems",
    "render_problem",
    "to_problem",
]

PROBLEM_FORMAT = Format(
    "problem",
    "Problem details",
    "application/problem+json",
    "",
    "https://www.rfc-editor.org/rfc/rfc9457",
    aliases=("application/json",),
)
_RETRY_SECONDS = 5
#: The first class that fits gives the status.
_STATUSES: tuple[tuple[type[FilmgraphError], int], ...] = (
    (QuerySyntaxError, 400),
    (QueryForbiddenError, 403),
    (QueryTooLargeError, 413),
    (QueryQuotaError, 429),
    (QueryBusyError, 503),
    (QueryTimeoutError, 504),
    (QueryError, 400),
    (IriError, 404),
    (NoReleaseError, 503),
    (ReleasePrunedError, 410),
    (ReleaseUnknownError, 404),
    (ReleaseClosedError, 503),
    (RequestQuotaError, 429),
    (RequestBusyError, 503),
    (SearchQueryError, 400),
    (SearchError, 503),
    (StoreError, 503),
    (FilmgraphError, 500),
)
#: What is told of a problem where the error itself says nothing that helps.
_DETAILS = {status: ENGLISH(f"problem.{status}-detail") for status in (404, 405, 500)}


class NotAcceptableError(FilmgraphError):
    """The client accepts none of the formats on offer."""

    def __init__(self, offered: Sequence[Format]) -> None:
        super().__init__(
            "None of the formats that you accept is on offer; there are " + ", ".join(each.media_type for each in offered)
        )
        self.offered = tuple(offered)


class GoneError(FilmgraphError):
    """A thing was here and is here no longer."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as HTTP tells it; `line` and `column`, counted from 1, say where a query does not parse."""

    status: int
    title: str
    detail: str
    offered: tuple[Format, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    line: int | None = None
    column: int | None = None

    def to_json(self) -> str:
        """Return the problem details as JSON."""
        members: dict[str, object] = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        members |= {name: value for name, value in (("line", self.line), ("column", self.column)) if value is not None}
        if self.offered:
            members["formats"] = [
                {"title": each.title, "mediaType": each.media_type, "suffix": each.suffix} for each in self.offered
            ]
        return json.dumps(members, ensure_ascii=False, indent=1) + "\n"


def register_problems(app: Flask) -> None:
    """Answer every error of `app` with a problem."""
    app.register_error_handler(FilmgraphError, _answer_own)
    app.register_error_handler(HTTPException, _answer_http)


def _answer_own(error: Exception) -> Response:
    if not isinstance(error, FilmgraphError):
        raise error
    return answer_problem(to_problem(error))


def to_problem(error: FilmgraphError) -> Problem:
    """Return an error of ours as HTTP tells it."""
    detail = str(error)
    if isinstance(error, NotAcceptableError):
        return Problem(406, _phrase(406), detail, error.offered, {"Vary": "Accept"})
    if isinstance(error, GoneError):
        return Problem(410, _phrase(410), detail)
    status = next((each for kind, each in _STATUSES if isinstance(error, kind)), 500)
    if isinstance(error, QueryRequestError):
        status = error.status
    if status == 500:
        detail = _DETAILS[500]
    wait = getattr(error, "retry_after_seconds", _RETRY_SECONDS if status == 503 else None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    place = (error.line, error.column) if isinstance(error, QuerySyntaxError) else (None, None)
    return Problem(status, _phrase(status), detail, (), headers, *place)


def _answer_http(error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.response is not None and error.code is None:
        return Response(status=error.response.status_code, headers=dict(error.response.headers))
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Content-Range")}
    detail = _DETAILS.get(status) or error.description or ""
    if isinstance(error, RequestEntityTooLarge):
        detail = f"The body of the request is larger than {request.max_content_length} bytes, which is the limit: send less."
    return answer_problem(Problem(status, _phrase(status), detail, headers=headers))


def prefers_page() -> bool:
    """Whether the client of this request wants to be told of an error in HTML."""
    html = DocumentFormat.HTML.format
    return choose_format(request.headers.get("Accept"), (PROBLEM_FORMAT, html)) is html


def answer_problem(problem: Problem, page: str | None = None) -> Response:
    """Answer this request with a problem: as JSON, or for a browser as `page`, by default the page of all problems."""
    if prefers_page():
        body = render_problem(problem) if page is None else page
        response = Response(body, status=problem.status, content_type=DocumentFormat.HTML.format.content_type)
        response.headers["Content-Language"] = read_language()
    else:
        response = Response(problem.to_json(), status=problem.status, content_type=PROBLEM_FORMAT.media_type)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def render_problem(problem: Problem) -> str:
    """Return the page of a problem. In another language than English it is explained, above the words of the program itself."""
    messages = read_messages()
    key = f"problem.{problem.status}-detail"
    is_translated = messages.language != FIRST_LANGUAGE
    explanation = messages.get(key) if is_translated else ""
    return render_template(
        "problem.html",
        problem=problem,
        title=messages.get(f"problem.{problem.status}", problem.title) if is_translated else problem.title,
        explanation=explanation,
        detail="" if explanation and problem.detail == ENGLISH.get(key) else problem.detail,
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
