"""Writes the site of the current release to files that any web server can serve.

It begins with the list of all addresses and goes on to wherever the pages lead; what leads nowhere is told. What only a program
knows, such as formats by Accept and what became of things that are gone, goes into two files of rules for nginx (`nginx`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from filmgraph import __version__
from filmgraph.errors import ExportError
from filmgraph.export_folder import Counts, ExportFolder, replacing
from filmgraph.export_pages import PageWriter, Written
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES, to_prefix
from filmgraph.nginx import StaticSite, write_http_rules, write_server_rules
from filmgraph.serving import open_app, release_path
from filmgraph.settings import Settings
from filmgraph.web.addresses import list_addresses, site_of
from filmgraph.web.changes import ACTIVITY_TYPE
from filmgraph.web.drawings import DRAWING_POLICY
from filmgraph.web.headers import PAGE_POLICY, STANDING
from filmgraph.web.site import Site

__all__ = ["RULES_FOLDER", "ExportReport", "export_site", "write_rest", "write_site"]

#: Where the rules for nginx are, below the export; they keep it from being asked for.
RULES_FOLDER: Final = ".server"
#: An address that no release has.
_NOWHERE: Final = "/nothing/is/here"
#: What stands in front of and behind the name of a thing.
_AROUND_NAME: Final = re.compile(r"^/(?:[a-z]{2}/|linkset/)?|\.[a-z]+$|/facts$")

Say = Callable[[str], object]
WriteAll = Callable[[Sequence[str]], list[Written]]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did. `dead` are addresses that pages lead to and that no file answers, each with such a page."""

    release_id: str
    counts: Counts
    dead: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process needs to know to write pages."""

    settings: Settings
    release_path: Path
    folder: ExportFolder

    def open(self) -> PageWriter:
        app = open_app(self.settings, self.release_path, None, is_static=True)
        base_url = site_of(app).iris.base
        return PageWriter(app, self.folder, urlsplit(base_url).path.rstrip("/"), base_url, self.release_path)

    def write(self, paths: Sequence[str]) -> list[Written]:
        return self.open().write_all(paths)


def export_site(settings: Settings, target: Path, jobs: int, say: Say) -> ExportReport:
    """Write the site of the current release into `target`, or replace the export that is there, by so many processes.

    NoReleaseError when there is no release; ExportError when the folder holds something else, or a page cannot be written: then
    nothing was replaced.
    """
    path, target = release_path(settings), target.resolve()
    if target.is_relative_to(settings.releases_path.resolve()):
        raise ExportError(f"{target} lies within the releases, which are sealed: name a folder outside of them")
    about = {"release": path.name, "software": f"filmgraph {__version__}"}
    with replacing(target, about) as (folder, counts):
        job = _Job(settings, path, folder)
        write_listed = partial(_write_parallel, job, jobs) if jobs > 1 else None
        dead = write_site(job.open(), say, write_listed)
    return ExportReport(path.name, counts[0], dead)


def write_site(writer: PageWriter, say: Say, write_listed: WriteAll | None = None) -> tuple[tuple[str, str], ...]:
    """Write all files of a site; return the addresses that lead nowhere, each with a page that leads there.

    `write_listed` writes what is listed, by default in this process. Raises ExportError for a page that fails.
    """
    listed = sorted(
        list_addresses(writer.app, writer.root), key=lambda path: _AROUND_NAME.sub("", path.removeprefix(writer.root))
    )
    say(f"{len(listed)} addresses are listed")
    written = (write_listed or writer.write_all)(listed)
    known = set(listed)
    while found := _find_new(written, known):
        say(f"{len(found)} more are found in the pages")
        known.update(found)
        written += writer.write_all(found)
    write_rest(writer, site_of(writer.app))
    return tuple(_find_dead(written))


def _write_parallel(job: _Job, jobs: int, paths: Sequence[str]) -> list[Written]:
    """Share the paths out so that those of one thing stay together: it is then described once."""
    share = -(-len(paths) // jobs)
    shares = [paths[start : start + share] for start in range(0, len(paths), share)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return [each for part in pool.map(job.write, shares) for each in part]


def _find_new(written: Iterable[Written], known: set[str]) -> list[str]:
    """Return where pages lead to that is not known yet; no file answers to a question mark."""
    return list(
        dict.fromkeys(link for each in written for link in each.leads_to if link not in known and "?" not in link and link)
    )


def _find_dead(written: Sequence[Written]) -> Iterable[tuple[str, str]]:
    dead = {each.path for each in written if each.problem}
    seen = set()
    for each in written:
        for link in each.leads_to:
            if (link in dead or "?" in link) and link not in seen:
                seen.add(link)
                yield link, each.path
    yield from ((path, "the list of all addresses") for path in dead - seen)


def write_rest(writer: PageWriter, site: Site) -> None:
    """Write the pages of errors, and the rules for nginx."""
    for language in LANGUAGES:
        prefix = to_prefix(language)
        writer.write_refusal(f"{writer.root}{prefix}{_NOWHERE}", f"{prefix}/404.html".lstrip("/"))
    moved = _find_moved(site)
    for name, survivor in moved.items():
        if survivor is None:
            writer.write_refusal(f"{writer.root}/{name}", f"gone/{name}.html")
    rules = StaticSite(
        root=writer.root,
        base_url=writer.base_url,
        release_id=site.manifest.release_id,
        formats=site.formats,
        languages=[each for each in LANGUAGES if each != FIRST_LANGUAGE],
        moved=moved,
        headers=STANDING,
        drawing_policy=DRAWING_POLICY,
        policy=PAGE_POLICY,
        activity_type=ACTIVITY_TYPE,
    )
    writer.folder.put(f"{RULES_FOLDER}/nginx-http.conf", write_http_rules(rules).encode())
    writer.folder.put(f"{RULES_FOLDER}/nginx-server.conf", write_server_rules(rules).encode())


def _find_moved(site: Site) -> dict[str, str | None]:
    """Return the names (`film/here-2024`) of things that are gone, each with that of what replaced it."""
    moved: dict[str, str | None] = {}
    for iri, survivor_iri in sorted(site.retired.items()):
        thing, survivor = site.iris.parse(iri), site.iris.parse(survivor_iri or "")
        if thing is not None:
            moved[f"{thing.segment}/{thing.key}"] = f"{survivor.segment}/{survivor.key}" if survivor else None
    return moved
