"""`eligibility`: what search engines may show of the current release, and what keeps them from showing more."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from filmgraph.eligibility import Eligibility, Gap, judge, list_pages, read_blocks
from filmgraph.findings import Severity
from filmgraph.manifest import load_manifest
from filmgraph.serving import release_path
from filmgraph.serving_pages import open_pages
from filmgraph.settings import Settings, load_settings
from filmgraph.validation_publish import load_publishing_shapes

__all__ = ["eligibility_command", "report_eligibility"]

_WORDS = {Severity.VIOLATION: "wrong", Severity.WARNING: "needed", Severity.INFO: "recommended"}


@click.command("eligibility")
@click.argument("catalogue", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def eligibility_command(catalogue: Path, as_json: bool) -> None:
    """Say which features of search engines the pages of the current release are eligible for, and what is missing.

    The pages are those of the sitemap; nothing is asked over a network. Exit code 1 when a page's own markup is wrong.
    """
    lines = report_eligibility(load_settings(catalogue, os.environ))
    if as_json:
        click.echo(json.dumps([_to_dict(each) for each in lines], indent=1, ensure_ascii=False))
    else:
        for text in _to_lines(lines):
            click.echo(text)
    if any(gap.demand.severity is Severity.VIOLATION for line in lines for gap in line.gaps):
        sys.exit(1)


def report_eligibility(settings: Settings) -> tuple[Eligibility, ...]:
    """Return the report on the current release; NoReleaseError when there is none, ReleaseError for a page that fails."""
    get = open_pages(settings)
    # What the release was built with: its pages name themselves after that.
    base_url = load_manifest(release_path(settings)).base_iri
    blocks = read_blocks(get, base_url, list_pages(get, base_url))
    return judge(blocks, load_publishing_shapes(), base_url)


def _to_lines(lines: Iterable[Eligibility]) -> Iterator[str]:
    shown = list(lines)
    for kind in dict.fromkeys(each.kind for each in shown):
        yield kind
        for each in (line for line in shown if line.kind == kind):
            yield f"  {each.feature.name}: {each.eligible} of {each.pages} pages eligible"
            yield from (f"    {_gap_line(gap)}" for gap in each.gaps)


def _gap_line(gap: Gap) -> str:
    why = f" ({gap.demand.absence})" if gap.demand.absence else ""
    return f"{_WORDS[gap.demand.severity]} on {gap.pages}: {gap.demand.message}{why}, e.g. {gap.example_url}"


def _to_dict(line: Eligibility) -> dict[str, object]:
    gaps = [
        {
            "demand": each.demand.id,
            "severity": each.demand.severity.value,
            "message": each.demand.message,
            "absence": each.demand.absence,
            "pages": each.pages,
            "example": each.example_url,
        }
        for each in line.gaps
    ]
    feature = {"feature": line.feature.name, "documentation": line.feature.url}
    return {"kind": line.kind, **feature, "pages": line.pages, "eligible": line.eligible, "gaps": gaps}
