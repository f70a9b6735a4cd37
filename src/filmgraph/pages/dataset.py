"""The datasets page: what is in the data, how full it is, where to fetch it, how to cite it, and what each release changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.changelog import ReleaseNote
from filmgraph.coverage import Coverage, KindCoverage, percent
from filmgraph.download import Download, Purpose, format_order, read_download
from filmgraph.iris import Kind
from filmgraph.manifest import Manifest
from filmgraph.namespaces import FG, PROV, SCHEMA, shorten
from filmgraph.pages.kinds import capitalise, plural
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.moments import Moment, read_moment
from filmgraph.pages.wording import word_change, word_counts

__all__ = [
    "CoverageLine",
    "CoverageTable",
    "DatasetPage",
    "DownloadGroup",
    "DownloadLine",
    "DownloadPart",
    "ReleaseLine",
    "build_dataset_page",
    "size_text",
]

#: The fields that people ask about, by kind, in the order of the page, each with the key of its label.
#: Fields that no thing has are shown too: that is the point.
_FIELDS: Final[dict[Kind, tuple[tuple[str, str], ...]]] = {
    Kind.FILM: (
        (SCHEMA.dateCreated, "year"), (SCHEMA.countryOfOrigin, "country"), (SCHEMA.duration, "duration"),
        (SCHEMA.director, "director"), (SCHEMA.actor, "cast"), (FG.credit, "credits"), (SCHEMA.inLanguage, "spoken"),
        (SCHEMA.genre, "genre"), (FG.form, "form"), (SCHEMA.alternateName, "other-title"),
        (SCHEMA.identifier, "identifier"), (SCHEMA.sameAs, "same-film"), (SCHEMA.image, "image"),
        (FG.award, "award"),
    ),
    Kind.PERSON: ((SCHEMA.identifier, "identifier"), (SCHEMA.sameAs, "same-person")),
    Kind.CREDIT: (
        (SCHEMA.roleName, "role"), (FG.certainty, "certainty"), (PROV.wasDerivedFrom, "source"), (FG.billing, "billing"),
        (SCHEMA.characterName, "character"), (FG.creditedAs, "credited-as"),
    ),
    Kind.SCREENING: (
        (SCHEMA.workPresented, "film"), (SCHEMA.startDate, "start"), (SCHEMA.endDate, "end"), (SCHEMA.location, "location"),
        (FG.inSection, "section"), (SCHEMA.subtitleLanguage, "subtitles"), (SCHEMA.videoFormat, "format"),
        (SCHEMA.performer, "guest"),
    ),
    Kind.FESTIVAL: (
        (SCHEMA.startDate, "first-day"), (SCHEMA.endDate, "last-day"), (SCHEMA.organizer, "organiser"),
        (FG.editionNumber, "edition"),
    ),
    Kind.VENUE: (
        (SCHEMA.address, "address"), (SCHEMA.screenCount, "screens"), (FG.accessibility, "access"),
        (FG.timeZone, "zone"),
    ),
    Kind.ORG: ((SCHEMA.identifier, "identifier"), (SCHEMA.sameAs, "same-org")),
}  # fmt: skip
_TEX: Final = {ord(sign): f"\\{sign}" for sign in "&%$#_{}"} | {
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One field: on how many things it is, and what share that is in percent."""

    label: str
    count: int
    percent: float


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """The fields of one kind of thing."""

    kind: Kind
    title: str
    things: int
    lines: tuple[CoverageLine, ...]


@dataclass(frozen=True, slots=True)
class DownloadLine:
    """One file. `size` is in bytes; `use` says what its format is good for."""

    name: str
    format: str
    use: str
    media_type: str
    size: int
    size_text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DownloadPart:
    """The files of one part of the data; `title` is empty for what holds everything."""

    title: str
    lines: tuple[DownloadLine, ...]


