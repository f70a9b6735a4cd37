"""What a request to the endpoint asks for. Pure.

The rules are https://www.w3.org/TR/sparql11-protocol/#query-operation.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from filmgraph.errors import QueryForbiddenError, QueryRequestError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.negotiation import choose_format
from filmgraph.queryguard import QueryForm
from filmgraph.settings import EndpointSettings

__all__ = [
    "GRAPH_FORMATS",
    "METHODS",
    "AnswerFormat",
    "ProtocolRequest",
    "RequestFields",
    "add_link",
    "choose_answer_format",
    "choose_service_format",
    "offered_formats",
    "parse_request",
]

AnswerFormat = ResultsFormat | DocumentFormat

METHODS: Final = ("GET", "HEAD", "POST")
FORM_TYPE: Final = "application/x-www-form-urlencoded"
QUERY_TYPE: Final = "application/sparql-query"
UPDATE_TYPE: Final = "application/sparql-update"
#: What a CONSTRUCT or DESCRIBE query can be answered as, in the server's order of preference.
GRAPH_FORMATS: Final = (
    DocumentFormat.TURTLE,
    DocumentFormat.JSON_LD,
    DocumentFormat.N_TRIPLES,
    DocumentFormat.N_QUADS,
    DocumentFormat.TRIG,
    DocumentFormat.RDF_XML,
)
_ADDRESS_BYTES: Final = EndpointSettings().address_bytes
_FIELDS_LIMIT: Final = 64
_GRAPH_FIELDS: Final = ("default-graph-uri", "named-graph-uri")
_CHARSET: Final = re.compile(r"""charset\s*=\s*"?([^\s";]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RequestFields:
    """The parts of an HTTP request that decide. `query_string` is what follows the question mark, still encoded."""

    method: str
    query_string: str = ""
    content_type: str | None = None
    content_encoding: str | None = None
    body: bytes = b""
    accept: str | None = None


@dataclass(frozen=True, slots=True)
class ProtocolRequest:
    """What is asked: `query` is None when no query was sent at all.

    `format_name` is the value of `format=` and goes before `accept`. The graphs are those of `default-graph-uri` and
    `named-graph-uri`; without either the query's own dataset stands.
    """

    query: str | None
    accept: str | None = None
    format_name: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    @property
    def has_dataset(self) -> bool:
        """Whether the request names the graphs that the query may see."""
        return bool(self.default_graphs or self.named_graphs)

    @property
    def dataset_fields(self) -> tuple[tuple[str, str], ...]:
        """The fields of the request that name graphs."""
        defaults = (("default-graph-uri", each) for each in self.default_graphs)
        return (*defaults, *(("named-graph-uri", each) for each in self.named_graphs))


def parse_request(fields: RequestFields, known_graphs: Collection[str], address_bytes: int = _ADDRESS_BYTES) -> ProtocolRequest:
    """Return what a request asks for; `address_bytes` is how long its address may be after the question mark.

    QueryRequestError (with an HTTP status) when it is not one of the protocol, QueryForbiddenError for updates and for graphs
    that are not there.
    """
    if fields.method not in METHODS:
        raise QueryRequestError(f"{fields.method} is not one of {', '.join(METHODS)}: send a query by GET or POST", 405)
    if len(fields.query_string) > address_bytes:
        raise QueryRequestError(
            f"the address has {len(fields.query_string)} bytes after its question mark and the limit is {address_bytes}: "
            "send the query by POST",
            414,
        )
    parameters = _parse_parameters(fields.query_string, "address")
    if fields.method == "POST":
        parameters = _add_body(parameters, fields)
    _refuse_updates(parameters)
    request = ProtocolRequest(
        query=_get_one(parameters, "query"),
        accept=fields.accept,
        format_name=_get_one(parameters, "format"),
        default_graphs=tuple(parameters.get("default-graph-uri", ())),
        named_graphs=tuple(parameters.get("named-graph-uri", ())),
    )
    _check_graphs(request, known_graphs)
    return request


def _parse_parameters(text: str, where: str) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_LIMIT)
    except UnicodeDecodeError:
        raise QueryRequestError(f"the {where} is not UTF-8: encode the query as UTF-8, then percent-encode it") from None
    except ValueError:
        raise QueryRequestError(f"the {where} has more than {_FIELDS_LIMIT} fields") from None
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def _add_body(parameters: dict[str, list[str]], fields: RequestFields) -> dict[str, list[str]]:
    if (fields.content_encoding or "identity").strip().lower() != "identity":
        raise QueryRequestError(f"Content-Encoding {fields.content_encoding} is not understood: send the query as it is", 415)
    media_type, _, rest = (fields.content_type or "").partition(";")
    media_type = media_type.strip().lower()
    charset = _CHARSET.search(rest)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise QueryRequestError(f"the charset {charset[1]} is not understood: send UTF-8", 415)
    if media_type == UPDATE_TYPE:
        raise QueryForbiddenError("this endpoint only answers queries: updates are switched off")
    if media_type == QUERY_TYPE:
        return _join(parameters, {"query": [_decode(fields.body)]})
    if media_type == FORM_TYPE:
        return _join(parameters, _parse_parameters(_decode(fields.body), "form"))
    raise QueryRequestError(
        f"Content-Type {media_type or '(none)'} is not understood: send the query as {QUERY_TYPE}, or in a form as query=",
        415,
    )


