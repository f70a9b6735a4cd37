"""The request at hand asks for a worker: who asks, and whether it is their turn."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from flask import request

from filmgraph.admission import Admission, client_address
from filmgraph.settings import EndpointSettings

__all__ = ["admit"]


def admit(admission: Admission | None, limits: EndpointSettings, text: str) -> AbstractContextManager[object]:
    """Let the client of this request run the query `text` once it is its turn; without `admission`, at once.

    Raises what `Admission.admit` raises: QueryBusyError, QueryQuotaError, QueryBarredError.
    """
    if admission is None:
        return nullcontext()
    forwarded_for = request.headers.get("X-Forwarded-For")
    return admission.admit(client_address(request.remote_addr or "", forwarded_for, limits.trusted_proxies), text)
