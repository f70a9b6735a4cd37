"""Who counts as one client."""

from __future__ import annotations

import pytest

from filmgraph.admission import client_address, client_key, query_fingerprint
from filmgraph.errors import QueryQuotaError
from filmgraph.settings import EndpointSettings
from tests.admission.conftest import Door


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::/64"),
        ("unix", "unix"),
        ("", ""),
        ("x" * 1_000, "x" * 64),
    ],
)
def test_a_client_is_an_ipv4_address_or_an_ipv6_network(address: str, key: str) -> None:
    assert client_key(address) == key


def test_addresses_of_one_ipv6_network_share(door: Door) -> None:
    admission = door(EndpointSettings(workers=4, client_queries=1))
    with admission.admit("2001:db8::1", "ASK {}"):
        with pytest.raises(QueryQuotaError), admission.admit("2001:db8::ffff:ffff:ffff:ffff", "ASK {}"):
            pass
        with admission.admit("2001:db8:0:1::1", "ASK {}"):
            pass


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (None, 0, "10.0.0.1"),
        ("6.6.6.6", 0, "10.0.0.1"),
        ("192.0.2.7", 1, "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7", 1, "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7 , 10.0.0.2", 2, "192.0.2.7"),
        ("192.0.2.7", 2, "10.0.0.1"),
        (None, 1, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
        ("6.6.6.6,", 1, "10.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_added_is_believed(forwarded: str | None, proxies: int, expected: str) -> None:
    assert client_address("10.0.0.1", forwarded, proxies) == expected


def test_white_space_does_not_make_another_query() -> None:
    assert query_fingerprint(" SELECT\t*\r\n{}") == query_fingerprint("SELECT * {}")
    assert query_fingerprint("SELECT * {}") != query_fingerprint("SELECT ?s {}")
    assert len(query_fingerprint("\ud800")) == 32
