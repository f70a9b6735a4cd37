"""The wheel holds all that the program needs, and the lock files name no place to download from."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from filmgraph import __version__
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(target),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = target.glob("*.whl")
    return path


def test_the_wheel_holds_code_ontology_shapes_templates_and_starter(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "filmgraph").rglob("*") if path.is_file()}
    wanted = {name for name in wanted if "__pycache__" not in name}
    wanted |= {
        f"filmgraph/_shipped/{p.relative_to(ROOT).as_posix()}" for f in ("ontology", "shapes") for p in (ROOT / f).glob("*.ttl")
    }
    assert wanted <= names
    assert f"-{__version__}-" in wheel.name


def test_the_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    catalogue = tmp_path / "films"
    for arguments in (["init", str(catalogue)], ["build", str(catalogue)]):
        command = [sys.executable, "-m", "filmgraph", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert (catalogue / "releases" / "current" / "manifest.json").is_file()


def test_the_console_script_is_the_command_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"filmgraph": "filmgraph.cli:main"}
    assert project["build-system"]["build-backend"] == "hatchling.build"


@pytest.mark.parametrize("name", ["runtime.lock", "dev.lock"])
def test_a_lock_file_pins_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index|--find-links|--extra|--trusted|@ file|@ git", text)
    pins = re.findall(r"^([a-z0-9.-]+)==\S+ \\$", text, flags=re.MULTILINE)
    assert len(pins) > 20
    assert len(re.findall(r"^ +--hash=sha256:[0-9a-f]{64}", text, flags=re.MULTILINE)) >= len(pins)


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8").lower()
    for requirement in project["project"]["dependencies"]:
        name = re.split(r"[<>=!~ ]", requirement)[0].lower()
        assert re.search(rf"^{re.escape(name)}==", locked, flags=re.MULTILINE), name


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of a machine, registry host or tool of a workplace stands in what is published."""
    forbidden = re.compile(
        r"/root/|/home/\w|/work/(?:main|shared|\.library)|pypi\.org|registry\.npmjs|files\.pythonhosted", re.IGNORECASE
    )
    folders = ("src", "ontology", "shapes", "data", "docs", "tests", "benchmarks", "requirements")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [ROOT / name for name in ("README.md", "CHANGELOG.md", "Makefile", "pyproject.toml")]
    texts = {
        path: path.read_text(encoding="utf-8", errors="ignore") for path in files if path.suffix not in (".pyc", ".gz", ".sst")
    }
    offenders = {path for path, text in texts.items() if forbidden.search(text) and path.name != "test_packaging.py"}
    assert not {path for path in offenders if "releases" not in path.parts}
