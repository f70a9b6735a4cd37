"""Every exception that filmgraph raises on purpose.

    FilmgraphError
    ├── SettingsError            a setting is missing or makes no sense
    ├── UnreadableInputError     a source file cannot be opened or decoded
    ├── IriError                 an IRI or key is not well formed
    ├── VocabularyError          a shipped ontology or shapes file is broken
    ├── SavedQueryError          a saved query's file is broken
    ├── ReleaseError             a release directory cannot be written or opened
    │   ├── ReleaseBlockedError  the data have violations; nothing was published
    │   ├── DumpContentError     a dump of facts would hold a text or a picture of others
    │   ├── ReleaseBusyError     somebody else is writing releases just now
    │   ├── NoReleaseError       there is no release to open
    │   ├── ReleaseUnknownError  a release that was asked for by name is not kept
    │   │   └── ReleasePrunedError   it was published once, and was removed since
    │   └── ReleaseClosedError   it is kept, but cannot be opened just now
    ├── QueryError               a SPARQL query cannot be answered
    │   ├── QuerySyntaxError     it does not parse
    │   ├── QueryForbiddenError  it asks for a feature that is switched off
    │   │   └── QueryBarredError     it has ended several workers and is refused for a while
    │   ├── QueryTooLargeError   the query or its result is over a limit
    │   │   └── QueryCrashError      it ended its worker: too much memory or nesting
    │   ├── QueryTimeoutError    it ran past its deadline
    │   ├── QueryBusyError       every worker is busy: the same query may work a little later
    │   ├── QueryQuotaError      this client has used up its share for now
    │   ├── QueryAbandonedError  the client left before the answer was there
    │   ├── QueryParameterError  a value for a saved query is not of its kind
    │   └── QueryRequestError    the HTTP request is not one of the SPARQL Protocol
    ├── SearchError              a search cannot be answered
    │   ├── SearchQueryError     what is looked for is too long, or names no kind of thing
    │   ├── SearchTimeoutError   it ran past its deadline
    │   └── SearchUnavailableError   the release has no search index that can be read
    ├── RequestBusyError         too many requests of this kind are being answered just now
    ├── RequestQuotaError        this client has too many of them under way
    ├── ExportError              a site cannot be written to files
    ├── DeskError                what is asked for does not lie on the editor's desk
    └── StoreError               the store behind the pages did not answer
        └── StoreBusyError       another endpoint has too much to do, and said when to come back

Invalid *data* is never an exception: it is a `filmgraph.findings.Finding`.
"""

from __future__ import annotations

__all__ = [
    "DeskError",
    "DumpContentError",
    "ExportError",
    "FilmgraphError",
    "IriError",
    "NoReleaseError",
    "QueryAbandonedError",
    "QueryBarredError",
    "QueryBusyError",
    "QueryCrashError",
    "QueryError",
    "QueryForbiddenError",
    "QueryParameterError",
    "QueryQuotaError",
    "QueryRequestError",
    "QuerySyntaxError",
    "QueryTimeoutError",
    "QueryTooLargeError",
    "ReleaseBlockedError",
    "ReleaseBusyError",
    "ReleaseClosedError",
    "ReleaseError",
    "ReleasePrunedError",
    "ReleaseUnknownError",
    "RequestBusyError",
    "RequestQuotaError",
    "SavedQueryError",
    "SearchError",
    "SearchQueryError",
    "SearchTimeoutError",
    "SearchUnavailableError",
    "SettingsError",
    "StoreBusyError",
    "StoreError",
    "UnreadableInputError",
    "VocabularyError",
]


class FilmgraphError(Exception):
    """Root of all errors; the message says what happened and what to do."""


class SettingsError(FilmgraphError):
    """A setting is missing or wrong: names the setting, its value and what was expected."""


class UnreadableInputError(FilmgraphError):
    """A source file cannot be opened or decoded: names the file and the place."""


class IriError(FilmgraphError):
    """An IRI or key is not well formed or not one of ours."""


class VocabularyError(FilmgraphError):
    """A shipped ontology or shapes file is broken."""


class SavedQueryError(FilmgraphError):
    """A saved query's file is broken; `line` is the 1-based line, and the message names it too."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class ReleaseError(FilmgraphError):
    """A release directory cannot be written or opened."""


class ReleaseBlockedError(ReleaseError):
    """The data have violations; the release that was current still is."""


class ReleaseBusyError(ReleaseError):
    """Somebody else is writing releases just now; nothing was changed, and the same may work a little later."""


class DumpContentError(ReleaseError):
    """A dump of facts would hold prose, a quote or a picture: names the statement and the reason."""


class NoReleaseError(ReleaseError):
    """There is no release to open yet."""


class ReleaseUnknownError(ReleaseError):
    """A release was asked for by its name, and none of that name is kept; the message names those that are."""


class ReleasePrunedError(ReleaseUnknownError):
    """The release that was asked for by its name was published once, and was removed since."""


class ReleaseClosedError(ReleaseError):
    """A release that is kept cannot be opened just now; `retry_after_seconds` says when to come back."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QueryError(FilmgraphError):
    """A SPARQL query cannot be answered."""


class QuerySyntaxError(QueryError):
    """The query does not parse; `line` and `column` count from 1 and say where, when that is known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryForbiddenError(QueryError):
    """The query asks for a feature that this endpoint refuses."""


class QueryBarredError(QueryForbiddenError):
    """The query has ended several workers; `retry_after_seconds` says when it may be tried again."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QueryParameterError(QueryError):
    """A value given to a saved query is not of the kind that it asks for: names the parameter and what was expected."""


class QueryTooLargeError(QueryError):
    """The query, or its result, is larger than the stated limit."""


class QueryCrashError(QueryTooLargeError):
    """The query ended its worker, because it needed more memory or nesting than allowed."""


class QueryTimeoutError(QueryError):
    """The query ran past its deadline and was ended."""


class QueryBusyError(QueryError):
    """Every query worker is busy; `retry_after_seconds` says when to come back."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QueryQuotaError(QueryError):
    """The client has used up its share of the endpoint; `retry_after_seconds` says when it may ask again."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QueryAbandonedError(QueryError):
    """The client left before the answer was there; its query was ended."""


class QueryRequestError(QueryError):
    """The HTTP request is not one of the SPARQL 1.1 Protocol; `status` is the HTTP status that says why."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class SearchError(FilmgraphError):
    """A search cannot be answered."""


class SearchQueryError(SearchError):
    """What is looked for is too long, or is asked for in a way that makes no sense."""


class SearchTimeoutError(SearchError):
    """The search ran past its deadline and was ended."""


class SearchUnavailableError(SearchError):
    """The release has no search index, or one that cannot be read here."""


class RequestBusyError(FilmgraphError):
    """Too many requests of a kind are being answered just now; `retry_after_seconds` says when to come back."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RequestQuotaError(FilmgraphError):
    """The client has too many requests of a kind under way; `retry_after_seconds` says when it may ask again."""

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class DeskError(FilmgraphError):
    """What an editor's page asks for does not lie on the desk, or no longer."""


class ExportError(FilmgraphError):
    """A site cannot be written to files: names the folder or the address, and what to do."""


class StoreError(FilmgraphError):
    """The store did not answer, or answered with something that is not a result."""


class StoreBusyError(StoreError):
    """Another endpoint asks to come back later; `retry_after_seconds` is what it said, None where it said nothing."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
