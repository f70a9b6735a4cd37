"""The README's console sessions are run against a live server, and have to print what the README shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, LiveServer

README = (ROOT / "README.md").read_text(encoding="utf-8")


def sessions() -> list[tuple[str, str]]:
    """Return (command, expected output) of every `console` block."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL):
        lines = block.splitlines()
        count = 1 + next((n for n, line in enumerate(lines[1:]) if not line.startswith("> ")), len(lines) - 1)
        command = "\n".join([lines[0].removeprefix("$ "), *(line.removeprefix("> ") for line in lines[1:count])])
        found.append((command, "\n".join(lines[count:]).strip()))
    return found


def test_the_readme_opens_with_one_sentence_and_two_sessions() -> None:
    assert README.split("\n\n")[1].count(". ") == 0
    assert len(sessions()) == 2


@pytest.mark.parametrize(("command", "expected"), sessions(), ids=["curl", "query"])
def test_a_session_prints_what_the_readme_shows(live_server: LiveServer, command: str, expected: str) -> None:
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = command.replace("http://localhost:8000", live_server.url)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.strip().splitlines()] == expected.splitlines()


def test_every_path_the_readme_names_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for folder in re.findall(r"^\| `([a-z/]+)/` \|", README, flags=re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


def test_the_make_targets_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md"), ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path}: {target}"


@pytest.mark.parametrize("word", ["TODO", "FIXME", "lorem ipsum"])
def test_nothing_is_left_to_do_in_the_documents(word: str) -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert not [path for path in documents if word.lower() in path.read_text(encoding="utf-8").lower()]
