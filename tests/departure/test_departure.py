"""Whether a client is still there, told from the kernel's table of connections: real ones, and tables written by hand."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from filmgraph.departure import ClientWatch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc/self/net/tcp")

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


LISTENER = "   0: 00000000:{} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n"


def row(local: str, remote: str, state: str = "01") -> str:
    return f"   0: {local} {remote} {state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1\n"


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


def test_a_client_that_is_there_is_not_gone(served: Served) -> None:
    served.connect()
    watch = ClientWatch(served.address, served.port)
    assert [watch.is_gone() for _ in range(3)] == [False] * 3


def test_a_client_that_closed_is_gone(served: Served) -> None:
    client, _ = served.connect()
    watch = ClientWatch(served.address, served.port)
    assert not watch.is_gone()
    client.close()
    assert watch.is_gone()


def test_a_client_that_left_before_the_first_look_is_gone(served: Served) -> None:
    client, _ = served.connect()
    client.close()
    assert ClientWatch(served.address, served.port).is_gone()


def test_a_connection_that_came_later_hides_nobody(served: Served) -> None:
    client, _ = served.connect()
    watch = ClientWatch(served.address, served.port)
    assert not watch.is_gone()
    served.connect()
    client.close()
    assert watch.is_gone()


def test_a_connection_that_was_there_before_hides_until_it_ends(served: Served) -> None:
    other, _ = served.connect()
    client, _ = served.connect()
    watch = ClientWatch(served.address, served.port)
    assert not watch.is_gone()
    client.close()
    assert not watch.is_gone()
    other.close()
    assert watch.is_gone()


def test_other_clients_and_other_ports_do_not_count(tmp_path: Path) -> None:
    rows = [
        row("0100007F:1F90", "0200007F:A000"),
        row("0100007F:1F91", "0100007F:A001"),
        row("0100007F:1F90", "0100007F:A002", "08"),
    ]
    (tmp_path / "tcp").write_text(HEADER + LISTENER.format("1F90") + LISTENER.format("1F91") + "".join(rows))
    assert ClientWatch("127.0.0.1", 8080, tmp_path).is_gone()
    assert not ClientWatch("127.0.0.2", 8080, tmp_path).is_gone()
    assert not ClientWatch("127.0.0.1", 8081, tmp_path).is_gone()


@pytest.mark.skipif(sys.byteorder != "little", reason="the table is written as a little-endian machine does")
def test_an_ipv4_client_of_an_ipv6_listener_is_found(tmp_path: Path) -> None:
    (tmp_path / "tcp").write_text(HEADER + LISTENER.format("1F90"))
    mapped = "0000000000000000FFFF0000"
    (tmp_path / "tcp6").write_text(HEADER + row(f"{mapped}0100007F:1F90", f"{mapped}0702 00C0:A000".replace(" ", "")))
    assert not ClientWatch("192.0.2.7", 8080, tmp_path).is_gone()
    assert not ClientWatch("::ffff:192.0.2.7", 8080, tmp_path).is_gone()
    assert ClientWatch("192.0.2.8", 8080, tmp_path).is_gone()


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_a_peer_without_an_address_is_never_gone(address: str, tmp_path: Path) -> None:
    (tmp_path / "tcp").write_text(HEADER + LISTENER.format("1F90"))
    assert not ClientWatch(address, 8080, tmp_path).is_gone()


def test_without_a_table_nobody_is_gone(tmp_path: Path) -> None:
    assert not ClientWatch("127.0.0.1", 8080, tmp_path / "absent").is_gone()


def test_in_a_table_without_our_listener_nobody_is_gone(tmp_path: Path) -> None:
    (tmp_path / "tcp").write_text(HEADER + LISTENER.format("1F91"))
    assert not ClientWatch("127.0.0.1", 8080, tmp_path).is_gone()
    assert ClientWatch("127.0.0.1", 8081, tmp_path).is_gone()
