from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from filmgraph.release_files import remove_tree
from filmgraph.scaffold import write_catalogue
from tests.faults.expectation import Counts
from tests.faults.publisher import Publisher

Say = Callable[[str, Counts], None]


@pytest.fixture(scope="session")
def seed() -> int:
    """Set FILMGRAPH_FAULTS_SEED to run a failure again."""
    return int(os.environ.get("FILMGRAPH_FAULTS_SEED", random.SystemRandom().randrange(1 << 32)))


@pytest.fixture
def dice(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture(scope="session")
def shim_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if sys.platform != "linux":
        pytest.skip("calls are made to fail by a small library that the loader puts before the C library: that needs Linux")
    system = shutil.which("cc") or shutil.which("gcc")
    compiler = [system] if system else [sys.executable, "-m", "ziglang", "cc"]
    path = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([*compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", path, source, "-ldl"], check=True)
    return path


@pytest.fixture(scope="session")
def publisher(tmp_path_factory: pytest.TempPathFactory, shim_path: Path, seed: int) -> Iterator[Publisher]:
    write_catalogue(path := tmp_path_factory.mktemp("faults") / "tiny", "https://films.example.org/", "Tiny")
    each = Publisher(path, shim_path, seed)
    yield each
    each.close()


@pytest.fixture
def releases_path() -> Iterator[Path]:
    """In memory where that is possible: what a killed process wrote stays there too, and an fsync costs nothing."""
    memory = Path("/dev/shm")
    parent = Path(tempfile.mkdtemp(prefix="filmgraph-faults-", dir=memory if os.access(memory, os.W_OK) else None))
    (parent / "releases").mkdir()
    yield parent / "releases"
    remove_tree(parent)


@pytest.fixture
def say_counts(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], seed: int) -> Say:
    """Print what was counted, with the seed, also when the test passes; fail when a count is not 0."""

    def say(what: str, counts: Counts) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{request.node.name}: {what}: {counts} (seed {seed})\n")
        assert counts.is_clean(), str(counts)

    return say
