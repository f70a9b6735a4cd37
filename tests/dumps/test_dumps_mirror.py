"""The ten lines of docs/dumps.md, run as they stand there, mirror successive releases from a live server."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT, Builder, Built, free_port

PAGE = (ROOT / "docs" / "dumps.md").read_text(encoding="utf-8")
NAME = "tiny"


def read_script() -> str:
    blocks: list[str] = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    return next(block for block in blocks if block.startswith("#!"))


def test_the_script_has_ten_lines() -> None:
    assert len([line for line in read_script().splitlines() if not line.startswith("#")]) <= 10


@dataclass
class Partner:
    """Somebody with a folder, a shell and the script; without curl, with something that does the same."""

    folder: Path
    url: str
    path: str = field(default="/usr/local/bin:/usr/bin:/bin")

    def mirror(self) -> str:
        command = ["sh", "mirror.sh", self.url, NAME]
        environment = {"PATH": self.path, "NO_PROXY": "*", "HOME": str(self.folder)}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def held(self) -> bytes:
        return (self.folder / f"{NAME}.nt").read_bytes()


@dataclass
class Follower:
    """A catalogue with a live server that follows it."""

    catalogue: Path
    build: Builder
    url: str

    def publish(self, old: str, new: str) -> Built:
        table = self.catalogue / "tables" / "films.csv"
        text = table.read_text(encoding="utf-8")
        assert old in text
        table.write_text(text.replace(old, new), encoding="utf-8")
        built = self.build(self.catalogue)
        assert built.publication.is_new
        self.wait(built.publication.manifest.release_id)
        return built

    def wait(self, release_id: str) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=5) as answer:
                    if json.load(answer)["release"] == release_id:
                        return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail(f"the server does not serve {release_id}")


def facts(built: Built) -> bytes:
    return gzip.decompress((built.path / "dumps" / f"{NAME}.nt.gz").read_bytes())


@pytest.fixture
def follower(tiny_catalogue: Path, build_catalogue: Builder, tmp_path: Path) -> Iterator[Follower]:
    first = build_catalogue(tiny_catalogue)
    port = free_port()
    command = [sys.executable, "-m", "filmgraph", "serve", str(tiny_catalogue), "--port", str(port)]
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    try:
        follower = Follower(tiny_catalogue, build_catalogue, f"http://127.0.0.1:{port}")
        follower.wait(first.publication.manifest.release_id)
        yield follower
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def partner(follower: Follower, tmp_path: Path) -> Partner:
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "mirror.sh").write_text(read_script(), encoding="utf-8")
    made = Partner(folder, follower.url)
    if shutil.which("curl") is None:
        programs = tmp_path / "bin"
        programs.mkdir()
        (programs / "curl").write_text(
            f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/dumps/curl_shim.py "$@"\n', encoding="utf-8"
        )
        (programs / "curl").chmod(0o755)
        made.path = f"{programs}:{made.path}"
    return made


def test_a_partner_mirrors_three_releases_and_ends_with_the_same_bytes(follower: Follower, partner: Partner) -> None:
    release_id = json.load(urllib.request.urlopen(follower.url + "/readyz"))["release"]
    assert partner.mirror() == f"followed to {release_id}"
    for old, new in ((",82,", ",83,"), (",83,", ",84,")):
        built = follower.publish(old, new)
        assert partner.mirror() == f"followed to {built.publication.manifest.release_id}"
        assert partner.held() == facts(built)
    assert partner.mirror().startswith("followed to"), "and again, when nothing has changed"
    assert partner.held() == facts(built)


def test_a_partner_who_missed_a_release_fetches_all_anew(follower: Follower, partner: Partner) -> None:
    partner.mirror()
    follower.publish(",82,", ",83,")
    built = follower.publish(",83,", ",84,")
    (partner.folder / f"{NAME}.nt").write_bytes(partner.held() + b"<http://x> <http://y> <http://z> .\n")
    assert partner.mirror() == f"fetched {built.publication.manifest.release_id}"
    assert partner.held() == facts(built)
