"""Which release a request names."""

from __future__ import annotations

import io
from typing import Any

import pytest

from filmgraph.errors import QueryRequestError
from filmgraph.serving_asked import PREFIXES, Asked, find_asked, is_special

FORM = "application/x-www-form-urlencoded"


def environ(path: str, query: str = "", body: bytes | None = None, content_type: str = FORM, **more: str) -> dict[str, Any]:
    made: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    if body is not None:
        made |= {"REQUEST_METHOD": "POST", "CONTENT_TYPE": content_type, "wsgi.input": io.BytesIO(body)}
    return made | more


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/film/here", "", None),
        ("/film/here", "release=1", None),
        ("/as-of", "", None),
        ("/as-of/", "", None),
        ("/as-of/2026-11-22.1", "", None),
        ("/as-of/timemap/film/here", "", None),
        ("/as-of/2026-11-22.1/", "a=b", Asked("2026-11-22.1", "/", "a=b")),
        ("/as-of/2026-11-22.1/film/x", "release=2", Asked("2026-11-22.1", "/film/x", "release=2")),
        ("/as-of/../film", "", Asked("..", "/film", "")),
        ("/sparql", "query=ASK{}", None),
        ("/sparql", "query=ASK{}&release=2026-11-22.1", Asked("2026-11-22.1", "/sparql", "query=ASK%7B%7D")),
        ("/sparql", "query=ASK{}&release=", None),
        ("/sparql", "release=a&release=a", Asked("a", "/sparql", "")),
        ("/sparql", "query=%FF&release=a", None),
        ("/as-of/a/sparql", "release=a&query=x", Asked("a", "/sparql", "query=x")),
    ],
)
def test_a_release_is_named_in_the_path_or_at_the_endpoint_in_a_field(path: str, query: str, expected: Asked | None) -> None:
    assert find_asked(environ(path, query), 1_000) == expected
    assert expected is None or is_special(environ(path, query))


@pytest.mark.parametrize(("path", "query"), [("/sparql", "release=a&release=b"), ("/as-of/a/sparql", "release=b")])
def test_two_releases_are_refused(path: str, query: str) -> None:
    with pytest.raises(QueryRequestError, match="names 2 releases"):
        find_asked(environ(path, query), 1_000)


def test_a_form_is_read_and_put_back() -> None:
    posted = environ("/sparql", body=b"query=ASK%7B%7D&release=a")
    assert find_asked(posted, 1_000) == Asked("a", "/sparql", "")
    assert posted["wsgi.input"].read() == b"query=ASK%7B%7D&release=a"


@pytest.mark.parametrize(
    "posted",
    [
        environ("/sparql", body=b"release=a", content_type="application/sparql-query"),
        environ("/sparql", body=b"release=a", CONTENT_LENGTH="1001"),
        environ("/queries/x", body=b"release=a"),
    ],
)
def test_what_is_no_form_of_the_endpoint_is_left_unread(posted: dict[str, Any]) -> None:
    assert find_asked(posted, 1_000) is None
    assert posted["wsgi.input"].tell() == 0


def test_of_a_body_that_is_too_long_no_more_is_read_than_says_so() -> None:
    posted = environ("/sparql", body=b"query=" + b"x" * 5_000)
    find_asked(posted, 1_000)
    assert len(posted["wsgi.input"].read()) == 1_001


@pytest.mark.parametrize("path", ["/", "/film/here", "/as-offer/x", "/sparql/schema.json", "/dumps/films.nt.gz"])
def test_the_ordinary_request_is_not_looked_into(path: str) -> None:
    assert not is_special(environ(path))


@pytest.mark.parametrize("path", ["/as-of/x/", "/readyz", "/readyz/queries", "/sparql"])
def test_what_is_looked_into_is_told_by_its_first_letters(path: str) -> None:
    assert is_special(environ(path, "release=x"))
    assert path[:5] in PREFIXES
