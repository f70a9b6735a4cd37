"""An RDF file → statements. It is parsed by another process, under limits, and comes as a stream."""

from __future__ import annotations

import marshal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final

from filmgraph.errors import UnreadableInputError
from filmgraph.sources.limited import Ending, command_for, how_it_ended

__all__ = ["FORMATS", "RDF_LIMITS", "Batch", "Limits", "find_format", "iter_batches"]

_PROGRAM: Final = Path(__file__).with_name("parse_process.py")
_LARGEST_FRAME: Final = 1 << 28
#: The formats by the suffix of the file's name, before a final `.gz`.
FORMATS: Final = MappingProxyType(
    {
        ".nt": "n-triples",
        ".nq": "n-quads",
        ".ttl": "turtle",
        ".trig": "trig",
        ".rdf": "rdf-xml",
        ".owl": "rdf-xml",
        ".xml": "rdf-xml",
        ".jsonld": "json-ld",
        ".json": "json-ld",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading an RDF file may take: bytes of the file, unpacked, and of memory; processor seconds; statements."""

    file_bytes: int = 2_000_000_000
    unpacked_bytes: int = 4_000_000_000
    memory_bytes: int = 2_000_000_000
    seconds: int = 300
    statements: int = 10_000_000


RDF_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some statements, or lines that are none.

    `names` are predicates and kinds of value (a datatype, or "@" and a language) that are new; `flat` has five values for each
    statement, as `parse_process` describes them. `bad` are lines with what is wrong with them, the first ones of `bad_total`.
    """

    names: tuple[str, ...] = ()
    flat: tuple[Any, ...] | list[Any] = ()
    bad: tuple[tuple[int, str], ...] = ()
    bad_total: int = 0


def find_format(path: str) -> str:
    """Return the format that a file's name tells; UnreadableInputError for a name that tells none."""
    suffix = Path(path.casefold().removesuffix(".gz")).suffix
    if suffix not in FORMATS:
        raise UnreadableInputError(
            f"{path}: its name does not say which RDF it is: end it in {', '.join(FORMATS)}, or one with .gz"
        )
    return FORMATS[suffix]


def iter_batches(path: Path, name: str, rdf_format: str, base_iri: str, limits: Limits = RDF_LIMITS) -> Iterator[Batch]:
    """Yield the statements of a file, in its order.

    UnreadableInputError, that calls the file `name`, when it cannot be opened, is damaged, or asks for more than the limits.
    """
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise UnreadableInputError(f"{name} has more than {limits.file_bytes // 1_000_000} MB: split it")
        with path.open("rb") as file:
            yield from _parse(file, name, rdf_format, base_iri, limits)
    except OSError as error:
        raise UnreadableInputError(f"cannot read {path}: {error.strerror}") from error


def _parse(file: IO[bytes], name: str, rdf_format: str, base_iri: str, limits: Limits) -> Iterator[Batch]:
    numbers = (limits.memory_bytes, limits.unpacked_bytes, limits.seconds)
    command = command_for(_PROGRAM, rdf_format, base_iri, *numbers)
    with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None, "it was asked for"
            yield from _iter_frames(process.stdout, process.wait, name, limits)
        finally:
            process.kill()


def _iter_frames(stream: IO[bytes], wait: Callable[[], int], name: str, limits: Limits) -> Iterator[Batch]:
    left = limits.statements
    while (frame := _read_frame(stream)) is not None:
        kind, content = frame
        if kind == "refused":
            raise UnreadableInputError(f"{name}: {content}")
        if kind == "end":
            yield Batch(bad_total=content)
            return
        if kind == "bad":
            yield Batch(bad=tuple(content))
            continue
        left -= len(content[1]) // 5
        if left < 0:
            raise UnreadableInputError(f"{name} has more than {limits.statements:,} statements: split it")
        yield Batch(tuple(content[0]), content[1])
    raise UnreadableInputError(f"{name}: {_explain(wait(), limits)}")


def _read_frame(stream: IO[bytes]) -> tuple[str, Any] | None:
    """Return a frame, or None where the process ended before its last one."""
    size = int.from_bytes(stream.read(4), "big")
    data = stream.read(size) if size <= _LARGEST_FRAME else b""
    if not size or len(data) < size:
        return None
    kind, content = marshal.loads(data)
    return kind, content


def _explain(code: int, limits: Limits) -> str:
    ending = how_it_ended(code)
    if ending is Ending.TOO_SLOW:
        return f"reading it takes more than {limits.seconds} seconds: split it"
    if ending is Ending.TOO_LARGE:
        return f"reading it takes more than {limits.memory_bytes // 1_000_000} MB, or it is nested too deep: split or correct it"
    return "it is nested too deep, or damaged, and ended the parser: correct it"
