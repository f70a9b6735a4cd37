"""Every error has one shape, as JSON and as a page."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.errors import (
    FilmgraphError,
    QueryBusyError,
    QueryForbiddenError,
    QueryRequestError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
)
from filmgraph.formats import DocumentFormat
from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize(
    "path",
    [
        "/film/nope",
        "/id/film/nope",
        "/nope/",
        "/nope/x",
        "/id/nope/x",
        "/film/here-2023.pdf",
        "/film/here-2023.ttl.gz",
        "/film/a--b",
        "/film/here_2023",
        "/film/.ttl",
        "/x/y/z",
        "/dumps/nope",
        "/film/?page=0",
        "/film/?page=2",
        "/film/?page=x",
        "/film/?page=²",
        "/static/nope.css",
        "/ns.pdf",
        "/id/film/",
        "/film/here-2023/",
    ],
)
def test_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert (problem["status"], problem["title"], problem["type"]) == (404, "Not Found", "about:blank")
    assert problem["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(("path", "status"), [("/film/nope", 404), ("/film/gone-1950", 410), ("/id/film/gone-1950", 410)])
def test_browser_gets_the_same_problem_as_a_page(client: FlaskClient, path: str, status: int) -> None:
    page, problem = client.get(path, headers=HTML), json.loads(client.get(path).data)
    assert (page.status_code, page.mimetype, problem["status"]) == (status, "text/html", status)
    main = HTMLParser(page.text).css_first("main")
    assert main is not None
    assert problem["detail"] in main.text()
    assert "Accept" in page.vary


def test_retired_thing_is_410(client: FlaskClient) -> None:
    answer = client.get("/film/gone-1950")
    assert answer.status_code == 410
    assert "taken out" in json.loads(answer.data)["detail"]


@pytest.mark.parametrize("path", ["/id/film/here-2023", "/film/here-2023", "/ns"])
def test_unacceptable_type_is_406_with_what_there_is(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    offered = [each["mediaType"] for each in json.loads(answer.data)["formats"]]
    assert offered == [each.media_type for each in DocumentFormat]
    assert "Accept" in answer.vary


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_and_told_which_there_are(client: FlaskClient, method: str) -> None:
    answer = client.open("/film/here-2023", method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert json.loads(answer.data)["status"] == 405


class Failing:
    """A view that raises what it is given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self) -> str:
        raise self.error


def app_with(error: Exception, settings: Settings, store: Store, vocabulary: Vocabulary) -> Flask:
    app = create_app(settings, store, vocabulary)
    app.add_url_rule("/fail", "fail", Failing(error))
    return app


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QuerySyntaxError("line 1: no such word"), 400),
        (QueryRequestError("no query"), 400),
        (QueryRequestError("no such type", 415), 415),
        (QueryForbiddenError("SERVICE is switched off"), 403),
        (QueryTooLargeError("too long"), 413),
        (QueryBusyError("all busy", 3), 503),
        (QueryTimeoutError("too slow"), 504),
        (StoreError("no answer"), 503),
    ],
)
def test_own_error_has_its_status_and_words(
    settings: Settings, store: Store, vocabulary: Vocabulary, error: FilmgraphError, status: int
) -> None:
    answer = app_with(error, settings, store, vocabulary).test_client().get("/fail")
    problem = json.loads(answer.data)
    assert (answer.status_code, problem["status"], problem["detail"]) == (status, status, str(error))
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_busy_endpoint_says_when_to_come_back(settings: Settings, store: Store, vocabulary: Vocabulary) -> None:
    answer = app_with(QueryBusyError("all busy", 3), settings, store, vocabulary).test_client().get("/fail")
    assert answer.headers["Retry-After"] == "3"


@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), FilmgraphError("secret")])
def test_broken_program_is_500_and_tells_nothing(
    settings: Settings, store: Store, vocabulary: Vocabulary, error: Exception
) -> None:
    answer = app_with(error, settings, store, vocabulary).test_client().get("/fail")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert json.loads(answer.data)["title"] == "Internal Server Error"
