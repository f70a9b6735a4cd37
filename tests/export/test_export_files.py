"""The exported files: all that the site has, nothing that leads nowhere, replaced whole, and never outside of the folder."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from filmgraph.errors import ExportError
from filmgraph.export import RULES_FOLDER, write_rest
from filmgraph.export_folder import MARKER, ExportFolder, is_safe_name, replacing
from filmgraph.export_pages import PageWriter
from filmgraph.web.addresses import site_of
from tests.export.conftest import Exported, export
from tests.http.conftest import BASE

FILM = "film/here-2023"


def files_in(path: Path) -> dict[str, bytes]:
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def test_every_thing_has_its_page_in_each_language_and_its_data(exported: Exported) -> None:
    for name in (
        "index.html",
        "film/index.html",
        f"{FILM}.html",
        f"{FILM}/facts.html",
        "datasets/index.html",
        "ns.html",
        "404.html",
    ):
        for prefix in ("", "nl/", "fr/"):
            assert (exported.path / prefix / name).read_bytes().startswith(b"<!doctype html>"), prefix + name
    for name in ("ns.ttl", "shapes.ttl", "robots.txt", "sitemap.xml", "sitemap/film-1.xml", "share.png", f"share/{FILM}.png",
                 f"linkset/{FILM}.json", f"{FILM}.ics", "film/script-1999/poster.svg", "dumps/2026-11-22.1/films.nt.gz",
                 "static/filmgraph.css"):  # fmt: skip
        assert (exported.path / name).is_file(), name
    turtle = {each.triple for each in parse((exported.path / f"{FILM}.ttl").read_bytes(), RdfFormat.TURTLE)}
    json_ld = {each.triple for each in parse((exported.path / f"{FILM}.jsonld").read_bytes(), RdfFormat.JSON_LD)}
    assert turtle == json_ld
    assert turtle


def test_nothing_leads_nowhere(exported: Exported) -> None:
    assert exported.dead == ()


def test_pages_have_no_search_no_filters_and_no_query_page(exported: Exported) -> None:
    for name in ("index.html", f"{FILM}.html", "film/index.html"):
        text = (exported.path / name).read_text(encoding="utf-8")
        assert "<form" not in text, name
        assert "/sparql" not in text
        assert "opensearch" not in text
        assert not re.search(r'href="/[^"]*\?', text), name


def test_what_is_worth_it_lies_there_packed_too(exported: Exported) -> None:
    files = files_in(exported.path)
    packed = [name for name in files if name.endswith(".gz") and not name.startswith("dumps/")]
    assert {f"{FILM}.html.gz", f"{FILM}.ttl.gz", "static/filmgraph.css.gz"} <= set(packed)
    assert not [name for name in packed if name.endswith(".png.gz")]
    for name in packed:
        assert gzip.decompress(files[name]) == files[name.removesuffix(".gz")]


def test_a_second_export_leaves_every_file_as_it_is(tmp_path: Path, exported: Exported, static_release: Path) -> None:
    shutil.copytree(exported.path, tmp_path / "site")
    numbers = {path: path.stat().st_ino for path in (tmp_path / "site").rglob("*") if path.is_file()}
    total = len(numbers) - 1
    again = export(tmp_path / "site", static_release, exported.app)
    assert (again.counts.written, again.counts.unchanged, again.counts.removed) == (0, total, 0)
    assert {path: path.stat().st_ino for path in numbers if path.name != MARKER} == {
        path: number for path, number in numbers.items() if path.name != MARKER
    }
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def replace(target: Path, files: dict[str, bytes]) -> tuple[int, int, int]:
    with replacing(target, {"release": "r"}) as (folder, counts):
        for name, data in files.items():
            folder.put(name, data)
    return counts[0].written, counts[0].unchanged, counts[0].removed


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "site"
    assert replace(target, {"a": b"1", "b/c": b"2", "d": b"3"}) == (3, 0, 0)
    before = (target / "a").stat()
    assert replace(target, {"a": b"1", "b/c": b"new", "e": b"4"}) == (2, 1, 1)
    assert {name: data for name, data in files_in(target).items() if name != MARKER} == {"a": b"1", "b/c": b"new", "e": b"4"}
    assert (target / "a").stat().st_mtime_ns == before.st_mtime_ns
    assert json.loads((target / MARKER).read_text()) == {"release": "r"}


def test_an_export_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "site"
    replace(target, {"a": b"1"})
    with pytest.raises(ExportError, match="no name of a file"):
        replace(target, {"a": b"2", "../b": b"3"})
    assert (target / "a").read_bytes() == b"1"
    assert [each.name for each in tmp_path.iterdir()] == ["site"]
    # What a killed one left is swept away.
    left = tmp_path / ".site.next"
    left.mkdir()
    (left / "rubbish").write_text("")
    assert replace(target, {"a": b"1"}) == (0, 1, 0)
    assert not (target / "rubbish").exists()


def test_two_exports_at_once_do_not_mix(tmp_path: Path) -> None:
    rival = tmp_path / ".site.next"
    rival.mkdir()
    descriptor = os.open(rival, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        (rival / "theirs").write_text("")
        with pytest.raises(ExportError, match="another export"):
            replace(tmp_path / "site", {"a": b"1"})
        assert (rival / "theirs").exists()
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("name", ["photo.jpg", "film/index.html", ".hidden"])
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "home" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(ExportError, match="holds no export"):
        replace(tmp_path / "home", {"a": b"1"})
    assert path.read_text() == "mine"
    (tmp_path / "home" / MARKER).symlink_to(path)
    with pytest.raises(ExportError, match="holds no export"):
        replace(tmp_path / "home", {"a": b"1"})


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page").write_bytes(b"1")
    target = tmp_path / "site"
    replace(target, {"a": b"1", "film/page": b"1"})
    (target / "a").unlink()
    (target / "a").symlink_to(outside / "page")
    shutil.rmtree(target / "film")
    (target / "film").symlink_to(outside)
    assert replace(target, {"a": b"1", "film/page": b"1"})[:2] == (2, 0)
    assert not (target / "a").is_symlink()
    assert not (target / "film").is_symlink()
    assert files_in(outside) == {"page": b"1"}
    assert (outside / "page").stat().st_nlink == 1


@pytest.mark.parametrize("name", ["", "/etc/x", "../x", "a/../../x", "a//b", "./a", "a\\b", "a\x00b", "a/\n"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    assert not is_safe_name(name)
    with pytest.raises(ExportError, match="no name of a file"):
        ExportFolder(tmp_path / "new", tmp_path / "old").put(name, b"")
    assert list(tmp_path.iterdir()) == []


def test_the_rules_say_what_is_gone(exported: Exported) -> None:
    rules = (exported.path / RULES_FOLDER / "nginx-http.conf").read_text(encoding="utf-8")
    assert '"film/here-2024" "film/here-2023";' in rules
    assert "taken out" in (exported.path / "gone/film/gone-1950.html").read_text(encoding="utf-8")
    assert not (exported.path / "film/gone-1950.html").exists()


def test_a_site_below_a_path_of_its_host_lies_in_folders_of_that_name(tmp_path: Path, exported: Exported) -> None:
    with replacing(tmp_path / "site", {}) as (folder, _):
        writer = PageWriter(exported.app, folder, "/films", BASE, tmp_path)
        page, listing = writer.write("/films/film/here-2023"), writer.write("/films/nl/film/")
        write_rest(writer, site_of(exported.app))
    assert (page.name, listing.name) == ("films/film/here-2023.html", "films/nl/film/index.html")
    assert all(link.startswith("/films/") for link in (*page.leads_to, *listing.leads_to))
    assert (tmp_path / "site/films/gone/film/gone-1950.html").is_file()
    assert "location = /films/ns {" in (tmp_path / "site" / RULES_FOLDER / "nginx-server.conf").read_text(encoding="utf-8")


def test_an_address_that_is_not_there_is_told_and_writes_nothing(tmp_path: Path, exported: Exported) -> None:
    with replacing(tmp_path / "site", {}) as (folder, counts):
        writer = PageWriter(exported.app, folder, "", BASE, tmp_path)
        for path in ("/film/nope", "/dumps/2026-11-22.1/nope.gz", "/dumps/x/../../etc/passwd", "/search"):
            assert writer.write(path).problem.startswith(path)
        assert writer.write("/id/film/here-2023").problem == ""
    assert counts[0].written == 0
