"""The limits of the query endpoint as one table: `/limits` and the service description are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from filmgraph.settings import EndpointSettings

__all__ = ["Limit", "limits_table"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its name in the settings, how much, of what, what it means, and the HTTP status of whoever passes it."""

    name: str
    value: float
    unit: str
    meaning: str
    status: int


def limits_table(settings: EndpointSettings) -> tuple[Limit, ...]:
    """Return every limit that a query is under, in the order in which it is met."""
    tables = (_request_limits, _client_limits, _text_limits, _whole_limits, _run_limits)
    return tuple(limit for make in tables for limit in make(settings))


def _request_limits(settings: EndpointSettings) -> tuple[Limit, ...]:
    return (
        Limit("address_bytes", settings.address_bytes, "bytes", "of a request's address after its question mark", 414),
        Limit("body_bytes", settings.body_bytes, "bytes", "of a request's body, whether a form or a query", 413),
        Limit("client_bodies", settings.client_bodies, "bodies", "of one client's requests that are on their way at once", 429),
        Limit("bodies", settings.bodies, "bodies", "of all requests that are on their way at once", 503),
    )


def _client_limits(settings: EndpointSettings) -> tuple[Limit, ...]:
    return (
        Limit(
            "ban_kills",
            settings.ban_kills,
            "times",
            "that the same query may run past the deadline or out of memory, before it is refused"
            if settings.ban_counts_timeouts
            else "that the same query may run out of memory, before it is refused",
            403,
        ),
        Limit("ban_seconds", settings.ban_seconds, "seconds", "for which such a query is refused", 403),
        Limit("client_queries", settings.client_queries, "queries", "that one client has under way, running or waiting", 429),
        Limit(
            "client_seconds_per_minute",
            settings.client_seconds_per_minute,
            "seconds",
            "for which one client's queries run, in a minute on average",
            429,
        ),
        Limit(
            "client_burst_seconds",
            settings.client_burst_seconds,
            "seconds",
            "for which one client's queries run at a stretch, after a time of asking nothing",
            429,
        ),
        Limit(
            "client_failures_per_minute",
            settings.client_failures_per_minute,
            "queries",
            "of one client that end in an error, in a minute",
            429,
        ),
    )


def _text_limits(settings: EndpointSettings) -> tuple[Limit, ...]:
    return (
        Limit("query_bytes", settings.query_bytes, "bytes", "of the query's text in UTF-8", 413),
        Limit("tokens", settings.tokens, "tokens", "that is, words and signs, in a query", 413),
        Limit("depth", settings.depth, "levels", "of brackets of any kind, one in the other", 413),
        Limit("list_depth", settings.list_depth, "levels", "of round and square brackets, one in the other", 413),
        Limit("signs", settings.signs, "signs", "such as ! and - in a row", 413),
    )


def _whole_limits(settings: EndpointSettings) -> tuple[Limit, ...]:
    return (
        Limit(
            "workers", settings.workers, "queries", "of all clients that run at once; a short one more may run beside them", 503
        ),
        Limit(
            "reserved_workers",
            min(settings.reserved_workers, settings.workers - 1),
            "workers",
            "that are kept for clients who have no query running",
            503,
        ),
        Limit("queue", settings.queue, "queries", "of all clients that wait for a worker", 503),
        Limit("queue_seconds", settings.queue_seconds, "seconds", "for which a query waits for a worker", 503),
    )


def _run_limits(settings: EndpointSettings) -> tuple[Limit, ...]:
    return (
        Limit("deadline_seconds", settings.deadline_seconds, "seconds", "for which a query runs", 504),
        Limit("memory_bytes", settings.memory_bytes, "bytes", "of memory, as address space, for the engine and a query", 413),
        Limit("result_bytes", settings.result_bytes, "bytes", "of the whole answer, before it is packed", 413),
    )
