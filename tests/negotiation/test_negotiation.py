"""Which format real clients get, and that no header can break the choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.formats import DocumentFormat, Format, RdfFormat
from filmgraph.negotiation import choose_format, parse_accept

OFFERED = tuple(each.format for each in DocumentFormat)
HTML, TURTLE, JSON_LD, N_TRIPLES, N_QUADS, TRIG, RDF_XML = OFFERED

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
RDFLIB = (
    "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8, text/n3;q=0.8, application/ld+json;q=0.7, "
    "application/trig;q=0.6, */*;q=0.1"
)
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
RDF4J = (
    "application/rdf+xml;q=0.9, application/n-quads;q=0.5, text/turtle, application/ld+json;q=0.7, "
    "application/n-triples;q=0.8, */*;q=0.3"
)
CLIENTS = [
    ("Chrome", CHROME, HTML),
    ("Edge", "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,image/apng,*/*;q=0.8", HTML),
    ("Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
    ("Firefox 92", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", HTML),
    ("Safari", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
    ("Safari 4", "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5", HTML),
    ("Internet Explorer", "image/gif, image/jpeg, image/pjpeg, application/x-ms-application, application/xaml+xml, */*", HTML),
    ("Lynx", "text/html, text/plain, text/sgml, text/css;q=0.5, */*;q=0.01", HTML),
    ("curl", "*/*", HTML),
    ("wget", "*/*", HTML),
    ("python-requests", "*/*", HTML),
    ("no header", None, HTML),
    ("empty header", "", HTML),
    ("Googlebot", "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8", HTML),
    ("Bingbot", "*/*", HTML),
    ("facebookexternalhit", "*/*", HTML),
    ("Twitterbot", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
    ("Java URLConnection", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", HTML),
    ("rdflib", RDFLIB, TURTLE),
    ("rdflib of one format", "application/rdf+xml,text/rdf+xml,*/*;q=0.1", RDF_XML),
    ("Jena", JENA, TURTLE),
    ("RDF4J", RDF4J, TURTLE),
    ("Apache Any23", "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8, text/html;q=0.6, */*;q=0.1", TURTLE),
    ("SPARQLWrapper CONSTRUCT", "text/turtle,application/turtle,text/rdf+n3,application/rdf+xml,application/n-triples", TURTLE),
    ("LDP client", 'text/turtle;profile="http://www.w3.org/ns/ldp#Resource"', TURTLE),
    (
        "Tabulator",
        "application/rdf+xml, application/xhtml+xml;q=0.3, text/xml;q=0.2, text/html;q=0.3, text/turtle;q=0.9, */*;q=0.1",
        RDF_XML,
    ),
    ("OpenLink", "text/turtle;q=0.2, application/rdf+xml;q=0.8", RDF_XML),
    (
        "Comunica",
        "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,text/turtle;q=0.6",
        N_QUADS,
    ),
    ("rdflib of quads", "application/trig,*/*;q=0.1", TRIG),
    ("pyld", "application/ld+json, application/json;q=0.5", JSON_LD),
    ("a script in a browser", "application/json, text/plain, */*", JSON_LD),
    ("Ruby RDF", "application/n-triples, text/plain;q=0.5, */*;q=0.1", N_TRIPLES),
    ("a Python JSON client", "application/json", JSON_LD),
    ("Linked Art", 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json"', JSON_LD),
]


@pytest.mark.parametrize(("client", "header", "expected"), CLIENTS, ids=[each[0] for each in CLIENTS])
def test_client_gets_the_format_it_came_for(client: str, header: str | None, expected: Format) -> None:
    assert choose_format(header, OFFERED) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/turtle;q=0.5, application/ld+json;q=0.6", JSON_LD),
        ("TEXT/Turtle", TURTLE),
        ("text/turtle;charset=utf-8", TURTLE),
        ("text/turtle; charset=utf-8; Q=0.4, application/n-triples;q=0.5", N_TRIPLES),
        ('application/ld+json;profile="a,b;q=0"', JSON_LD),
        ("text/*", HTML),
        ("text/*;q=0.2, text/turtle;q=0.1, application/rdf+xml;q=0.15", HTML),
        ("text/*, text/html;q=0", TURTLE),
        ("*/*, text/html;q=0", TURTLE),
        ("*/*, text/*;q=0", JSON_LD),
        ("text/html;q=0, application/xhtml+xml, text/turtle;q=0.3", TURTLE),
        ("text/turtle, */*", TURTLE),
        ("application/x-turtle", TURTLE),
        ("application/xhtml+xml", HTML),
        ("text/n3", TURTLE),
        ("image/png", None),
        ("text/html;q=0", None),
        ("*/*;q=0", None),
        ("application/pdf, image/*;q=0.9", None),
        ("text/turtle;q=0.001", TURTLE),
    ],
)
def test_quality_and_specificity_decide(header: str, expected: Format | None) -> None:
    assert choose_format(header, OFFERED) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("nonsense", HTML),
        (",,,", HTML),
        (";q=1", HTML),
        ("text/", HTML),
        ("/turtle, text/turtle;q=0.1", TURTLE),
        ("text/turtle;q=high", TURTLE),
        ("text/turtle;q=7", TURTLE),
        ("text/turtle;q=-1", TURTLE),
        ("text/turtle;q=nan", TURTLE),
        ("text/turtle;q=", TURTLE),
        ('text/turtle;profile="open', TURTLE),
        ("text/turtle;;;q=0.5;", TURTLE),
        ("text/turtle\x00", HTML),
        ("tëxt/html, text/turtle", TURTLE),
    ],
)
def test_malformed_header_is_read_as_far_as_it_goes(header: str, expected: Format) -> None:
    assert choose_format(header, OFFERED) is expected


def test_ties_follow_the_order_of_the_server() -> None:
    assert choose_format("application/rdf+xml, text/turtle", OFFERED) is TURTLE
    assert choose_format("application/rdf+xml, text/turtle", (RDF_XML, TURTLE)) is RDF_XML


def test_nothing_offered_is_nothing_chosen() -> None:
    assert choose_format("*/*", ()) is None
    assert choose_format(None, ()) is None


@pytest.mark.parametrize("each", [each.format for each in (DocumentFormat.HTML, *RdfFormat)], ids=lambda each: str(each.name))
def test_every_name_of_a_format_asks_for_it(each: Format) -> None:
    for media_type in each.accepted:
        assert choose_format(media_type, OFFERED) is each


@given(st.text(max_size=200))
def test_no_header_raises(header: str) -> None:
    assert choose_format(header, OFFERED) in (*OFFERED, None)


@given(
    st.lists(st.sampled_from(['text/turtle;q="', "*/*;q=0", '"\\', ",", ";", "text/html", "q=0.5", "\\"]), max_size=40).map(
        "".join
    )
)
def test_no_mixture_of_fragments_raises(header: str) -> None:
    assert all(0.0 <= each.quality <= 1.0 for each in parse_accept(header))
