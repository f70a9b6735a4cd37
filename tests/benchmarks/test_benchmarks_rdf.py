"""The benchmark of RDF imports makes up a file of the same bytes each time, and every statement of it is accounted for."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rdf_import import format_counts, read, write_catalogue
from benchmarks.rdf_made import LISTED, write_rdf
from filmgraph.namespaces import SCHEMA

FILMS = 3


def test_a_file_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_rdf(tmp_path / name, FILMS, seed)
    texts = [(tmp_path / name).read_bytes() for name in "abc"]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_every_statement_of_the_file_is_accounted_for(tmp_path: Path) -> None:
    statements = write_catalogue(tmp_path / "catalogue", FILMS)
    reading = read(tmp_path / "catalogue")
    assert reading.total == statements
    listed = {name for name, counts in reading.counts.items() if counts["listed"]}
    assert listed == {SCHEMA.term(each) for each in LISTED}
    assert format_counts(reading, statements).endswith(f"{statements:,} statements came in, {statements:,} are accounted for.")
