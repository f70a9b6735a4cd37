"""The examples of docs/web-pages.md and docs/enrich.md are read, and give what stands below them."""

from __future__ import annotations

import re

import pytest

from filmgraph.cli_enrich import enrich_command
from filmgraph.links import ACCEPTED, REFUSED, links_csv, parse_links
from filmgraph.sources.html.profile import PROSE_FIELDS
from tests.conftest import ROOT
from tests.sources.html.conftest import ReadHtml
from tests.sources.html.test_html_pages import facts_of

BLOCK = re.compile(r"^```(\w+)\n((?:.*\n)*?)```$", flags=re.MULTILINE)
PAGES = (ROOT / "docs" / "web-pages.md").read_text(encoding="utf-8")
ENRICH = (ROOT / "docs" / "enrich.md").read_text(encoding="utf-8")


def examples() -> list[dict[str, str]]:
    """Return the examples: blocks from one of kind `html` to one of kind `facts`, by kind."""
    found: list[dict[str, str]] = []
    for kind, text in BLOCK.findall(PAGES):
        if kind == "html":
            found.append({})
        if found:
            found[-1][kind] = text
    return found


@pytest.mark.parametrize("number", range(2))
def test_example_gives_the_facts_below_it(number: int, read: ReadHtml) -> None:
    assert len(examples()) == 2
    example = examples()[number]
    reading = read(example["html"], example.get("toml", ""), language="es")
    assert facts_of(reading) == example["facts"].splitlines()
    assert reading.findings == ()
    assert all(each.is_understood for each in reading.unread)


def test_every_field_that_a_label_can_stand_for_is_named() -> None:
    assert [each for each in PROSE_FIELDS - {"title"} if each not in PAGES] == []


def test_links_of_the_example_are_read_and_written_alike() -> None:
    (text,) = [text for kind, text in BLOCK.findall(ENRICH) if kind == "csv"]
    links = parse_links(text.encode(), "links.csv")
    assert [each.decision for each in links] == [ACCEPTED, REFUSED, ""]
    assert links_csv(links) == text


def test_options_of_the_page_are_those_of_the_command() -> None:
    known = {name for option in enrich_command.params for name in option.opts}
    named = set(re.findall(r"--[a-z-]+", ENRICH))
    assert named <= known
    assert {"--endpoint", "--batch", "--pause", "--failures", "--again", "--by", "--note"} <= named
