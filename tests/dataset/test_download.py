from __future__ import annotations

import pytest

from filmgraph.download import Purpose, read_download


@pytest.mark.parametrize(
    ("name", "purpose", "part", "media_type", "is_gzip", "is_data", "is_whole"),
    [
        ("demo.nt.gz", Purpose.EVERYTHING, "demo", "application/n-triples", True, True, True),
        ("demo.v2.ttl.gz", Purpose.EVERYTHING, "demo.v2", "text/turtle", True, True, True),
        ("demo.ndjson.gz", Purpose.EVERYTHING, "demo", "application/x-ndjson", True, True, True),
        ("class/film.trig.gz", Purpose.CLASS, "film", "application/trig", True, True, False),
        ("edition/fest-2026.jsonld.gz", Purpose.EDITION, "fest-2026", "application/ld+json", True, True, False),
        ("tables/film.csv", Purpose.TABLE, "film", "text/csv", False, True, False),
        ("tables/film.parquet", Purpose.TABLE, "film", "application/vnd.apache.parquet", False, True, False),
        ("tables/data-dictionary.csv", Purpose.TABLE, "data-dictionary", "text/csv", False, False, False),
        ("ontology/roles.ttl", Purpose.RULES, "roles", "text/turtle", False, False, False),
        ("shapes/movie.ttl", Purpose.RULES, "movie", "text/turtle", False, False, False),
        ("SHA256SUMS", Purpose.CHECK, "SHA256SUMS", "text/plain", False, False, False),
    ],
)
def test_the_name_tells_what_a_file_is(
    name: str, purpose: Purpose, part: str, media_type: str, is_gzip: bool, is_data: bool, is_whole: bool
) -> None:
    found = read_download(name)
    assert (found.purpose, found.part, found.format.media_type, found.is_gzip) == (purpose, part, media_type, is_gzip)
    assert (found.is_data, found.is_whole_graph) == (is_data, is_whole)
