"""The program that parses one RDF file: the file on standard input, frames of statements on standard output, under limits.

It is started by its path, and imports only the standard library, pyoxigraph and two small modules of ours. What it reads was
written by strangers: it may be ended at any moment, and its parent survives that.

A frame is four bytes of length (big endian) and what `marshal` (version 2) makes of a pair. ("terms", (new names, flat list))
has five values for each statement: subject, number of the predicate, value, kind of value, line. The kind is `IRI`, `BLANK` or
`TRIPLE`, or the number of a datatype, or of "@" and a language tag. ("bad", [(line, text)]) has the lines that are no statement;
("refused", text) and ("end", total of bad lines) end the file.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import marshal
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final
from xml.parsers import expat

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from filmgraph.namespaces import SCHEMA
from filmgraph.sources.wikidata import entity_iri, iter_statements

__all__ = ["main"]

IRI: Final = -1
BLANK: Final = -2
TRIPLE: Final = -3
_CHUNK: Final = 1 << 20
_STATEMENTS_A_FRAME: Final = 4096
_LONGEST_LINE: Final = 16 << 20
_LARGEST_JSON: Final = 256 << 20
_BAD_LISTED: Final = 200
_LINES: Final = {"n-triples": RdfFormat.N_TRIPLES, "n-quads": RdfFormat.N_QUADS}
_WHOLE: Final = {"turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "rdf-xml": RdfFormat.RDF_XML}
_DEEPEST_XML: Final = 256
_PLACE_AT_END: Final = re.compile(r" \(line [0-9]+\)$")
#: The addresses of schema.org's context, as sites spell them, without scheme, `www.` and final slash.
_SCHEMA_ORG: Final = frozenset({"schema.org", "schema.org/docs/jsonldcontext.json", "schema.org/docs/jsonldcontext.jsonld"})
_SCHEMA: Final = str(SCHEMA)
#: What schema.org's context says that matters here: terms without a prefix are its own, and these values are IRIs.
_CONTEXT: Final = {
    "@vocab": _SCHEMA,
    "schema": _SCHEMA,
    "id": "@id",
    "type": "@type",
    **{
        name: {"@id": _SCHEMA + name, "@type": "@id"}
        for name in ("additionalType", "contentUrl", "embedUrl", "image", "license", "sameAs", "thumbnailUrl", "url")
    },
}


#: The lines of statements whose syntax tells none.
_NOWHERE: Final = itertools.repeat(0)


class _RefusedError(Exception):
    """The file is not read; the message says why, and what to do."""


def main(arguments: list[str]) -> None:
    """Parse the file on standard input; the arguments are its format, base IRI, and limits: memory, unpacked bytes, seconds."""
    rdf_format, base_iri = arguments[:2]
    memory, unpacked, seconds = map(int, arguments[2:])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    writer = _Writer(sys.stdout.buffer)
    try:
        _read(_open(sys.stdin.buffer, unpacked), rdf_format, base_iri, writer)
        writer.end()
    except _RefusedError as error:
        writer.frame("refused", str(error))
    except SyntaxError as error:
        writer.frame("refused", _explain(error))
    except (gzip.BadGzipFile, EOFError, gzip.zlib.error) as error:  # type: ignore[attr-defined]
        writer.frame("refused", f"it is packed and damaged ({error}): get it anew")
    except MemoryError:
        writer.frame("refused", f"reading it takes more than {memory // 1_000_000} MB: split it")


class _Writer:
    """Writes frames. Names of predicates and datatypes are sent once, and go by their number then."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._names: dict[str, int] = {}
        self._sent = 0
        self._flat: list[Any] = []
        self._blank: dict[str, str] = {}
        self._bad: list[tuple[int, str]] = []
        self._bad_total = 0

    def frame(self, kind: str, content: Any) -> None:  # noqa: ANN401 -- whatever marshal writes
        data = marshal.dumps((kind, content), 2)
        self._stream.write(len(data).to_bytes(4, "big") + data)
        self._stream.flush()

    def bad(self, line: int, why: str) -> None:
        self._bad_total += 1
        if len(self._bad) < _BAD_LISTED:
            self._bad.append((line, why))

    def end(self) -> None:
        self.flush()
        self.frame("bad", self._bad)
        self.frame("end", self._bad_total)

    def flush(self) -> None:
        names = list(self._names)
        self.frame("terms", (names[self._sent :], self._flat))
        self._sent, self._flat = len(names), []

    def write(self, quads: Iterable[Quad], lines: Iterable[int], renames: bool) -> None:
        """Take in statements with their lines; where lines are not known, they are 0."""
        names, flat = self._names, self._flat
        for (subject, predicate, value, _), line in zip(quads, lines, strict=False):
            about = subject.value if type(subject) is NamedNode else self._to_blank(subject, renames)
            number = names.setdefault(predicate.value, len(names))
            kind = type(value)
            if kind is NamedNode:
                flat += (about, number, value.value, IRI, line)
            elif kind is Literal:
                tag = f"@{value.language}" if value.language else value.datatype.value
                flat += (about, number, value.value, names.setdefault(tag, len(names)), line)
            elif kind is BlankNode:
                flat += (about, number, self._to_blank(value, renames), BLANK, line)
            else:
                flat += (about, number, str(value), TRIPLE, line)
            if len(flat) >= 5 * _STATEMENTS_A_FRAME:
                self.flush()
                flat = self._flat

    def _to_blank(self, node: Any, renames: bool) -> str:  # noqa: ANN401 -- a blank node
        """Return a label that is the same at each reading; parsers make labels up for nodes that have none."""
        return self._blank.setdefault(node.value, f"_:b{len(self._blank) + 1}") if renames else f"_:{node.value}"

    def json(self, about: str, predicate: str, value: str, tag: str | int, line: int) -> None:
        """Take in one statement that no parser made."""
        names = self._names
        kind = tag if isinstance(tag, int) else names.setdefault(tag, len(names))
        self._flat += (about, names.setdefault(predicate, len(names)), value, kind, line)
        if len(self._flat) >= 5 * _STATEMENTS_A_FRAME:
            self.flush()


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more bytes than allowed, whatever the file claims."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream, self._limit, self._left = stream, limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 -- a writable buffer has no class in Python 3.11
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise _RefusedError(f"it unpacks to more than {self._limit // 1_000_000} MB: split it")
        buffer[: len(data)] = data
        return len(data)


