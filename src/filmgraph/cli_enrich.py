"""The command `enrich`: asks an endpoint for the same films elsewhere, lists what it proposed, writes down what was decided."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from filmgraph.enrich import Manners, Run, list_films, make_agent
from filmgraph.enrich_journal import FILE_NAME as JOURNAL
from filmgraph.enrich_journal import EnrichJournal
from filmgraph.errors import NoReleaseError
from filmgraph.identity import load_registry
from filmgraph.links import ACCEPTED, FILE_NAME, REFUSED, ProposedLink, links_csv, parse_links, with_decision
from filmgraph.release_files import replace_text
from filmgraph.release_folder import find_current
from filmgraph.settings import Settings, load_settings
from filmgraph.stores.embedded import EmbeddedStore
from filmgraph.stores.remote import RemoteEndpoint

__all__ = ["enrich_command"]

_ANSWERS: Final = {"accept": ACCEPTED, "refuse": REFUSED}
#: Wikidata keeps titles that are the same in all languages under `mul`.
_ANY_LANGUAGE: Final = "mul"


@click.command("enrich")
@click.argument("key", required=False)
@click.argument("link", required=False)
@click.argument("answer", required=False, type=click.Choice([*_ANSWERS]))
@click.option("--catalogue", default=".", type=click.Path(path_type=Path, file_okay=False), show_default=True)
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint; without it, nothing is asked.")
@click.option("--batch", default=20, type=click.IntRange(1, 200), show_default=True, help="Films in one question.")
@click.option("--pause", default=1.0, type=click.FloatRange(0), show_default=True, help="Seconds between two questions.")
@click.option("--failures", default=5, type=click.IntRange(1), show_default=True, help="Stop after so many failures in a row.")
@click.option("--again", is_flag=True, help="Ask about films too that it was asked about before.")
@click.option("--by", "decided_by", default=lambda: os.environ.get("USER", ""), metavar="NAME", help="Who decided.")
@click.option("--note", default="", metavar="TEXT", help="Why, for those who read the decision later.")
@click.option("--json", "as_json", is_flag=True, help="Print the open proposals as JSON.")
def enrich_command(
    key: str | None, link: str | None, answer: str | None, catalogue: Path, endpoint: str | None, batch: int, pause: float,
    failures: int, again: bool, decided_by: str, note: str, as_json: bool,
) -> None:  # fmt: skip
    """Find the same films elsewhere (Wikidata): ask an endpoint, list what is proposed, accept or refuse it.

    With --endpoint, it is asked about the films of the current release that have no link to Wikidata. With a key, a link and an
    answer, a proposal is decided. With neither, the open proposals are listed.
    """
    settings = load_settings(catalogue, os.environ)
    if key is not None:
        if link is None or answer is None or endpoint:
            raise click.UsageError("give the key of a film, a link and the answer: filmgraph enrich KEY LINK accept")
        _decide(settings, key, link, _ANSWERS[answer], decided_by, note)
    elif endpoint:
        _ask(settings, endpoint, Manners(batch, pause, failures), again=again)
    else:
        _list(_load(settings), as_json=as_json)


def _path(settings: Settings) -> Path:
    return settings.catalogue_path / FILE_NAME


def _load(settings: Settings) -> tuple[ProposedLink, ...]:
    path = _path(settings)
    return parse_links(path.read_bytes(), str(path)) if path.exists() else ()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _ask(settings: Settings, endpoint: str, manners: Manners, *, again: bool) -> None:
    remote = RemoteEndpoint(endpoint, timeout_seconds=60.0, agent=make_agent(settings.contact))
    release_path = find_current(settings.releases_path)
    if release_path is None:
        raise NoReleaseError(f"there is no release in {settings.releases_path} to take the films from: run filmgraph build first")
    films = list_films(EmbeddedStore.open(release_path), settings.iris)
    journal = EnrichJournal(settings.catalogue_path / JOURNAL)
    languages = tuple(dict.fromkeys((*settings.languages, _ANY_LANGUAGE)))
    run = Run(remote, languages, _path(settings), journal, manners, _today(), time.sleep, lambda text: click.echo(text, err=True))
    new = run.ask(films, again=again)
    click.echo(
        f"{new} new proposals in {_path(settings)}. List them: filmgraph enrich --catalogue {settings.catalogue_path}", err=True
    )


def _decide(settings: Settings, key: str, link: str, decision: str, decided_by: str, note: str) -> None:
    if not any(row.kind == "film" and row.key == key for row in load_registry(settings.ids_path)):
        raise click.UsageError(f"no film has the key {key}: look it up in ids.csv")
    links = with_decision(_load(settings), key, link, decision, decided_by, _today(), note)
    text = links_csv(links)
    parse_links(text.encode(), FILE_NAME)
    replace_text(_path(settings), text)
    click.echo(f"{_path(settings)}: {link} is {decision} for {key}. This counts from the next build on.", err=True)
    if not any(each.kind == "links" for each in settings.sources):
        click.echo(
            f'Add the file to filmgraph.toml: [[sources]] with id = "links", kind = "links", path = "{FILE_NAME}"', err=True
        )


def _list(links: tuple[ProposedLink, ...], *, as_json: bool) -> None:
    proposed = [each for each in links if each.is_open]
    if as_json:
        told = [
            {"key": e.key, "link": e.link, "evidence": e.evidence, "endpoint": e.endpoint, "asked": e.asked} for e in proposed
        ]
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for each in proposed:
        click.echo(f"{each.key}: {each.link}\n  {each.evidence}\n  filmgraph enrich {each.key} {each.link} accept|refuse\n")
    click.echo(f"{len(proposed)} open proposals; {sum(each.decision == ACCEPTED for each in links)} accepted", err=True)
