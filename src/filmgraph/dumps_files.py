"""The files of a dump: gzip that has no time stamp, one set of forms for the same things, and their checksums."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Final, NamedTuple, cast

from filmgraph.dumps_jsonld import NodeWriter
from filmgraph.dumps_lines import ThingLines
from filmgraph.dumps_turtle import TurtleWriter
from filmgraph.serialisation_jsonld import CONTEXT

__all__ = [
    "FORM_SUFFIXES",
    "SUMS_NAME",
    "UNPACKED_SUMS_NAME",
    "DumpFolder",
    "Forms",
    "GzipFile",
    "RenderedThing",
    "Renderer",
    "open_gzip",
]

SUMS_NAME: Final = "SHA256SUMS"
#: The checksums of what the packed files hold: a mirror that follows the changes proves itself by them.
UNPACKED_SUMS_NAME: Final = "SHA256SUMS.unpacked"
FORM_SUFFIXES: Final = (".ttl.gz", ".trig.gz", ".jsonld.gz", ".ndjson.gz")
_BLOCK: Final = 1 << 17
_LEVEL: Final = 6


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


class GzipFile:
    """A gzip file that small pieces are written to: packed by the block, and hashed as they were. A context manager."""

    def __init__(self, path: Path) -> None:
        self._stack = ExitStack()
        self._file = self._stack.enter_context(open_gzip(path))
        self._waiting: list[bytes] = []
        self._size = 0
        self._digest = hashlib.sha256()

    def __enter__(self) -> GzipFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        with self._stack:
            self._flush()

    @property
    def sha256(self) -> str:
        """The digest of all that was written, unpacked; known after the file was closed."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Add some bytes."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        data = b"".join(self._waiting)
        self._digest.update(data)
        self._file.write(data)
        self._waiting.clear()
        self._size = 0


class DumpFolder:
    """The folder of a release's dumps, which knows the checksums of what was packed in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._packed: dict[str, GzipFile] = {}

    def open_gzip(self, name: str) -> GzipFile:
        """Open the file `name`, relative to the folder; it is to be closed by who opened it."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._packed[name] = GzipFile(path)
        return self._packed[name]

    def write_sums(self) -> None:
        """Write the lists of checksums: of the files as they are, and of what they hold unpacked. `sha256sum -c` reads both."""
        unpacked = [(name.removesuffix(".gz"), file.sha256) for name, file in self._packed.items()]
        self._write_list(UNPACKED_SUMS_NAME, unpacked)
        names = (path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file())
        self._write_list(SUMS_NAME, ((name, _digest(self.path / name)) for name in names if name != SUMS_NAME))

    def _write_list(self, name: str, sums: Iterable[tuple[str, str]]) -> None:
        text = "".join(f"{digest}  {each}\n" for each, digest in sorted(sums))
        (self.path / name).write_text(text, encoding="utf-8")


class RenderedThing(NamedTuple):
    """One thing in every form: what is published of it (empty when nothing is), and what each source says (`told`)."""

    turtle: bytes
    told: bytes
    members: bytes
    documents: bytes


class Renderer:
    """Renders a thing once, however many files it goes to."""

    def __init__(self, turtle: TurtleWriter) -> None:
        self.turtle = turtle
        self._nodes = NodeWriter()

    def render(self, thing: ThingLines) -> RenderedThing:
        """Return the thing in every form."""
        nodes = self._nodes.to_nodes(thing)
        return RenderedThing(
            self.turtle.to_turtle(thing),
            self.turtle.to_trig(thing),
            b",\n".join([node.to_member() for node in nodes]),
            b"".join([node.to_document() for node in nodes]),
        )


class Forms:
    """The files `{stem}.ttl.gz`, `.trig.gz`, `.jsonld.gz` and `.ndjson.gz` of the same things. A context manager."""

    def __init__(self, folder: DumpFolder, stem: str, renderer: Renderer) -> None:
        self._stack = ExitStack()
        self._renderer = renderer
        self._turtle, self._trig, self._jsonld, self._ndjson = (
            self._stack.enter_context(folder.open_gzip(stem + suffix)) for suffix in FORM_SUFFIXES
        )
        self._separator = b""

    def __enter__(self) -> Forms:
        head = self._renderer.turtle.head
        self._turtle.write(head)
        self._trig.write(head)
        self._jsonld.write(f'{{"@context":{json.dumps(CONTEXT, ensure_ascii=False)},\n"@graph":[\n'.encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        with self._stack:
            self._jsonld.write(b"\n]}\n")

    def write(self, thing: RenderedThing) -> None:
        """Add one thing to every file."""
        self._trig.write(b"\n%s%s" % (thing.turtle, thing.told))
        if thing.turtle:
            self._turtle.write(b"\n" + thing.turtle)
            self._jsonld.write(self._separator + thing.members)
            self._ndjson.write(thing.documents)
            self._separator = b",\n"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
