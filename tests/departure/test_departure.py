"""Whether a client is still there, told from the sockets of this process: real ones, and made-up tables of them."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from filmgraph.departure import ClientWatch, Connection, ConnectionTable, iter_connections


class Served:
    """A listener, and both ends of the connections to it."""

    def __init__(self, family: socket.AddressFamily, address: str) -> None:
        self.stack = ExitStack()
        self.listener = self.stack.enter_context(closing(socket.socket(family)))
        self.listener.bind((address, 0))
        self.listener.listen()
        self.address = address
        self.port: int = self.listener.getsockname()[1]

    def connect(self) -> tuple[socket.socket, socket.socket]:
        client = self.stack.enter_context(closing(socket.create_connection((self.address, self.port))))
        server = self.stack.enter_context(closing(self.listener.accept()[0]))
        return client, server


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    try:
        made = Served(*request.param)
    except OSError as error:
        pytest.skip(f"this machine has no {request.param[1]}: {error}")
    with made.stack:
        yield made


def watch_of(served: Served) -> ClientWatch:
    return ClientWatch(served.address, served.port, ConnectionTable(fresh_seconds=0.0))


def test_a_client_that_is_there_is_not_gone(served: Served) -> None:
    served.connect()
    watch = watch_of(served)
    assert [watch.is_gone() for _ in range(3)] == [False] * 3


def test_a_client_that_closed_is_gone(served: Served) -> None:
    client, _ = served.connect()
    watch = watch_of(served)
    assert not watch.is_gone()
    client.close()
    assert watch.is_gone()


def test_a_client_that_left_before_the_first_look_is_gone(served: Served) -> None:
    client, _ = served.connect()
    client.close()
    assert watch_of(served).is_gone()


def test_a_connection_that_came_later_hides_nobody(served: Served) -> None:
    client, _ = served.connect()
    watch = watch_of(served)
    assert not watch.is_gone()
    served.connect()
    client.close()
    assert watch.is_gone()


def test_a_connection_that_was_there_before_hides_until_it_ends(served: Served) -> None:
    other, _ = served.connect()
    client, _ = served.connect()
    watch = watch_of(served)
    assert not watch.is_gone()
    client.close()
    assert not watch.is_gone()
    other.close()
    assert watch.is_gone()


def a_table(*connections: Connection) -> ConnectionTable:
    return ConnectionTable(lambda: iter(connections), fresh_seconds=0.0)


LISTENERS = (Connection(8080, None), Connection(8081, None))


def test_other_clients_and_other_ports_do_not_count() -> None:
    table = a_table(*LISTENERS, Connection(8080, "127.0.0.2", 40960), Connection(8081, "127.0.0.1", 40961))
    assert ClientWatch("127.0.0.1", 8080, table).is_gone()
    assert not ClientWatch("127.0.0.2", 8080, table).is_gone()
    assert not ClientWatch("127.0.0.1", 8081, table).is_gone()


def test_an_ipv4_client_of_an_ipv6_listener_is_found() -> None:
    with closing(socket.socket(socket.AF_INET6)) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))), closing(listener.accept()[0]):
            table = ConnectionTable(fresh_seconds=0.0)
            assert not ClientWatch("127.0.0.1", port, table).is_gone()
            assert not ClientWatch("::ffff:127.0.0.1", port, table).is_gone()
            assert ClientWatch("127.0.0.2", port, table).is_gone()


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_a_peer_without_an_address_is_never_gone(address: str) -> None:
    assert not ClientWatch(address, 8080, a_table(*LISTENERS)).is_gone()


def test_where_sockets_cannot_be_listed_nobody_is_gone(tmp_path: Path) -> None:
    table = ConnectionTable(lambda: iter_connections(tmp_path / "absent"))
    assert not ClientWatch("127.0.0.1", 8080, table).is_gone()


def test_where_files_have_run_out_nobody_is_gone(monkeypatch: pytest.MonkeyPatch, served: Served) -> None:
    client, _ = served.connect()
    client.close()

    def refuse(fd: int) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "dup", refuse)
    assert not ClientWatch(served.address, served.port, ConnectionTable(fresh_seconds=0.0)).is_gone()


def test_a_process_without_our_listener_knows_of_nobody() -> None:
    table = a_table(Connection(8081, None))
    assert not ClientWatch("127.0.0.1", 8080, table).is_gone()
    assert ClientWatch("127.0.0.1", 8081, table).is_gone()


def test_many_who_look_at_once_cost_one_reading() -> None:
    readings: list[float] = []
    now = 100.0

    def read() -> Iterator[Connection]:
        readings.append(now)
        return iter((*LISTENERS, Connection(8080, "127.0.0.1", 40960)))

    table = ConnectionTable(read, fresh_seconds=0.5, clock=lambda: now)
    watches = [ClientWatch("127.0.0.1", 8080, table) for _ in range(50)]
    assert not any(each.is_gone() for each in watches)
    assert readings == [100.0]
    now = 100.6
    assert not any(each.is_gone() for each in watches)
    assert readings == [100.0, 100.6]


def test_a_table_from_before_a_client_came_is_not_believed() -> None:
    now, open_now = 100.0, [*LISTENERS]
    table = ConnectionTable(lambda: iter(open_now), fresh_seconds=60.0, clock=lambda: now)
    assert ClientWatch("127.0.0.1", 8080, table).is_gone()
    now = 100.1
    open_now.append(Connection(8080, "127.0.0.1", 40960))
    assert not ClientWatch("127.0.0.1", 8080, table).is_gone()


def test_looking_leaves_every_socket_as_it_was(served: Served) -> None:
    client, server = served.connect()
    before = len(list(iter_connections()))
    assert not ClientWatch(served.address, served.port, ConnectionTable(fresh_seconds=0.0)).is_gone()
    assert len(list(iter_connections())) == before
    assert server.getblocking()
    server.sendall(b"still here")
    assert client.recv(100) == b"still here"
