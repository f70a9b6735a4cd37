"""Another SPARQL endpoint, over https://www.w3.org/TR/sparql11-protocol/. The only importer of SPARQLWrapper."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import SPARQLWrapper

from filmgraph import __version__
from filmgraph.errors import (
    QueryError,
    QueryForbiddenError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    SettingsError,
    StoreBusyError,
    StoreError,
)
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.results import parse_results

__all__ = ["RemoteAnswer", "RemoteEndpoint"]

_AGENT: Final = f"filmgraph/{__version__}"
_GET_BYTES: Final = 2_000
_CHUNK: Final = 1 << 16
_DETAIL_CHARACTERS: Final = 500
_MEANINGS: Final[dict[int, type[QueryError] | type[StoreError]]] = {
    400: QuerySyntaxError,
    403: QueryForbiddenError,
    404: StoreError,
    408: QueryTimeoutError,
    413: QueryTooLargeError,
    414: QueryTooLargeError,
    502: StoreError,
    504: QueryTimeoutError,
}


@dataclass(frozen=True, slots=True)
class RemoteAnswer:
    """A complete answer and its Content-Type as the server named it."""

    body: bytes
    content_type: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: the configured address is the only one that is ever asked."""

    def redirect_request(self, *_: object) -> None:
        return None


class _Wrapper(SPARQLWrapper.SPARQLWrapper):
    """SPARQLWrapper that asks for exactly one media type and hands out its request unsent."""

    def __init__(self, url: str, media_type: str, agent: str) -> None:
        super().__init__(url, agent=agent)
        self._media_type = media_type
        self.setOnlyConneg(True)

    def _getAcceptHeader(self) -> str:  # noqa: N802  (the library's name)
        return self._media_type

    def to_request(self, text: str) -> urllib.request.Request:
        self.setQuery(text)
        self.setMethod(SPARQLWrapper.POST if len(text.encode()) > _GET_BYTES else SPARQLWrapper.GET)
        request: urllib.request.Request = self._createRequest()
        return request


@dataclass(frozen=True, slots=True)
class RemoteEndpoint:
    """A SPARQL endpoint at `url`. `agent` says who asks.

    An answer has to be complete within `timeout_seconds` and `result_bytes`.
    """

    url: str
    timeout_seconds: float = 30.0
    result_bytes: int = 100_000_000
    agent: str = _AGENT

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"endpoint = {self.url!r} should be an http(s) address")

    def query(self, text: str, result_format: ResultsFormat | DocumentFormat = ResultsFormat.JSON) -> RemoteAnswer:
        """Run a query there and return its answer.

        Raises the QueryError that the server's answer stands for, with the server's own words, and StoreError when the server
        cannot be reached or answers with something else than the result that was asked for.
        """
        deadline = time.monotonic() + self.timeout_seconds
        request = _Wrapper(self.url, result_format.media_type, self.agent).to_request(text)
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout_seconds) as response:
                answer = RemoteAnswer(self._read(response, deadline), response.headers.get("Content-Type", ""))
        except urllib.error.HTTPError as error:
            with error:
                raise self._explain_status(error) from error
        except TimeoutError as error:
            raise self._late() from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise self._late() from error
            raise StoreError(f"{self.url} cannot be reached: {reason or type(error).__name__}; check the address") from error
        self._check(answer, result_format)
        return answer

    def _read(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self.result_bytes:
                raise QueryTooLargeError(
                    f"the answer of {self.url} has more than {self.result_bytes} bytes: ask for less at once"
                )
            if time.monotonic() > deadline:
                raise self._late()
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > len(body):
            raise StoreError(f"{self.url} sent {len(body)} of {announced} bytes: the connection was cut; ask again")
        return bytes(body)

    def _late(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"{self.url} did not answer within {self.timeout_seconds:g} seconds: ask for less, or allow more time"
        )

    def _explain_status(self, error: urllib.error.HTTPError) -> QueryError | StoreError:
        if 300 <= error.code < 400:
            return StoreError(
                f"{self.url} redirects to {error.headers.get('Location', 'nowhere')}: give that address if you trust it"
            )
        try:
            detail = _read_detail(error)
        except (OSError, http.client.HTTPException):
            detail = error.reason
        message = f"{self.url} answered {error.code}: {detail}"
        if error.code in (429, 503):
            return StoreBusyError(message, _read_wait(error.headers.get("Retry-After", "")))
        if error.code in _MEANINGS:
            return _MEANINGS[error.code](message)
        return QueryError(message) if error.code < 500 else StoreError(message)

    def _check(self, answer: RemoteAnswer, result_format: ResultsFormat | DocumentFormat) -> None:
        media_type = answer.content_type.partition(";")[0].strip().lower()
        if media_type not in result_format.format.accepted:
            hint = "; is it a web page and not an endpoint?" if media_type in DocumentFormat.HTML.format.accepted else ""
            raise StoreError(
                f"{self.url} was asked for {result_format.media_type} and sent {media_type or 'no type at all'}{hint}"
            )
        if result_format is ResultsFormat.JSON:
            parse_results(answer.body)
        elif result_format is ResultsFormat.XML:
            self._check_xml(answer.body)

    def _check_xml(self, body: bytes) -> None:
        # Results need no declarations, and entities can be made to fill the memory.
        if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
            raise StoreError(f"{self.url} sent XML with a document type, which no SPARQL result has")
        try:
            ElementTree.fromstring(body)
        except ElementTree.ParseError as error:
            raise StoreError(f"{self.url} sent XML that is cut short or broken ({error}): ask again") from error


def _read_wait(text: str) -> float | None:
    """Return the seconds of a Retry-After (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3): a number, or a date."""
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())


def _read_detail(error: urllib.error.HTTPError) -> str:
    """Return the server's own words: the detail of a problem document (RFC 9457), else the first lines of a plain text."""
    body = error.read(_CHUNK).decode("utf-8", "replace").strip()
    media_type = error.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type.endswith("json"):
        try:
            problem = json.loads(body)
            return str(problem.get("detail") or problem.get("title") or error.reason)
        except (ValueError, AttributeError):
            return str(error.reason)
    if media_type == "text/plain" and body:
        return body[:_DETAIL_CHARACTERS]
    return str(error.reason)
