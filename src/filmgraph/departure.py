"""Whether the client of a request is still there. WSGI does not tell, but the kernel's table of connections does.

The HTTP server closes a connection as soon as its client has, while the request is still being answered; the application gets
neither the socket nor the client's port (https://peps.python.org/pep-3333/). So the connections from the client's address are
noted at the first look: the request's own is among them, if the client is there at all. When none of those is left, the client is
gone. Connections that came later cannot hide that; others that were open at the first look do, until they close. The answer is
never wrong the other way, so a query is never ended while somebody waits for it. Where there is no table, nobody is ever gone.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["ClientWatch"]

# https://docs.kernel.org/networking/proc_net_tcp.html
_TABLES: Final = ("tcp", "tcp6")
_ESTABLISHED: Final = "01"
_LISTENING: Final = "0A"


class ClientWatch:
    """Watches the connections from one address to one port of this machine; used by one thread. Cheap until it is asked."""

    def __init__(self, remote_address: str, local_port: int, tables_path: Path = Path("/proc/self/net")) -> None:
        """Watch for the peer of a TCP connection: the proxy, where there is one."""
        self._remote_address = remote_address
        self._local_ending = f":{local_port:04X}"
        self._tables_path = tables_path
        self._seen: frozenset[str] | None = None

    def is_gone(self) -> bool:
        """Return True when the client has certainly left. Reads a table of all connections: a few times a second will do."""
        endings = _encoded_addresses(self._remote_address)
        if not endings:
            return False
        try:
            rows = tuple(self._read_rows())
        except OSError:
            return False
        if not any(state == _LISTENING for _, state in rows):
            # This is not the table of whoever took the connection.
            return False
        open_now = frozenset(remote for remote, state in rows if state == _ESTABLISHED and remote.startswith(endings))
        self._seen = open_now if self._seen is None else self._seen & open_now
        return not self._seen

    def _read_rows(self) -> Iterator[tuple[str, str]]:
        """Yield the other end and the state of all sockets with our port."""
        for name in _TABLES:
            path = self._tables_path / name
            # A kernel without IPv6 has no second table.
            if name == "tcp" or path.exists():
                for line in path.read_text(encoding="ascii").splitlines()[1:]:
                    _, local, remote, state, *_ = line.split()
                    if local.endswith(self._local_ending):
                        yield remote, state


def _encoded_addresses(address: str) -> tuple[str, ...]:
    """Return an address as the kernel's tables write it: words of 32 bits in the machine's byte order, in hexadecimal."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ()
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv6Address):
        return (_encode(found.packed) + ":",)
    mapped = socket.inet_pton(socket.AF_INET6, f"::ffff:{found}")
    return (_encode(found.packed) + ":", _encode(mapped) + ":")


def _encode(packed: bytes) -> str:
    words = (packed[n : n + 4] for n in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