def _open(stream: IO[bytes], unpacked: int) -> io.BufferedReader:
    start = stream.read(2)
    stream.seek(0)
    plain: Any = gzip.GzipFile(fileobj=stream) if start == b"\x1f\x8b" else stream
    return io.BufferedReader(_Bounded(plain, unpacked), _CHUNK)


def _read(stream: io.BufferedReader, rdf_format: str, base_iri: str, writer: _Writer) -> None:
    if rdf_format in _LINES:
        for number, chunk in _iter_chunks(stream):
            _read_lines(chunk, number, _LINES[rdf_format], writer)
    elif rdf_format == "wikidata-json":
        for number, chunk in _iter_chunks(stream):
            for line, text in enumerate(chunk.split(b"\n"), number):
                _read_entity(text, line, writer)
    elif rdf_format == "json-ld":
        writer.write(parse(_with_contexts(stream), format=RdfFormat.JSON_LD, base_iri=base_iri), _NOWHERE, True)
    else:
        checked: Any = _Sound(stream) if rdf_format == "rdf-xml" else stream
        writer.write(parse(checked, format=_WHOLE[rdf_format], base_iri=base_iri), _NOWHERE, True)


def _iter_chunks(stream: io.BufferedReader) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines, many at a time, with the number of the first."""
    number, rest = 1, b""
    while data := stream.read(_CHUNK):
        whole, end, rest = (rest + data).rpartition(b"\n")
        if len(rest) > _LONGEST_LINE:
            line = number + whole.count(b"\n") + bool(end)
            raise _RefusedError(f"line {line} has more than {_LONGEST_LINE >> 20} MB: correct it")
        if end:
            yield number, whole
            number += whole.count(b"\n") + 1
    if rest:
        yield number, rest


def _read_lines(chunk: bytes, number: int, rdf_format: RdfFormat, writer: _Writer) -> None:
    """Read N-Triples or N-Quads, one statement a line; a chunk in which anything is wrong is read line by line."""
    lines = chunk.split(b"\n")
    numbers = [n for n, line in enumerate(lines, number) if (text := line.lstrip()) and not text.startswith(b"#")]
    try:
        quads = list(parse(chunk, format=rdf_format))
        if len(quads) == len(numbers):
            writer.write(quads, numbers, False)
            return
    except (SyntaxError, UnicodeDecodeError):
        pass
    for line in numbers:
        _read_line(lines[line - number], line, rdf_format, writer)


def _read_line(text: bytes, line: int, rdf_format: RdfFormat, writer: _Writer) -> None:
    try:
        quads = list(parse(text, format=rdf_format))
    except SyntaxError as error:
        writer.bad(line, f"column {error.offset}: {_bare(error)}" if error.offset else _bare(error))
        return
    writer.write(quads, [line] * len(quads), False)


def _bare(error: SyntaxError) -> str:
    """Return what the parser says is wrong, without where, in one line."""
    text = _PLACE_AT_END.sub("", str(error))
    found = re.match(r"Parser error at line [0-9]+ (?:column [0-9]+|between columns? [0-9]+ and (?:column )?[0-9]+): ", text)
    return " ".join(text[found.end() if found else 0 :].split())[:200]


def _explain(error: SyntaxError) -> str:
    where = f"line {error.lineno}" + (f", column {error.offset}: " if error.offset else ": ") if error.lineno else ""
    return f"{where}{_bare(error)}. Nothing of the file was read: correct it"


class _Sound(io.RawIOBase):
    """A stream of XML that ends where it is not well formed, declares a document type, or is nested too deep.

    Entities can grow without end, and deep nesting makes the parser of RDF/XML slower with each level.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._depth = stream, 0
        self._checker = expat.ParserCreate()
        self._checker.StartElementHandler = self._start
        self._checker.EndElementHandler = self._end
        self._checker.StartDoctypeDeclHandler = self._refuse_declaration

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        data = self._stream.read(len(buffer))
        if b"\0" in data:
            raise _RefusedError("it is not UTF-8: save it as UTF-8")
        try:
            self._checker.Parse(data, not data)
        except expat.ExpatError as error:
            what = expat.errors.messages[error.code]
            where = f"line {error.lineno}, column {error.offset + 1}"
            raise _RefusedError(f"{where}: {what}. Nothing of the file was read: correct it") from None
        buffer[: len(data)] = data
        return len(data)

    def _start(self, *_: object) -> None:
        self._depth += 1
        if self._depth > _DEEPEST_XML:
            raise _RefusedError(f"line {self._checker.CurrentLineNumber}: its elements are nested too deep to be read")

    def _end(self, *_: object) -> None:
        self._depth -= 1

    def _refuse_declaration(self, *_: object) -> None:
        line = self._checker.CurrentLineNumber
        raise _RefusedError(f"line {line}: it declares a document type or entities, which are not read: take the declaration out")


