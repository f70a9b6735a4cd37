"""A release that is served is not removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from filmgraph.errors import NoReleaseError
from filmgraph.release_lease import claim_release, lease_release


def test_nobody_removes_what_somebody_serves(tmp_path: Path) -> None:
    with lease_release(tmp_path), lease_release(tmp_path):
        assert claim_release(tmp_path) is None
    claim = claim_release(tmp_path)
    assert claim is not None
    with claim, pytest.raises(NoReleaseError, match="being removed"):
        lease_release(tmp_path)
    lease_release(tmp_path).close()


def test_closing_twice_does_no_harm(tmp_path: Path) -> None:
    lease = lease_release(tmp_path)
    lease.close()
    lease.close()
    with lease_release(tmp_path):
        assert claim_release(tmp_path) is None


def test_there_is_no_lease_of_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "absent", tmp_path / "file"):
        assert claim_release(path) is None
        with pytest.raises(NoReleaseError):
            lease_release(path)


def test_a_process_that_is_killed_gives_its_lease_back(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from filmgraph.release_lease import lease_release; "
        "lease = lease_release(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert claim_release(tmp_path) is None
        process.kill()
        process.wait()
        claim = claim_release(tmp_path)
        assert claim is not None
        claim.close()


def test_a_lease_leaves_nothing_behind(tmp_path: Path) -> None:
    with lease_release(tmp_path):
        assert list(tmp_path.iterdir()) == []
