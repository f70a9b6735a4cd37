"""The small words that everything else is made of: IRIs, namespaces, formats, findings, values, errors, the manifest."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import filmgraph
from filmgraph import errors
from filmgraph.errors import FilmgraphError, IriError, ReleaseError
from filmgraph.findings import Finding, Report, Severity, SourcePlace
from filmgraph.formats import DocumentFormat, RdfFormat, ResultsFormat
from filmgraph.iris import IriScheme, Kind, ThingId
from filmgraph.manifest import FileEntry, Manifest
from filmgraph.model import PartialDate
from filmgraph.namespaces import FG_BASE, PREFIXES, SCHEMA, shorten
from filmgraph.resources import find_ontology_path, find_shapes_path

OWN = IriScheme("https://films.example.org/")
MODULES = sorted(
    each.name for each in pkgutil.walk_packages(filmgraph.__path__, "filmgraph.") if not each.name.endswith("__main__")
)


@pytest.mark.parametrize("kind", Kind)
def test_an_iri_reads_back_as_what_it_was_made_of(kind: Kind) -> None:
    iri = OWN.thing(kind, "a-1")
    assert OWN.parse(iri) == ThingId(kind.segment, "a-1")
    assert OWN.parse(iri + "#part") == ThingId(kind.segment, "a-1")
    assert OWN.parse(iri) is not None
    assert iri.startswith(FG_BASE if kind.is_vocabulary else OWN.base)


@pytest.mark.parametrize(
    "iri",
    [
        "https://films.example.org/id/film/",
        "https://films.example.org/id/nothing/a",
        "https://films.example.org/film/a",
        "https://films.example.org.evil.example/id/film/a",
        "https://films.example.org/id/film/a/b",
        "https://films.example.org/id/film/a%2f",
        "https://films.example.org/id/role/director",
        "",
    ],
)
def test_what_is_not_ours_is_no_thing(iri: str) -> None:
    assert OWN.parse(iri) is None


@pytest.mark.parametrize("key", ["", "a b", "-a", "a-", "a--b", "ä", "a/b", "../a", "a\n", "a" * 300])
def test_a_key_that_cannot_stand_in_an_iri_is_refused(key: str) -> None:
    with pytest.raises(IriError):
        OWN.thing(Kind.FILM, key)


def test_every_kind_has_a_path_of_its_own() -> None:
    assert len({kind.segment for kind in Kind}) == len(Kind)
    with pytest.raises(IriError, match="there are film"):
        Kind.from_segment("movie")


def test_schema_org_is_spelled_http_everywhere() -> None:
    assert SCHEMA.name == "http://schema.org/name"
    assert not [namespace for namespace in PREFIXES.values() if namespace.startswith("https://schema.org")]


def test_shortening_takes_known_prefixes_only() -> None:
    assert shorten("http://schema.org/name") == "schema:name"
    assert shorten("http://schema.org/a/b") == "http://schema.org/a/b"
    assert shorten("https://example.org/x") == "https://example.org/x"


def test_no_two_formats_share_a_media_type_or_suffix() -> None:
    for table in (DocumentFormat, ResultsFormat):
        types = [media_type for each in table for media_type in each.format.accepted]
        suffixes = [each.suffix for each in table]
        assert len(set(types)) == len(types)
        assert len(set(suffixes)) == len(suffixes)
    assert DocumentFormat.HTML not in RdfFormat


@pytest.mark.parametrize(("text", "year"), [("2023", 2023), ("2023-10", 2023), ("1999-12-31", 1999)])
def test_a_partial_date_knows_its_year(text: str, year: int) -> None:
    assert PartialDate(text).year == year


@pytest.mark.parametrize("text", ["23", "2023-13", "2023-02-30", "2023-1", "20231005", "", "2023-10-15T10"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        PartialDate(text)


def test_a_place_reads_as_an_editor_would_say_it() -> None:
    assert str(SourcePlace("films.csv", 7, 7, "year")) == "films.csv, row 7, column year"
    assert str(SourcePlace("page.txt", 7)) == "page.txt, line 7"
    assert str(SourcePlace("filmgraph.toml")) == "filmgraph.toml"


def test_a_place_is_a_standard_fragment() -> None:
    assert SourcePlace("page.txt", 7).fragment == "line=6,7"
    assert SourcePlace("films.csv", 9, 7, "year").fragment == "row=7"


def test_a_report_is_sorted_worst_first_and_without_doubles() -> None:
    hint, fault = Finding("b", Severity.INFO, "hint"), Finding("z", Severity.VIOLATION, "fault")
    report = Report.of([hint, fault, hint])
    assert list(report) == [fault, hint]
    assert report.blocks_release
    assert not Report.of([hint, Finding("c", Severity.WARNING, "care")]).blocks_release


@given(
    st.lists(
        st.builds(SourcePlace, st.text(), st.none() | st.integers(1, 9), st.none() | st.integers(1, 9), st.none() | st.text())
    )
)
def test_places_can_always_be_sorted(places: list[SourcePlace]) -> None:
    ordered = sorted(places)
    assert not [1 for before, after in pairwise(ordered) if after < before]


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    drawn = (inspect.getdoc(errors) or "").split()
    for name in errors.__all__:
        assert name in drawn, f"{name} is not in the drawing at the top of errors.py"
        assert issubclass(getattr(errors, name), FilmgraphError)


def manifest() -> Manifest:
    return Manifest(
        release_id="2026-11-22.1", created="2026-11-22T12:00:00+00:00", catalogue_id="a", title="A", publisher="B", licence="C",
        description="", base_iri="https://a.example/", languages=("en",), content_sha256="0", triples=1,
        files={"dumps/a.nt.gz": FileEntry("00", 1)},
    )  # fmt: skip


def test_a_manifest_reads_back_as_written() -> None:
    assert Manifest.from_json(manifest().to_json()) == manifest()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"release_id": 1}', "null"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="build the release again"):
        Manifest.from_json(text)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_owns_and_exports_what_it_names(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__ or not Path(module.__file__ or "").read_text(encoding="utf-8").strip(), f"{name} has no docstring"
    for exported in getattr(module, "__all__", ()):
        assert hasattr(module, exported), f"{name}.__all__ names {exported}"


def test_ontology_and_shapes_are_found_in_a_checkout() -> None:
    assert (find_ontology_path() / "filmgraph.ttl").is_file()
    assert (find_shapes_path() / "movie.ttl").is_file()