def _join(first: Mapping[str, list[str]], second: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: [*first.get(name, ()), *second.get(name, ())] for name in {**first, **second}}


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryRequestError(f"the body is not UTF-8 (at byte {error.start}): encode it as UTF-8") from None


def _refuse_updates(parameters: Mapping[str, list[str]]) -> None:
    for name in ("update", "using-graph-uri", "using-named-graph-uri"):
        if name in parameters:
            raise QueryForbiddenError(f"{name}= is for updates, and this endpoint only answers queries")


def _get_one(parameters: Mapping[str, list[str]], name: str) -> str | None:
    values = parameters.get(name, [])
    if len(values) > 1:
        raise QueryRequestError(f"{name}= is given {len(values)} times: give it once")
    value = values[0] if values else ""
    return value if value.strip() else None


def _check_graphs(request: ProtocolRequest, known_graphs: Collection[str]) -> None:
    for name, graphs in zip(_GRAPH_FIELDS, (request.default_graphs, request.named_graphs), strict=True):
        for graph in graphs:
            if graph not in known_graphs:
                known = ", ".join(sorted(known_graphs)) or "none"
                raise QueryForbiddenError(f"{name}={graph}: there is no such graph here; the named graphs are: {known}")


def offered_formats(form: QueryForm) -> tuple[AnswerFormat, ...]:
    """Return what a query of this form can be answered as; HTML last, so that only who names it gets it."""
    machine: tuple[AnswerFormat, ...] = GRAPH_FORMATS if form.gives_graph else tuple(ResultsFormat)
    return (*machine, DocumentFormat.HTML)


def choose_answer_format(form: QueryForm, request: ProtocolRequest) -> AnswerFormat:
    """Return the format of the answer: `format=` decides, then the Accept header.

    QueryRequestError with status 400 for an unknown `format=`, 406 when nothing that is offered is accepted.
    """
    return _choose_answer_format(form, request.accept, request.format_name)


@lru_cache(maxsize=256)
def _choose_answer_format(form: QueryForm, accept: str | None, format_name: str | None) -> AnswerFormat:
    """Clients say the same few things all day."""
    offered = offered_formats(form)
    chosen = _choose(accept, format_name, offered, form.value)
    if chosen is not None:
        return chosen
    media_types = ", ".join(each.media_type for each in offered)
    raise QueryRequestError(f"a {form.value} query cannot be answered as {accept}: there are {media_types}", 406)


def choose_service_format(request: ProtocolRequest) -> DocumentFormat:
    """Return the format that a request without a query is answered in: HTML is the form, the others the service description.

    QueryRequestError with status 400 when nothing that is offered is accepted: such a request only lacks its query.
    """
    offered = (*GRAPH_FORMATS, DocumentFormat.HTML)
    chosen = _choose(request.accept, request.format_name, offered, "the service description")
    if not isinstance(chosen, DocumentFormat):
        media_types = ", ".join(each.media_type for each in offered)
        raise QueryRequestError(
            f"there is no query: send it as query=; without one, this address describes the service as {media_types}"
        )
    return chosen


def _choose(accept: str | None, format_name: str | None, offered: Sequence[AnswerFormat], what: str) -> AnswerFormat | None:
    if format_name is not None:
        wanted = format_name.strip().lower()
        for each in offered:
            if wanted in _names(each):
                return each
        names = ", ".join(each.suffix.removeprefix(".") for each in offered)
        raise QueryRequestError(f"format={format_name} does not go with {what}: there are {names}")
    chosen = choose_format(accept, [each.format for each in offered])
    return next((each for each in offered if each.format is chosen), None)


def _names(answer_format: AnswerFormat) -> Iterable[str]:
    row = answer_format.format
    return (row.name, row.suffix.removeprefix("."), *row.accepted)


def add_link(body: bytes, answer_format: AnswerFormat, url: str) -> bytes:
    """Return a serialised result with a link to `url` in its head, without reading the rest of it.

    JSON (https://www.w3.org/TR/sparql11-results-json/#select-link) and XML (https://www.w3.org/TR/rdf-sparql-XMLres/#head) have a
    place for it; results in other formats are returned as they are.
    """
    if answer_format is ResultsFormat.JSON:
        head, separator, rest = body.partition(b'{"head":{')
        if separator and not head:
            return separator + b'"link":' + json.dumps([url]).encode() + (b"" if rest.startswith(b"}") else b",") + rest
    elif answer_format is ResultsFormat.XML:
        head, separator, rest = body.partition(b"</head>")
        if separator:
            return head + b'<link href="' + html.escape(url).encode() + b'"/>' + separator + rest
    return body
