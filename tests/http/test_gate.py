"""A flood of searches or share cards is refused before it holds all threads; pages are answered meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from filmgraph.errors import RequestBusyError, RequestQuotaError
from filmgraph.search import SearchIndex
from filmgraph.web import share
from filmgraph.web.gate import Gate

ACCEPT = {"Accept": "application/json"}


def test_a_gate_has_places_for_one_client_and_for_all() -> None:
    gate = Gate(3, 2)
    with gate.passing("a"), gate.passing("a"):
        with pytest.raises(RequestQuotaError, match="2 such requests of yours"), gate.passing("a"):
            pass
        with gate.passing("b"), pytest.raises(RequestBusyError, match="Too many"), gate.passing("c"):
            pass
        with gate.passing("c"):
            pass


class Flood:
    """Sends a request while the one before is being worked at, until one is refused."""

    def __init__(self, client: FlaskClient, path_of: Callable[[int], str], address_of: Callable[[int], str]) -> None:
        self._client = client
        self._numbers: Iterator[int] = iter(range(100))
        self._path_of, self._address_of = path_of, address_of
        self.refused: list[tuple[int, str]] = []
        self.inside = 0
        self.page_status = 0

    def send(self) -> None:
        number = next(self._numbers)
        answer = self._client.get(
            self._path_of(number), headers=ACCEPT, environ_overrides={"REMOTE_ADDR": self._address_of(number)}
        )
        if answer.status_code != 200:
            self.refused.append((answer.status_code, answer.headers["Retry-After"]))
            self.page_status = self._client.get("/film/here-2023").status_code
        else:
            self.inside += 1


@pytest.mark.parametrize(
    ("address_of", "inside", "status"), [(lambda n: "192.0.2.1", 4, 429), (lambda n: f"192.0.2.{n}", 8, 503)], ids=["one", "many"]
)
@pytest.mark.parametrize("path", ["/suggest?q=here", "/search?q=here&kind=film"])
def test_a_flood_of_searches_leaves_the_pages_alone(
    demo_client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    address_of: Callable[[int], str],
    inside: int,
    status: int,
) -> None:
    flood, search = Flood(demo_client, lambda n: path, address_of), SearchIndex.search

    def slow(self: SearchIndex, *args: object, **named: object) -> object:
        flood.send()
        return search(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(SearchIndex, "search", slow)
    flood.send()
    assert (flood.inside, flood.refused, flood.page_status) == (inside, [(status, "1")], 200)
    monkeypatch.undo()
    assert demo_client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("address_of", "drawn", "status"), [(lambda n: "192.0.2.1", 2, 429), (lambda n: f"192.0.2.{n}", 4, 503)], ids=["one", "many"]
)
def test_a_flood_of_share_cards_leaves_the_pages_alone(
    demo_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address_of: Callable[[int], str], drawn: int, status: int
) -> None:
    keys = ["ar", "bg", "cs", "da", "de", "el"] if status == 429 else ["es", "et", "fi", "hu", "it", "ja", "ko", "lt"]
    flood = Flood(demo_client, lambda n: f"/share/language/{keys[n]}.png", address_of)

    def slow(card: object) -> bytes:
        flood.send()
        return b"card"

    monkeypatch.setattr(share, "draw_card", slow)
    flood.send()
    assert (flood.inside, flood.refused, flood.page_status) == (drawn, [(status, "1")], 200)
    # What is kept is sent to everybody.
    assert demo_client.get(f"/share/language/{keys[0]}.png").data == b"card"
