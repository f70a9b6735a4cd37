"""Programs that read what strangers wrote: each a process of its own, under limits, that may end at any moment."""

from __future__ import annotations

import enum
import signal
import sys
from pathlib import Path

__all__ = ["Ending", "command_for", "how_it_ended"]


class Ending(enum.Enum):
    """Why such a process ended before it was done."""

    TOO_SLOW = "too slow"
    TOO_LARGE = "too large"
    DAMAGED = "damaged"


def command_for(program: Path, *arguments: object) -> list[str]:
    """Return the command that runs a program by its path, with nothing of the working directory in the way of its imports."""
    return [sys.executable, "-P", str(program), *map(str, arguments)]


def how_it_ended(code: int, stderr: bytes = b"") -> Ending:
    """Return what the exit status of a process under limits of memory and processor time means."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return Ending.TOO_SLOW
    if code == -signal.SIGABRT or b"MemoryError" in stderr:
        return Ending.TOO_LARGE
    return Ending.DAMAGED
