"""The house's floors: imports go downward only, build and serve never meet, some libraries have one room each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "filmgraph"

FLOORS: dict[str, int] = {
    **dict.fromkeys(["errors", "themes", "languages", "namespaces", "formats", "findings", "resources", "results"], 0),
    **dict.fromkeys(
        [
            "iris",
            "model",
            "values",
            "settings",
            "manifest",
            "serialisation",
            "vocabulary",
            "schemaorg",
            "queries",
            "changelog",
            "coverage",
            "download",
            "folding",
            "dictionary",
        ],
        1,
    ),
    "release_lease": 1,  # before `release`, whose room it would belong to by its name
    "facets_index": 2,
    "facets_model": 1,
    "facets": 3,
    # before `search`, likewise: what build writes, and what both agree on
    "search_index": 2,
    "search_model": 1,
    **dict.fromkeys(
        [
            "sources",
            "identity",
            "matching",
            "decisions",
            "links",
            "mapping",
            "resolve",
            "validation",
            "dataset",
            "dumps",
            "changes",
            "assembly",
            "incremental",
            "release",
            "chunks",
            "chunks_things",
            "index_extract",
            "scaffold",
        ],
        2,
    ),
    **dict.fromkeys(["stores", "queryguard", "queryrewrite", "queryworkers", "describe", "admission", "departure", "search"], 3),
    **dict.fromkeys(["programme", "activities", "revisions", "modified", "careers", "whereabouts"], 3),
    **dict.fromkeys(
        [
            "negotiation",
            "sparql_protocol",
            "service_description",
            "pages",
            "drawings",
            "jsonld",
            "ical",
            "sitemap",
            "signposting",
            "sharecard",
            "nginx",
        ],
        4,
    ),
    **dict.fromkeys(["remarks", "template"], 4),  # what is told to editors, and what they fill in
    "web": 5,
    **dict.fromkeys(["checking", "pending", "editing"], 6),  # an editor's work: the build, and the words for it
    **dict.fromkeys(["cli", "serving", "querying", "eligibility", "enrich", "export", "__main__"], 6),
}
BUILD, SERVE = {2}, {3, 4, 5}
CONFINED: dict[str, set[str]] = {
    "brotli": {"web"},
    "flask": {"web", "serving", "export"},
    "flask_compress": {"web"},
    "werkzeug": {"web"},
    "PIL": {"sharecard"},
    "pyarrow": {"dumps"},
    "rapidfuzz": {"search", "matching"},
    "pyshacl": {"validation"},
    "SPARQLWrapper": {"stores.remote"},
    "selectolax": {"sources"},
    "python_calamine": {"sources"},
    "icalendar": {"sources"},
    "dateutil": {"sources"},
    "click": {"cli"},
    "rich": {"cli"},
    "granian": {"serving"},
    "openpyxl": {"checking", "template"},
}


def room(name: str) -> str:
    """`validation_rules` belongs to the room `validation`; `sources.page` to `sources`."""
    head = name.split(".")[0]
    return next((each for each in FLOORS if head == each or head.startswith(each + "_")), head)


def modules() -> list[tuple[str, Path]]:
    names = []
    for path in sorted(SRC.rglob("*.py")):
        name = ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        if name != "__init__":
            names.append((name, path))
    return names


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "filmgraph")


def own(path: Path) -> set[str]:
    return {name.removeprefix("filmgraph.") for name in imports(path) if name.startswith("filmgraph.")}


MODULES = modules()


def test_the_walk_sees_the_whole_package() -> None:
    assert len(MODULES) >= 30


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_every_module_has_a_floor_and_imports_downward_only(name: str, path: Path) -> None:
    assert room(name) in FLOORS, f"{name}: give it a floor in FLOORS"
    for imported in own(path):
        if imported == "__version__" or room(imported) == room(name):
            continue
        above, below = FLOORS[room(name)], FLOORS[room(imported)]
        assert below <= above, f"{name} imports {imported}, which is on a floor above"
        assert not (above in SERVE and below in BUILD), f"{name} (serve) imports {imported} (build)"


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_libraries_stay_in_their_rooms(name: str, path: Path) -> None:
    for imported in imports(path):
        rooms = CONFINED.get(imported.split(".")[0])
        if rooms is not None:
            assert name in rooms or room(name) in rooms, f"{name} imports {imported}, which belongs to {sorted(rooms)}"


def test_there_is_no_import_cycle() -> None:
    graph = {name: {each for each in own(path) if each in dict(MODULES)} - {name} for name, path in MODULES}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for each in sorted(graph[name]):
                visit(each, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_files_and_functions_stay_short() -> None:
    lengths = []
    for name, path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, f"{name}: {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                body = node.body[1:] if is_doc and len(node.body) > 1 else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1
                assert length <= 60, f"{name}.{node.name}: {length} lines"
                lengths.append(length)
    lengths.sort()
    assert lengths[int(len(lengths) * 0.9)] <= 25
