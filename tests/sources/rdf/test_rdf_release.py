"""RDF through the whole pipeline: a release read back says the same, and a second import updates what the first one made."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from filmgraph.findings import Severity
from filmgraph.incremental import assembling
from filmgraph.namespaces import FG, PROV, SCHEMA
from filmgraph.release import publish
from filmgraph.settings import load_settings
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Assembler, Built

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = """[catalogue]
id = "partner"
base_iri = "https://films.example/"
title = "Partner"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
"""
SOURCE = """
[[sources]]
id = "{0}"
kind = "rdf"
path = "{1}"
"""
FILMS = """@prefix schema: <https://schema.org/> .
<https://partner.example/film/1> a schema:Movie ; schema:name "Hier" ; schema:dateCreated "2023" ; schema:countryOfOrigin "BE" ;
    schema:director [ a schema:Person ; schema:name "An Peeters" ] .
"""
OTHERS = FILMS.replace("film/1", "film/2").replace("Hier", "Elders ver weg").replace("An Peeters", "Jo Maes")


def facts(triples: object) -> set[str]:
    """Return the facts, without the sources and what tells of them, and without the description of the data set."""
    lines = {str(each) for each in triples}  # type: ignore[attr-defined]
    about = (f"<{PROV.wasDerivedFrom}>", f"<{FG.certainty}>", f"<{FG.reason}>")
    return {each for each in lines if not any(part in each for part in ("/id/source/", "/id/dataset/", *about))}


def test_a_release_read_back_gives_the_same_facts(demo_release: Built, assemble_catalogue: Assembler, tmp_path: Path) -> None:
    dump = demo_release.path / "dumps" / "filmgraph-demo.nt.gz"
    shutil.copyfile(dump, tmp_path / "demo.nt.gz")
    base = f'base_iri = "{demo_release.settings.base_iri}"'
    settings = SETTINGS.replace('base_iri = "https://films.example/"', base) + SOURCE.format("back", "demo.nt.gz")
    (tmp_path / "filmgraph.toml").write_text(settings, encoding="utf-8")
    again = assemble_catalogue(tmp_path)
    was, now = facts(demo_release.assembly.published), facts(again.published)
    # What is inspired by a work names it as such, and the file only as a book, which is one.
    lost = {each for each in was - now if not each.endswith(f"<{SCHEMA.CreativeWork}>")}
    assert (lost, now - was) == (set(), set())
    assert len(now) > 3000
    assert not again.report.blocks_release


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    text = SETTINGS + SOURCE.format("films", "films.ttl") + SOURCE.format("others", "others.ttl")
    (tmp_path / "filmgraph.toml").write_text(text, encoding="utf-8")
    (tmp_path / "films.ttl").write_text(FILMS, encoding="utf-8")
    (tmp_path / "others.ttl").write_text(OTHERS, encoding="utf-8")
    return tmp_path


def test_a_second_import_updates_and_reads_only_what_changed(
    catalogue: Path, loaded_vocabulary: Vocabulary, loaded_shapes: Shapes
) -> None:
    titles = []
    for text in (FILMS, FILMS.replace("Hier", "Daar")):
        (catalogue / "films.ttl").write_text(text, encoding="utf-8")
        settings = load_settings(catalogue)
        with assembling(settings, loaded_vocabulary, loaded_shapes, "2026-11-22", lambda stage: None) as draft:
            publication = publish(draft.assembly, loaded_vocabulary, lambda: NOW, lambda stage: None)
            assert draft.keep(publication.path, publication.parts) == ""
        store = Store.read_only(str(publication.path / "store"))
        named = store.quads_for_pattern(None, NamedNode(SCHEMA.name), None)
        titles.append({str(each.subject): str(each.object) for each in named})
    film = "https://films.example/id/film/partner-example-film-1"
    assert [each[f"<{film}>"] for each in titles] == ['"Hier"', '"Daar"']
    assert titles[0].keys() == titles[1].keys()
    assert draft.tally is not None
    assert "1 of 2 source files read" in str(draft.tally)
    assert all(each.severity is not Severity.VIOLATION for each in draft.assembly.report)
    address = "https://partner.example/film/1"
    assert list(store.quads_for_pattern(NamedNode(film), NamedNode(SCHEMA.sameAs), NamedNode(address)))
