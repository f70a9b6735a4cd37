"""Which release a request asks for by its name: in its path, or at `/sparql` in the field `release`."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from filmgraph.errors import QueryRequestError
from filmgraph.languages import LANGUAGES, to_prefix
from filmgraph.web.history import split_path

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["PREFIXES", "Asked", "find_asked", "is_special"]

#: The endpoint, and its page in each other language.
_ENDPOINTS: Final = frozenset(f"{to_prefix(each)}/sparql" for each in LANGUAGES)
#: The first five characters of every path that `is_special` looks at.
PREFIXES: Final = frozenset({"/as-o", "/read", *(each[:5] for each in _ENDPOINTS)})
_FIELD: Final = "release"
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_FIELDS_LIMIT: Final = 64
#: Names below /as-of/ that are no release.
_NO_RELEASES: Final = ("", "timemap", "refused")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of which release: `path` within it, decoded; `query_string` without the release."""

    release_id: str
    path: str
    query_string: str


def is_special(environ: WSGIEnvironment) -> bool:
    """Return whether a request may have to do with another release, or with the choice of it; nearly none has."""
    path: str = environ.get("PATH_INFO", "")
    if path in _ENDPOINTS:
        query_string: str = environ.get("QUERY_STRING", "")
        return f"{_FIELD}=" in query_string or environ.get("REQUEST_METHOD") == "POST"
    return path.startswith(("/as-of/", "/readyz"))


def find_asked(environ: WSGIEnvironment, body_bytes: int) -> Asked | None:
    """Return what a request asks of a release that it names, None where it names none.

    QueryRequestError when it names two. The form in a body of up to `body_bytes` is read, and put back for the application.
    """
    path, query_string = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    named = split_path(path)
    if named is not None and (named[0] in _NO_RELEASES or not named[1]):
        return None
    release_id, inner = named if named is not None else ("", path)
    if inner in _ENDPOINTS:
        query_string, fields = _take_release(query_string)
        names = {*fields, *_read_form(environ, body_bytes), *filter(None, [release_id])}
        if len(names) > 1:
            raise QueryRequestError(f"the request names {len(names)} releases ({', '.join(sorted(names))[:80]}): name one")
        release_id = next(iter(names), "")
    return Asked(release_id, inner, query_string) if release_id else None


def _take_release(text: str) -> tuple[str, list[str]]:
    """Return a form without the field, and the values that the field has; what is no form is left as it is."""
    if f"{_FIELD}=" not in text:
        return text, []
    try:
        fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_LIMIT)
    except ValueError:
        # The endpoint says what is wrong with it.
        return text, []
    values = [value for name, value in fields if name == _FIELD and value]
    return urlencode([each for each in fields if each[0] != _FIELD]), values


def _read_form(environ: WSGIEnvironment, body_bytes: int) -> list[str]:
    is_form = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == _FORM_TYPE
    if environ.get("REQUEST_METHOD") != "POST" or not is_form:
        return []
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > body_bytes:
        # The application refuses it unread.
        return []
    body = environ["wsgi.input"].read(body_bytes + 1)
    environ["wsgi.input"] = io.BytesIO(body)
    return _take_release(body.decode("utf-8", errors="replace"))[1]
