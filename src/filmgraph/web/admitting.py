"""The request at hand asks for a worker: who asks, and whether it is their turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from flask import request

from filmgraph.admission import Admission, client_address
from filmgraph.departure import ClientWatch
from filmgraph.errors import QueryError
from filmgraph.settings import EndpointSettings

__all__ = ["admit", "asking_client", "count_refusals"]


def admit(admission: Admission | None, limits: EndpointSettings, text: str) -> AbstractContextManager[object]:
    """Let the client of this request run the query `text` once it is its turn; without `admission`, at once.

    Raises what `Admission.admit` raises: QueryBusyError, QueryQuotaError, QueryBarredError, QueryAbandonedError.
    """
    if admission is None:
        return nullcontext()
    watch = ClientWatch(request.remote_addr or "", int(request.environ.get("SERVER_PORT") or 0))
    return admission.admit(asking_client(limits), text, watch.is_gone)


@contextmanager
def count_refusals(admission: Admission | None, limits: EndpointSettings) -> Iterator[None]:
    """Count a query that the block refuses as a failure of this request's client.

    QueryQuotaError instead, when there were too many of them already: refusing takes time as well.
    """
    try:
        yield
    except QueryError:
        if admission is not None:
            admission.count_refusal(asking_client(limits))
        raise


def asking_client(limits: EndpointSettings) -> str:
    """Return the address that the request at hand comes from, as far as it can be trusted."""
    return client_address(request.remote_addr or "", request.environ.get("HTTP_X_FORWARDED_FOR"), limits.trusted_proxies)
