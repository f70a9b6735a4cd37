"""The files of a dump: gzip that has no time stamp, member by member, and their checksums."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Final, NamedTuple, cast

from filmgraph.dumps_jsonld import NodeWriter
from filmgraph.dumps_lines import ThingLines
from filmgraph.dumps_turtle import TurtleWriter
from filmgraph.serialisation_jsonld import CONTEXT

__all__ = [
    "CANONICAL",
    "FORM_SUFFIXES",
    "SUMS_NAME",
    "UNPACKED_SUMS_NAME",
    "DumpFolder",
    "Frame",
    "RenderedThing",
    "Renderer",
    "open_gzip",
    "pack",
    "read_sums",
    "write_sums",
]

SUMS_NAME: Final = "SHA256SUMS"
#: The checksums of what the canonical files hold: a mirror that follows the changes proves itself by them.
UNPACKED_SUMS_NAME: Final = "SHA256SUMS.unpacked"
#: How the files end that hold sorted lines: the one form that a mirror can change by itself.
CANONICAL: Final = ".nt.gz"
FORM_SUFFIXES: Final = (".ttl.gz", ".trig.gz", ".jsonld.gz", ".ndjson.gz")
_PACKED: Final = ".gz"
_BLOCK: Final = 1 << 17
_LEVEL: Final = 6
_GZIP_FORMAT: Final = 31
#: Files that are open at once.
_OPEN: Final = 100


@contextmanager
def open_gzip(path: Path) -> Iterator[IO[bytes]]:
    """Open a gzip file for writing, without file name or time stamp in its header (RFC 1952 §2.3.1).

    What is written is packed by the block: line by line, that would take five times as long.
    """
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0, compresslevel=_LEVEL) as packed,
        io.BufferedWriter(cast("io.RawIOBase", packed), _BLOCK) as file,
    ):
        yield file


def pack(data: bytes) -> bytes:
    """Return data as one gzip member, without file name or time stamp: a file may have any number of them (RFC 1952 §2.2)."""
    return zlib.compress(data, _LEVEL, _GZIP_FORMAT)


class Frame(NamedTuple):
    """What a file begins and ends with, whatever things are in it."""

    head: bytes = b""
    foot: bytes = b""


class DumpFolder:
    """The folder of a release's dumps, whose files grow piece by piece. A context manager.

    A piece of a packed file is a gzip member. `frame_of` tells by a file's name, relative to the folder, what it begins and
    ends with; these are pieces too.
    """

    def __init__(self, path: Path, frame_of: Callable[[str], Frame]) -> None:
        self.path = path
        #: The sizes of the heads of all files.
        self.heads: dict[str, int] = {}
        self._frame_of = frame_of
        self._digests: dict[str, hashlib._Hash] = {}
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> DumpFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            for name in self.heads:
                self._end(name)
        self._close()

    def add(self, pieces: Mapping[str, bytes]) -> dict[str, int]:
        """Add a piece to each file, and return how large the pieces have become."""
        sizes = {}
        for name, data in pieces.items():
            self.begin(name)
            sizes[name] = self._write(name, data)
        return sizes

    def begin(self, name: str) -> None:
        """See to it that a file is there."""
        if name not in self.heads:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            self.heads[name] = 0
            head = self._frame_of(name).head
            self.heads[name] = self._write(name, head) if head else 0

    def _end(self, name: str) -> None:
        foot = self._frame_of(name).foot
        if foot or (name.endswith(_PACKED) and self._open(name).tell() == 0):
            # A gzip file has one member at least.
            self._write(name, foot)

    def _write(self, name: str, data: bytes) -> int:
        if name.endswith(CANONICAL):
            self._digests.setdefault(name, hashlib.sha256()).update(data)
        return self._open(name).write(pack(data) if name.endswith(_PACKED) else data)

    def _open(self, name: str) -> IO[bytes]:
        if name not in self._files:
            if len(self._files) >= _OPEN:
                self._close()
            self._files[name] = (self.path / name).open("ab")
        return self._files[name]

    def _close(self) -> None:
        files = list(self._files.values())
        self._files.clear()
        for file in files:
            file.close()

    @property
    def unpacked_sums(self) -> dict[str, str]:
        """The digests of what the canonical files hold, by the names of these files."""
        return {name: digest.hexdigest() for name, digest in self._digests.items()}


def write_sums(folder: Path, unpacked: Mapping[str, str], known: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the lists of checksums: of the files as they are, and of what the canonical ones hold. `sha256sum -c` reads both.

    `known` are the digests of files that need not be read.
    """
    _write_list(folder / UNPACKED_SUMS_NAME, ((name.removesuffix(_PACKED), digest) for name, digest in unpacked.items()))
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    _write_list(folder / SUMS_NAME, ((name, known.get(name) or _digest(folder / name)) for name in names if name != SUMS_NAME))


def read_sums(path: Path) -> dict[str, str]:
    """Return the digests in a list of checksums by name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _write_list(path: Path, sums: Iterable[tuple[str, str]]) -> None:
    path.write_text("".join(f"{digest}  {each}\n" for each, digest in sorted(sums)), encoding="utf-8")


class RenderedThing(NamedTuple):
    """One thing in every form: what is published of it (empty when nothing is), and what each source says (`told`)."""

    turtle: bytes
    told: bytes
    members: bytes
    documents: bytes


class Renderer:
    """Renders a thing once, however many files it goes to. `dataset_iri` is what all files are a part of."""

    def __init__(self, turtle: TurtleWriter, dataset_iri: str) -> None:
        self._turtle = turtle
        self._nodes = NodeWriter()
        context = json.dumps(CONTEXT, ensure_ascii=False)
        # A node that has nothing but a name says nothing; so everything that follows can begin with a comma.
        graph = f'{{"@context":{context},\n"@graph":[\n{{"@id":{json.dumps(dataset_iri, ensure_ascii=False)}}}'
        self._frames = {
            ".ttl.gz": Frame(turtle.head),
            ".trig.gz": Frame(turtle.head),
            ".jsonld.gz": Frame(graph.encode(), b"\n]}\n"),
        }

    def frame_of(self, name: str) -> Frame:
        """Return what a file begins and ends with."""
        return next((frame for suffix, frame in self._frames.items() if name.endswith(suffix)), Frame())

    def render(self, thing: ThingLines) -> RenderedThing:
        """Return the thing in every form."""
        nodes = self._nodes.to_nodes(thing)
        return RenderedThing(
            self._turtle.to_turtle(thing),
            self._turtle.to_trig(thing),
            b",\n".join([node.to_member() for node in nodes]),
            b"".join([node.to_document() for node in nodes]),
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
