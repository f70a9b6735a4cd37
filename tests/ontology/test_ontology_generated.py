"""What the scripts in `ontology/` would write today is what is shipped."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from filmgraph.namespaces import RDFS, SCHEMA
from filmgraph.schemaorg import load_terms

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY_PATH = ROOT / "ontology"
TERMS_PATH = ROOT / "src" / "filmgraph" / "schemaorg_terms.json"


def load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ONTOLOGY_PATH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("file", "function"), [("countries.ttl", "make_countries"), ("languages.ttl", "make_languages")])
def test_names_are_those_that_the_script_writes(file: str, function: str) -> None:
    made = getattr(load_script("make_names"), function)()
    assert made == (ONTOLOGY_PATH / file).read_text(encoding="utf-8"), (
        f"run: python ontology/make_names.py (or undo the edit of {file})"
    )


def test_countries_are_those_of_iso_3166_and_kosovo() -> None:
    script = load_script("make_names")
    current = [line for line in script.make_countries().splitlines() if line.startswith("country:") and line[10] == " "]
    assert len(current) == 249 + 1
    assert any(line.startswith("country:XK ") for line in current)


def test_term_table_is_what_the_script_writes(shared_path: Path) -> None:
    vocabulary_path = shared_path / "suites" / "schemaorg-30.0" / "schemaorg-all-http.ttl"
    made = load_script("make_schemaorg_terms").make_terms("30.0", vocabulary_path)
    assert made == TERMS_PATH.read_text(encoding="utf-8"), "run: python ontology/make_schemaorg_terms.py"


def test_term_table_is_small_and_holds_names_only() -> None:
    assert TERMS_PATH.stat().st_size < 150_000
    tables = json.loads(TERMS_PATH.read_text(encoding="utf-8"))
    assert sorted(tables) == ["classes", "members", "properties", "release", "superseded"]
    names = {name for table in tables.values() if isinstance(table, dict) for key, each in table.items() for name in (key, *each)}
    assert all(name.isascii() and name.replace("_", "").isalnum() for name in names)


@pytest.mark.parametrize(("table", "minimum"), [("classes", 800), ("properties", 1400), ("members", 400), ("superseded", 50)])
def test_term_table_is_whole(table: str, minimum: int) -> None:
    tables = json.loads(TERMS_PATH.read_text(encoding="utf-8"))
    assert len(tables[table]) >= minimum


def test_subclass_facts_are_those_of_schema_org() -> None:
    above = load_terms().superclasses
    facts = [quad.triple for quad in parse((ONTOLOGY_PATH / "schemaorg-classes.ttl").read_bytes(), format=RdfFormat.TURTLE)]
    assert {each.predicate.value for each in facts} == {RDFS.subClassOf}
    for fact in facts:
        assert isinstance(fact.subject, NamedNode)
        assert isinstance(fact.object, NamedNode)
        assert fact.object.value in above[fact.subject.value]


@pytest.mark.parametrize(
    ("class_iri", "superclass_iri"),
    [
        (SCHEMA.Movie, SCHEMA.CreativeWork),
        (SCHEMA.ScreeningEvent, SCHEMA.Event),
        (SCHEMA.Festival, SCHEMA.Event),
        (SCHEMA.EventSeries, SCHEMA.Event),
        (SCHEMA.MovieTheater, SCHEMA.Place),
        (SCHEMA.MovieTheater, SCHEMA.Organization),
        (SCHEMA.Country, SCHEMA.Place),
        (SCHEMA.PerformanceRole, SCHEMA.Role),
        (SCHEMA.MusicGroup, SCHEMA.Organization),
        (SCHEMA.ImageObject, SCHEMA.CreativeWork),
    ],
)
def test_subclass_facts_lead_from_class_to_superclass(class_iri: str, superclass_iri: str) -> None:
    facts = [quad.triple for quad in parse((ONTOLOGY_PATH / "schemaorg-classes.ttl").read_bytes(), format=RdfFormat.TURTLE)]
    reached = {class_iri}
    while more := {str(each.object)[1:-1] for each in facts if str(each.subject)[1:-1] in reached} - reached:
        reached |= more
    assert superclass_iri in reached
