"""Whether the client of a request is still there. WSGI does not tell, but this process's own sockets do.

The HTTP server closes a connection as soon as its client has, while the request is still being answered; the application gets
neither the socket nor the client's port (https://peps.python.org/pep-3333/). So the connections from the client's address are
noted at the first look: the request's own is among them, if the client is there at all. When none of those is left, the client is
gone. Connections that came later cannot hide that; others that were open at the first look do, until they close. The answer is
never wrong the other way, so a query is never ended while somebody waits for it. Where sockets cannot be listed,
nobody is ever gone.

The kernel's table of all connections would tell as much, but reading it takes five milliseconds and more, however few there are.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["ClientWatch", "Connection", "ConnectionTable", "iter_connections"]

_DESCRIPTORS: Final = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")
_TCP_ESTABLISHED: Final = 1  # <linux/tcp_states.h>
_FRESH_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Connection:
    """A TCP socket of this process; `remote_address` is None for one that listens, and "" where nobody is at the other end."""

    local_port: int
    remote_address: str | None
    remote_port: int = 0


def iter_connections(folder: Path = _DESCRIPTORS) -> Iterator[Connection]:
    """Yield the TCP sockets among the open files of this process; OSError where they cannot be listed."""
    for name in [each.name for each in folder.iterdir()]:
        try:
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                # A file number of our own: the HTTP server may close its own at any moment, and another file get the number.
                with socket.socket(fileno=os.dup(int(name))) as each:
                    yield from _describe(each)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise


class ConnectionTable:
    """What `iter_connections` gave a moment ago. All threads of a process share it: many who look cost no more than one."""

    def __init__(
        self,
        read: Callable[[], Iterator[Connection]] = iter_connections,
        fresh_seconds: float = _FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep what `read` gives for so many seconds."""
        self.clock = clock
        self._read = read
        self._fresh_seconds = fresh_seconds
        self._lock = threading.Lock()
        self._connections: tuple[Connection, ...] = ()
        self._read_at = -float("inf")

    def list_since(self, moment: float) -> tuple[Connection, ...]:
        """Return the connections as they were at that moment of the `clock` or later, and not long ago; OSError as `read`."""
        with self._lock:
            now = self.clock()
            if self._read_at < moment or now - self._read_at >= self._fresh_seconds:
                self._connections = tuple(self._read())
                self._read_at = now
            return self._connections


_OWN_CONNECTIONS: Final = ConnectionTable()


class ClientWatch:
    """Watches the connections from one address to one port of this process; used by one thread. Cheap until it is asked."""

    def __init__(self, remote_address: str, local_port: int, table: ConnectionTable = _OWN_CONNECTIONS) -> None:
        """Watch for the peer of a TCP connection that is open now, or was: the proxy, where there is one."""
        self._remote_address = remote_address
        self._local_port = local_port
        self._table = table
        # A table from before would not have the client's own connection, if that is new.
        self._made_at = table.clock()
        self._seen: frozenset[int] | None = None

    def is_gone(self) -> bool:
        """Return True when the client has certainly left."""
        address = _plain_address(self._remote_address)
        if not address:
            return False
        try:
            connections = [each for each in self._table.list_since(self._made_at) if each.local_port == self._local_port]
        except OSError:
            return False
        if all(each.remote_address is not None for each in connections):
            # Somebody else took the connection.
            return False
        open_now = frozenset(each.remote_port for each in connections if each.remote_address == address)
        self._seen = open_now if self._seen is None else self._seen & open_now
        return not self._seen


def _describe(each: socket.socket) -> Iterator[Connection]:
    if each.family not in (socket.AF_INET, socket.AF_INET6) or each.type != socket.SOCK_STREAM:
        return
    local_port = each.getsockname()[1]
    if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        yield Connection(local_port, None)
    elif _is_established(each):
        address, port, *_ = each.getpeername()
        yield Connection(local_port, _plain_address(address), port)


def _is_established(each: socket.socket) -> bool:
    if sys.platform != "linux":
        # Asking for the peer fails where it has closed.
        return True
    return each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_ESTABLISHED


def _plain_address(address: str) -> str:
    """Return an address in its one spelling, an IPv4 address in IPv6 as itself; "" for what is no address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)
