"""Asks the application for one address after another, and writes each answer to a file."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from flask import Flask

from filmgraph.errors import ExportError
from filmgraph.export_folder import ExportFolder, is_safe_name
from filmgraph.formats import DocumentFormat
from filmgraph.signposting import LINKSET

__all__ = ["PageWriter", "Written", "to_file_name"]

_HTML: Final = DocumentFormat.HTML.media_type
_ACCEPT: Final = f"{_HTML}, */*;q=0.1"
_ADDRESS: Final = re.compile(r'<[a-z]+\b[^>]*?\s(?:href|src|action)="([^"]*)"')
_PICTURE: Final = re.compile(r'<meta property="og:image" content="([^"]*)"')
_LOCATION: Final = re.compile("<loc>(.*?)</loc>")
_LATER_PAGE: Final = re.compile(r"/list/([0-9]+)\Z")
#: Of an address without a suffix, by the type of what it answers with.
_SUFFIXES: Final = {
    _HTML: ".html",
    DocumentFormat.TRIG.media_type: ".trig",
    DocumentFormat.JSON_LD.media_type: ".json",
    LINKSET.media_type: ".json",
    DocumentFormat.TURTLE.media_type: ".ttl",
}
_PACKED_FROM_BYTES: Final = 500
#: Already packed, or a download whose bytes are those of its checksum.
_NOT_PACKED: Final = ("image/png", "application/gzip", "application/zip", "application/vnd.apache.parquet")
#: Answered by the rules of a web server, and by no file.
_BY_RULES: Final = ("id/", "dumps/latest/")


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one address: the file, empty where there is none, and where its page leads to on this site."""

    path: str
    name: str
    leads_to: tuple[str, ...] = ()
    problem: str = ""


def to_file_name(path: str, media_type: str) -> str:
    """Return the name of the file for a decoded path.

    >>> to_file_name("/film/here-2023", "text/html"), to_file_name("/film/", "text/html"), to_file_name("/x.txt", "text/plain")
    ('film/here-2023.html', 'film/index.html', 'x.txt')
    """
    name = path.lstrip("/")
    if not name or name.endswith("/"):
        return f"{name}index.html"
    return name if "." in name.rpartition("/")[2] else name + _SUFFIXES.get(media_type, "")


@dataclass(frozen=True, slots=True)
class PageWriter:
    """Writes the answers of an application to a folder; `root` and `base_url` say where the site stands."""

    app: Flask
    folder: ExportFolder
    root: str
    base_url: str
    release_path: Path

    def write_all(self, paths: Iterable[str]) -> list[Written]:
        """Write what stands at each of the local paths."""
        return [self.write(path) for path in paths]

    def write(self, path: str) -> Written:
        """Write what stands at a local path. ExportError where the application fails."""
        inner = path.removeprefix(self.root)
        if inner.startswith("/dumps/"):
            return self._copy(path, unquote(inner))
        status, media_type, body = self.ask(path)
        if 300 <= status < 400 and inner[1:].startswith(_BY_RULES):
            return Written(path, "")
        if status != 200:
            return Written(path, "", problem=f"{path} is answered with {status}")
        name = to_file_name(unquote(path), media_type)
        self._put(name, media_type, body)
        return Written(path, name, self._leads_to(inner, media_type, body))

    def write_refusal(self, path: str, name: str) -> None:
        """Write the page of an error to a file by its path below the site."""
        _, media_type, body = self.ask(path)
        self._put(f"{self.root}/{name}".lstrip("/"), media_type, body)

    def ask(self, path: str) -> tuple[int, str, bytes]:
        """Return status, type and body of the answer to a local path; ExportError where the application fails."""
        inner, question = path.removeprefix(self.root), ""
        if later := _LATER_PAGE.search(inner):
            inner, question = inner[: later.start()] + "/", f"page={later[1]}"
        client = self.app.test_client()
        over = {"SCRIPT_NAME": self.root, "PATH_INFO": unquote(inner)}
        with client.get("/", query_string=question, headers={"Accept": _ACCEPT}, environ_overrides=over, buffered=True) as answer:
            if answer.status_code >= 500:
                raise ExportError(f"{path} is answered with {answer.status}: nothing was replaced")
            body = answer.get_data()
            return answer.status_code, answer.mimetype or "", gzip.decompress(body) if answer.content_encoding == "gzip" else body

    def _copy(self, path: str, inner: str) -> Written:
        if inner.startswith("/dumps/latest/"):
            return Written(path, "")
        _, _, release_id, name = inner.split("/", 3)
        source = self.release_path / "dumps" / name
        if release_id != self.release_path.name or not is_safe_name(name) or not source.is_file():
            return Written(path, "", problem=f"{path} is no file of release {self.release_path.name}")
        self.folder.copy(unquote(path).lstrip("/"), source)
        return Written(path, unquote(path).lstrip("/"))

    def _put(self, name: str, media_type: str, body: bytes) -> None:
        self.folder.put(name, body)
        if len(body) < _PACKED_FROM_BYTES or media_type in _NOT_PACKED:
            return
        packed = gzip.compress(body, 9, mtime=0)
        if len(packed) < len(body):
            self.folder.put(f"{name}.gz", packed)

    def _leads_to(self, inner: str, media_type: str, body: bytes) -> tuple[str, ...]:
        """Return the local paths that a page or the sitemap leads to; with their questions, which no file answers."""
        text = body.decode("utf-8", errors="replace")
        if inner.startswith("/sitemap"):
            return tuple(filter(None, map(self._to_local, _LOCATION.findall(text))))
        if media_type != _HTML:
            return ()
        own = [each for each in map(unescape, _ADDRESS.findall(text)) if each.startswith("/") and not each.startswith("//")]
        pictures = filter(None, map(self._to_local, map(unescape, _PICTURE.findall(text))))
        return tuple(dict.fromkeys(each.partition("#")[0] for each in (*own, *pictures)))

    def _to_local(self, url: str) -> str:
        return f"{self.root}/{url.removeprefix(self.base_url)}" if url.startswith(self.base_url) else ""