@dataclass(frozen=True, slots=True)
class DownloadGroup:
    """The files for one purpose."""

    purpose: Purpose
    title: str
    about: str
    parts: tuple[DownloadPart, ...]

    @property
    def count(self) -> int:
        """The number of files."""
        return sum(len(part.lines) for part in self.parts)

    @property
    def is_long(self) -> bool:
        """Whether the page should not open the list by itself."""
        return self.purpose in (Purpose.CLASS, Purpose.EDITION, Purpose.RULES) or self.count > 40

    @property
    def size(self) -> int:
        """The size of all files together, in bytes."""
        return sum(each.size for part in self.parts for each in part.lines)


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One release and what it changed, in words."""

    release_id: str
    moment: Moment | None
    summary: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """What the datasets page shows. `counts` are kind, label and number."""

    counts: tuple[tuple[Kind, str, int], ...]
    issued: Moment | None
    coverage: tuple[CoverageTable, ...]
    downloads: tuple[DownloadGroup, ...]
    releases: tuple[ReleaseLine, ...]
    has_log: bool
    citation: str
    bibtex: str


def build_dataset_page(
    manifest: Manifest,
    coverage: Coverage | None,
    files: Iterable[tuple[str, int, str]],
    notes: Sequence[ReleaseNote],
    url: str,
    messages: Messages = ENGLISH,
    label_of: Callable[[str], str] = shorten,
) -> DatasetPage:
    """Return the page of the release that `manifest` describes.

    `files` are name under `dumps/`, size in bytes and SHA-256; `notes` the releases of the history, oldest first; `url` is
    the address under which the dataset is cited. `label_of` gives what a property is called.
    """
    numbers = ((kind, manifest.things.get(kind.segment, 0)) for kind in Kind if kind is not Kind.DATASET)
    return DatasetPage(
        counts=tuple((kind, messages.kind(kind.segment, n), n) for kind, n in numbers if n),
        issued=read_moment(manifest.created[:10], messages),
        coverage=_coverage_tables(coverage, messages),
        downloads=_download_groups(files, manifest.catalogue_id, messages),
        releases=_release_lines(manifest, notes, messages, label_of),
        has_log=bool(notes),
        citation=_citation(manifest, url, messages),
        bibtex=_bibtex(manifest, url),
    )


def size_text(size: int, messages: Messages = ENGLISH) -> str:
    """Return a number of bytes for people, in powers of 1000.

    >>> size_text(999), size_text(1000), size_text(38955), size_text(1_234_567_890)
    ('999 B', '1.0 kB', '39 kB', '1.2 GB')
    """
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if round(amount) < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{messages.number(amount, 1 if unit != 'B' and amount < 9.95 else 0)} {unit}"


def _coverage_tables(coverage: Coverage | None, messages: Messages) -> tuple[CoverageTable, ...]:
    by_segment = {each.segment: each for each in coverage.kinds} if coverage else {}
    found = ((kind, by_segment.get(kind.segment), fields) for kind, fields in _FIELDS.items())
    return tuple(_coverage_table(kind, counted, fields, messages) for kind, counted, fields in found if counted is not None)


def _coverage_table(kind: Kind, counted: KindCoverage, fields: tuple[tuple[str, str], ...], messages: Messages) -> CoverageTable:
    counts = ((messages(f"field.{key}"), counted.fields.get(iri, 0)) for iri, key in fields)
    lines = tuple(CoverageLine(label, count, percent(count, counted.things)) for label, count in counts)
    return CoverageTable(kind, capitalise(plural(kind, messages)), counted.things, lines)


def _download_groups(files: Iterable[tuple[str, int, str]], catalogue_id: str, messages: Messages) -> tuple[DownloadGroup, ...]:
    by_purpose: defaultdict[Purpose, defaultdict[str, list[tuple[int, DownloadLine]]]] = defaultdict(lambda: defaultdict(list))
    for name, size, sha256 in files:
        download = read_download(name)
        part = _part_text(download, catalogue_id, messages)
        by_purpose[download.purpose][part].append((format_order(download), _download_line(download, size, sha256, messages)))
    parts = {purpose: sorted(by_purpose[purpose].items()) for purpose in Purpose if purpose in by_purpose}
    return tuple(
        DownloadGroup(
            purpose,
            messages(f"download.{purpose.value}"),
            messages(f"download.{purpose.value}-about"),
            tuple(_download_part(*each) for each in found),
        )
        for purpose, found in parts.items()
    )


def _download_part(title: str, lines: list[tuple[int, DownloadLine]]) -> DownloadPart:
    return DownloadPart(title, tuple(line for _, line in sorted(lines, key=lambda each: (each[0], each[1].name))))


def _download_line(download: Download, size: int, sha256: str, messages: Messages) -> DownloadLine:
    has_use = download.purpose in (Purpose.EVERYTHING, Purpose.TABLE)
    return DownloadLine(
        name=download.name,
        format=download.format.title + (", gzip" if download.is_gzip else ""),
        use=messages.get(f"use.{download.format.suffix[1:]}", download.format.use) if has_use else "",
        media_type="application/gzip" if download.is_gzip else download.format.media_type,
        size=size,
        size_text=size_text(size, messages),
        sha256=sha256,
    )


def _part_text(download: Download, catalogue_id: str, messages: Messages) -> str:
    """Return what the part of the data in a file is called; nothing where the file's name says all."""
    if download.purpose in (Purpose.RULES, Purpose.CHECK) or download.part == catalogue_id:
        return ""
    kind = next((each for each in Kind if each.segment == download.part), None)
    is_kind = kind is not None and download.purpose in (Purpose.CLASS, Purpose.TABLE)
    return plural(kind, messages) if kind is not None and is_kind else download.part.replace("-", " ")


def _release_lines(
    manifest: Manifest, notes: Sequence[ReleaseNote], messages: Messages, label_of: Callable[[str], str]
) -> tuple[ReleaseLine, ...]:
    """The history, newest first; a release without a change log stands alone."""
    if not notes:
        return (ReleaseLine(manifest.release_id, read_moment(manifest.created[:10], messages), "", ()),)
    return tuple(_release_line(note, messages, label_of) for note in reversed(notes))


def _release_line(note: ReleaseNote, messages: Messages, label_of: Callable[[str], str]) -> ReleaseLine:
    moment, summary = read_moment(note.time[:10], messages), word_counts(note.counts, messages)
    if note.previous_id is None:
        return ReleaseLine(note.release_id, moment, messages("change.first", summary=summary), ())
    examples = tuple(word_change(each, messages, label_of) for each in note.shown[:5])
    return ReleaseLine(note.release_id, moment, capitalise(summary) + ".", examples)


def _citation(manifest: Manifest, url: str, messages: Messages) -> str:
    return messages(
        "dataset.citation",
        publisher=manifest.publisher,
        year=manifest.created[:4],
        title=manifest.title,
        release=manifest.release_id,
        url=url,
    )


def _bibtex(manifest: Manifest, url: str) -> str:
    fields = {
        "author": "{" + manifest.publisher.translate(_TEX) + "}",
        "title": "{" + manifest.title.translate(_TEX) + "}",
        "year": manifest.created[:4],
        "month": str(int(manifest.created[5:7])),
        "version": manifest.release_id,
        "note": f"Data set, release {manifest.release_id}, licence: \\url{{{manifest.licence}}}",
        "url": url,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{manifest.catalogue_id}-{manifest.release_id},\n{lines}}}"
