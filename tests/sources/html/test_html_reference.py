"""What is read of a page is held against what another reader (extruct 0.18.0) read of the same page, whose answer is kept.

It gives no lines, drops the whole page's JSON-LD when one block is broken, and reads the text of `time` in RDFa instead of its
`datetime`; there the two differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from filmgraph.sources.html.items import schema_name
from filmgraph.sources.html.process import read_page_bytes

PAGES = Path(__file__).parent / "pages"
OURS = read_page_bytes({"title": "", "line": ""}, (PAGES / "three-syntaxes.html").read_bytes())["items"]
THEIRS = json.loads((PAGES / "three-syntaxes.json").read_text(encoding="utf-8"))


def ours(syntax: str) -> list[dict[str, Any]]:
    return [plain(each) for each in OURS if each["syntax"] == syntax]


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as types and values, without lines."""
    if not item["types"] and not item["values"]:
        return {"id": item["id"]}
    values = {name: [plain(v) if isinstance(v, dict) else v for v, _, _ in found] for name, found in item["values"].items()}
    return {"types": item["types"], **values}


def plain_microdata(item: dict[str, Any]) -> dict[str, Any]:
    values = {name: [plain_microdata(value) if isinstance(value, dict) else value] for name, value in item["properties"].items()}
    return {"types": [schema_name(item["type"])], **values}


def plain_json_ld(item: dict[str, Any]) -> dict[str, Any]:
    values = {name: value if isinstance(value, list) else [value] for name, value in item.items() if not name.startswith("@")}
    nested = {name: [plain_json_ld(each) if isinstance(each, dict) else each for each in found] for name, found in values.items()}
    return {"types": [item["@type"]], **nested}


def plain_rdfa(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {"types": [schema_name(each) for each in node["@type"]]}
    for name in (each for each in node if not each.startswith("@")):
        targets = [each.get("@value", nodes.get(each.get("@id"), each.get("@id"))) for each in node[name]]
        values[name] = [plain_rdfa(each, nodes) if isinstance(each, dict) else each for each in targets]
    return values


def test_microdata_is_read_alike() -> None:
    assert ours("microdata") == [plain_microdata(each) for each in THEIRS["microdata"]]


def test_json_ld_is_read_alike() -> None:
    assert ours("json-ld") == [plain_json_ld(each) for each in THEIRS["json-ld"][0]["@graph"]]


def test_rdfa_is_read_alike_but_for_the_time() -> None:
    nodes = {each["@id"]: each for each in THEIRS["rdfa"]}
    inner = {
        value["@id"]
        for each in THEIRS["rdfa"]
        for name in each
        for value in each[name]
        if isinstance(value, dict) and "@id" in value
    }
    theirs = [plain_rdfa(each, nodes) for key, each in nodes.items() if key not in inner]
    mine = ours("rdfa")
    screening = next(each for each in mine if each["types"] == ["ScreeningEvent"])
    assert screening.pop("startDate") == ["2026-10-17T19:30+02:00"]
    assert next(each for each in theirs if each["types"] == ["ScreeningEvent"]).pop("startDate") == ["tonight"]
    assert {each["types"][0]: each for each in mine} == {each["types"][0]: each for each in theirs}
