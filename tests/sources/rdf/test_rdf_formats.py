"""The syntaxes of RDF: each gives the same records; what is hostile or damaged is refused with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.settings import SourceSettings
from filmgraph.sources.rdf import read_rdf
from filmgraph.sources.rdf.opening import FORMATS, Limits
from filmgraph.vocabulary import Vocabulary
from tests.sources.rdf.conftest import PREFIXES, ReadRdf, facts_of

FILM = """:film/1 a schema:Movie ; schema:name "Hier" ; schema:alternateName "Here"@en ; schema:dateCreated "2023"^^xsd:gYear ;
    schema:director [ a schema:Person ; schema:name "An Peeters" ] .
""".replace(":film/1", "<https://partner.example/film/1>")
START = b"<https://x.example/1> <https://x.example/p> "
NAME = '<https://partner.example/film/{0}> <http://schema.org/name> "Film {0}" .'
TYPE = "<https://partner.example/film/{0}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Movie> ."
EXPECTED = [
    "partner-example-film-1: name Hier",
    "partner-example-film-1: alternateName Here @en",
    "partner-example-film-1: sameAs https://partner.example/film/1",
    "partner-example-film-1: dateCreated 2023",
    "partner-example-film-1: credit director 1 An Peeters",
    "An Peeters: name An Peeters",
]
WRITERS = {
    ".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS, ".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML, ".jsonld": RdfFormat.JSON_LD,
}  # fmt: skip


def spelt(suffix: str) -> bytes:
    """Return the film in a syntax."""
    quads = list(parse((PREFIXES + FILM).encode(), format=RdfFormat.TURTLE))
    items = quads if WRITERS[suffix].supports_datasets else [each.triple for each in quads]
    data = serialize(items, format=WRITERS[suffix])
    assert data is not None
    return data


@pytest.mark.parametrize("suffix", WRITERS)
def test_each_syntax_gives_the_same_facts_packed_or_not(read: ReadRdf, suffix: str) -> None:
    for name, data in ((f"f{suffix}", spelt(suffix)), (f"f{suffix}.gz", gzip.compress(spelt(suffix)))):
        reading, account = read(data, name)
        assert sorted(facts_of(reading)) == sorted(EXPECTED)
        assert account.total == 7
        assert reading.unread == ()


def test_every_suffix_has_a_format_that_is_read() -> None:
    assert set(WRITERS) <= set(FORMATS)


def test_lines_are_the_places_of_n_triples(read: ReadRdf) -> None:
    text = "\n".join(["# films", TYPE.format(1), "", NAME.format(1), "  # the end"])
    reading, _ = read(text, "f.nt")
    assert reading.records[0].place == SourcePlace("f.nt", 2)
    assert reading.records[0].name[0].place == SourcePlace("f.nt", 4)


def test_the_subject_is_the_place_where_there_are_no_lines(read: ReadRdf) -> None:
    reading, _ = read(FILM)
    assert str(reading.records[0].name[0].place) == "t.ttl, https://partner.example/film/1"


def test_a_bad_line_is_reported_and_the_others_are_read(read: ReadRdf) -> None:
    good = [line.format(number) for number in range(1000) for line in (TYPE, NAME)]
    text = "\n".join([*good[:1001], "this is no statement", "<https://x.example/a b> <p> <o> .", *good[1001:]])
    reading, account = read(text, "f.nt")
    (finding,) = (each for each in reading.findings if each.rule == "read-rdf-line")
    assert (len(reading.records), account.total) == (1000, 2000)
    assert finding.severity is Severity.VIOLATION
    assert finding.value == "2"
    assert finding.places == (SourcePlace("f.nt", 1002), SourcePlace("f.nt", 1003))
    assert reading.records[-1].name[0].place == SourcePlace("f.nt", 2002)
    assert [each.place.line for each in reading.unread] == [1002, 1003]


def test_two_statements_on_a_line_are_one_bad_line(read: ReadRdf) -> None:
    reading, _ = read(f"{TYPE.format(1)} {NAME.format(1)}\n{TYPE.format(2)}\n{NAME.format(2)}", "f.nt")
    assert next(each.rule for each in reading.findings) == "read-rdf-line"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("f.ttl", b'<https://x.example/1> a\n <https://x.example/b c> .', "line 2, column .*: Invalid IRI"),
        ("f.jsonld", b'{"@id": "https://x.example/1",\n "a" }', "line 2, column"),
        ("f.jsonld", b'{"a": "\xff"}', "byte 8 is not UTF-8"),
        ("f.jsonld", b"[" * 100_000, "nested too deep"),
        ("f.jsonld", b'{"@context": ' * 500 + b"{}" + b"}" * 500, "."),
        ("f.rdf", b"<rdf:RDF></rdf:RDF>", "Unknown prefix"),
        ("f.ttl", b"\xff\xfe\x00", "line 1"),
        ("f.nt.gz", b"\x1f\x8b\x08\x00damaged", "packed and damaged"),
        ("f.nt.gz", gzip.compress(b"x" * 10_000, mtime=0)[:-4], "packed and damaged"),
        ("f.txt", b"", "its name does not say which RDF it is"),
        ("f.trig", (START + b"<<( ") * 200_000 + START + b'"x"' + b" )>>" * 200_000 + b" .", "nested too deep"),
        ("f.rdf", b"<rdf:RDF>" + b"<s:M><s:p>" * 200_000, "nested too deep"),
        ("f.rdf", b"<rdf:RDF>\n<a></b></rdf:RDF>", "line 2, column 6: mismatched tag"),
        ("f.rdf", b"<!doctype x><x/>", "line 1, column 1: syntax error"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused(read: ReadRdf, name: str, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableInputError, match=message):
        read(data, name)


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE rdf:RDF [<!ENTITY a "aaaa">]>',
        b'<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1/x.dtd">',
        b"<!--" + b" " * 1_048_540 + b"--><!DOCTYPE x>",
        b"<!-- x -->\n<!DOCTYPE x [<!ENTITY % b SYSTEM 'file:///etc/hostname'>]>",
    ],
)
def test_declarations_in_xml_are_refused(read: ReadRdf, declaration: bytes) -> None:
    root = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    with pytest.raises(UnreadableInputError, match="declares a document type or entities"):
        read(b'<?xml version="1.0"?>\n' + declaration + root, "f.rdf")


def test_xml_that_is_not_utf_8_is_refused(read: ReadRdf) -> None:
    with pytest.raises(UnreadableInputError, match="not UTF-8"):
        read('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"), "f.rdf")


def test_a_file_that_unpacks_without_end_is_refused(read: ReadRdf) -> None:
    with pytest.raises(UnreadableInputError, match="unpacks to more than 2 MB"):
        read(gzip.compress(b"\n" * 5_000_000), "f.nt.gz", limits=Limits(unpacked_bytes=2_000_000))


def test_a_line_without_end_is_refused(read: ReadRdf) -> None:
    with pytest.raises(UnreadableInputError, match="line 2 has more than 16 MB"):
        read(TYPE.format(1).encode() + b"\n" + b"x" * 18_000_000, "f.nt")


def test_a_literal_that_takes_all_memory_is_refused(read: ReadRdf) -> None:
    data = gzip.compress(START + b'"') + gzip.compress(b"a" * 10_000_000, 1) * 15 + gzip.compress(b'" .')
    with pytest.raises(UnreadableInputError, match="more than 200 MB"):
        read(data, "f.ttl.gz", limits=Limits(memory_bytes=200_000_000))


def test_a_file_that_claims_ten_gigabytes_is_refused_unread(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with (tmp_path / "f.nt").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(UnreadableInputError, match="more than 2000 MB"):
        read_rdf(SourceSettings("t", "rdf", 1, path="f.nt"), tmp_path, vocabulary)


def test_too_many_statements_are_refused(read: ReadRdf) -> None:
    text = "\n".join(line.format(number) for number in range(10) for line in (TYPE, NAME))
    with pytest.raises(UnreadableInputError, match="more than 19 statements"):
        read(text, "f.nt", limits=Limits(statements=19))


def test_an_endless_reading_is_ended(read: ReadRdf) -> None:
    data = gzip.compress(b"# nothing\n" * 1_000_000, 1) * 60
    with pytest.raises(UnreadableInputError, match="takes more than 1 seconds"):
        read(data, "f.nt.gz", limits=Limits(seconds=1))


@pytest.mark.parametrize(
    "address",
    [
        "http://schema.org", "https://schema.org/", "https://www.schema.org", "HTTP://Schema.org", "//schema.org/", "schema.org",
        "https://schema.org/#", "https://schema.org/docs/jsonldcontext.json",
    ],
)  # fmt: skip
def test_the_context_of_schema_org_is_known_in_all_spellings(read: ReadRdf, address: str) -> None:
    data = json.dumps({"@context": address, "@type": "Movie", "name": "Hier", "sameAs": "https://x.example/1"})
    reading, _ = read(data, "f.jsonld")
    assert facts_of(reading) == ["Hier: name Hier", "Hier: sameAs https://x.example/1"]


@pytest.mark.parametrize(
    "context",
    [
        "https://partner.example/context.jsonld",
        "file:///etc/hostname",
        ["https://schema.org", "http://127.0.0.1:9/c"],
        {"@import": "https://schema.org/"},
        {"name": {"@id": "http://schema.org/name", "@context": "https://inner.example/c"}},
    ],
)
def test_any_other_context_is_refused_by_its_name(read: ReadRdf, context: object) -> None:
    with pytest.raises(UnreadableInputError, match=r"nothing is fetched|@import is not read"):
        read(json.dumps({"@context": context, "@type": "Movie", "name": "Hier"}), "f.json")


def test_relative_iris_are_resolved_against_the_address_of_the_source(read: ReadRdf) -> None:
    data = '{"@context": "https://schema.org", "@graph": [{"@id": "film/1", "@type": "Movie", "name": "Hier"}]}'
    reading, _ = read(data, "f.jsonld", url="https://partner.example/programme/")
    assert facts_of(reading)[1] == "partner-example-programme-film-1: sameAs https://partner.example/programme/film/1"
    reading, _ = read(data, "f.jsonld")
    assert facts_of(reading) == ["t-film-1: name Hier"]


def test_blank_nodes_are_the_same_at_each_reading(read: ReadRdf) -> None:
    data = json.dumps({"@context": "https://schema.org", "@type": "Event", "name": "A talk", "location": {"name": "x"}})
    first, second = (read(data, "f.jsonld")[0] for _ in range(2))
    assert first == second
    assert first.unread