def _load_json(data: bytes) -> Any:  # noqa: ANN401 -- whatever JSON holds
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise _RefusedError(f"line {error.lineno}, column {error.colno}: {error.msg}. Nothing of the file was read") from None
    except UnicodeDecodeError as error:
        raise _RefusedError(f"byte {error.start + 1} is not UTF-8: save it as UTF-8") from None
    except RecursionError:
        raise _RefusedError("its objects and lists are nested too deep to be read") from None
    except ValueError as error:
        raise _RefusedError(f"it holds a number that is too long ({error})") from None


def _with_contexts(stream: io.BufferedReader) -> bytes:
    """Return a JSON-LD document with schema.org's context in place of its address; no other address is known."""
    data = stream.read(_LARGEST_JSON + 1)
    if len(data) > _LARGEST_JSON:
        raise _RefusedError(f"JSON-LD of more than {_LARGEST_JSON >> 20} MB is not read: save it as N-Triples")
    document = _load_json(data)
    todo = [document]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            if "@context" in each:
                each["@context"] = _inline(each["@context"])
            if isinstance(each.get("@import"), str):
                _inline(each["@import"])
                raise _RefusedError("a context with @import is not read: put the terms into the file")
            todo += each.values()
        elif isinstance(each, list):
            todo += each
    return json.dumps(document).encode()


def _inline(context: Any) -> Any:  # noqa: ANN401
    if isinstance(context, list):
        return [_inline(each) for each in context]
    if not isinstance(context, str):
        return context
    bare = re.sub(r"^(?:https?:)?/*(?:www\.)?", "", context.strip().casefold()).rstrip("/#")
    if bare not in _SCHEMA_ORG:
        raise _RefusedError(
            f"the context {context[:200]!r} is not one that filmgraph has, and nothing is fetched: put its terms into the file"
        )
    return _CONTEXT


def _read_entity(text: bytes, line: int, writer: _Writer) -> None:
    """Read one line of a Wikidata JSON dump: the statements of the best rank, as the truthy dump has them."""
    text = text.strip().rstrip(b",")
    if text in (b"", b"[", b"]"):
        return
    try:
        entity = _load_json(text)
        statements = list(iter_statements(entity))
    except _RefusedError as error:
        writer.bad(line, str(error).removesuffix(". Nothing of the file was read"))
        return
    except (KeyError, TypeError, AttributeError, ValueError):
        writer.bad(line, "it is no entity as Wikidata's JSON has them")
        return
    for predicate, value, tag in statements:
        writer.json(entity_iri(entity["id"]), predicate, value, tag or IRI, line)


if __name__ == "__main__":
    main(sys.argv[1:])
