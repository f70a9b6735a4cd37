"""The examples of docs/rdf-sources.md are read, and give the facts and the report that stand below them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from filmgraph.sources.rdf.opening import FORMATS, RDF_LIMITS
from filmgraph.sources.rdf.profile import _RULE_KNOWN
from tests.conftest import ROOT
from tests.sources.rdf.conftest import ReadRdf, facts_of

TEXT = (ROOT / "docs" / "rdf-sources.md").read_text(encoding="utf-8")


def examples() -> list[dict[str, str]]:
    """Return the examples: a Turtle block with the profile before it, and the facts and the report after it."""
    found: list[dict[str, str]] = []
    profile = ""
    for kind, text in re.findall(r"^```(.+)\n((?:.*\n)*?)```$", TEXT, flags=re.MULTILINE):
        if kind == "toml":
            profile = "" if "[[sources]]" in text else text
        elif kind == "turtle":
            found.append({"profile": profile})
        if found and kind != "toml":
            found[-1][kind] = text
    return found


@pytest.mark.parametrize("number", range(2))
def test_an_example_gives_what_stands_below_it(number: int, read: ReadRdf) -> None:
    example = examples()[number]
    reading, _ = read(example["turtle"].encode(), "partner.ttl", example["profile"])
    assert facts_of(reading) == example["facts"].splitlines()
    if "report" in example:
        assert [f"{each.severity.value}: {each.message}" for each in reading.findings] == example["report"].splitlines()
    else:
        assert reading.unread == ()


def test_there_are_two_examples() -> None:
    assert len(examples()) == 2


def test_every_setting_and_every_suffix_is_described() -> None:
    described = set(re.findall(r"`([a-z_.]+)", TEXT))
    assert (_RULE_KNOWN | set(FORMATS)) - described == set()


def test_the_limits_are_those_of_the_program() -> None:
    limits = RDF_LIMITS
    sizes = [f"{each // 1_000_000_000} GB" for each in (limits.memory_bytes, limits.file_bytes, limits.unpacked_bytes)]
    told = f"{sizes[0]} of memory, {limits.seconds} seconds of a processor, {sizes[1]} of file, {sizes[2]} unpacked, "
    assert told + f"{limits.statements // 1_000_000} million statements" in " ".join(TEXT.split())


def test_every_shipped_profile_is_named() -> None:
    names = [each.name.removesuffix(".toml") for each in (files("filmgraph") / "profiles").iterdir()]
    assert [each for each in names if each.startswith(("wikidata", "imdb")) and f"`{each}`" not in TEXT] == []
