"""What a file under a release's `dumps/` is, told by its name: which part of the data, for what purpose, in which format."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

__all__ = ["DATASET_FILE", "Download", "DownloadFormat", "Purpose", "format_order", "read_download"]

#: The description of the release, beside `dumps/`.
DATASET_FILE: Final = "dataset.ttl"


class Purpose(enum.Enum):
    """Why somebody would fetch a file; in the order of the page."""

    EVERYTHING = "everything"
    TABLE = "tables"
    CLASS = "class"
    EDITION = "edition"
    RULES = "rules"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class DownloadFormat:
    """A format by its suffix, without the gzip around it. `use` says what it is good for.

    `file_type` is a code of the EU's list (http://publications.europa.eu/resource/authority/file-type), or empty where it has
    none; `is_registered` says whether the media type is registered (https://www.iana.org/assignments/media-types/).
    """

    suffix: str
    title: str
    media_type: str
    file_type: str
    use: str
    is_registered: bool = True


#: In the order of the page.
_FORMATS: Final = (
    DownloadFormat(
        ".nt", "N-Triples", "application/n-triples", "RDF_N_TRIPLES", "one fact a line, sorted: to load and to compare"
    ),
    DownloadFormat(".nq", "N-Quads", "application/n-quads", "RDF_N_QUADS", "one fact a line, with its graph"),
    DownloadFormat(".ttl", "Turtle", "text/turtle", "RDF_TURTLE", "grouped by thing: to read"),
    DownloadFormat(".trig", "TriG", "application/trig", "RDF_TRIG", "with what each source says"),
    DownloadFormat(".jsonld", "JSON-LD", "application/ld+json", "JSON_LD", "one document"),
    DownloadFormat(
        ".ndjson", "JSON-LD by line", "application/x-ndjson", "", "one thing a line: to read piece by piece", is_registered=False
    ),
    DownloadFormat(".csv", "CSV", "text/csv", "CSV", "for a spreadsheet"),
    DownloadFormat(".parquet", "Parquet", "application/vnd.apache.parquet", "", "for a data frame"),
    DownloadFormat(".json", "JSON", "application/json", "JSON", ""),
)
_ANY: Final = DownloadFormat("", "Text", "text/plain", "TXT", "")
_FOLDERS: Final = {
    "class": Purpose.CLASS,
    "edition": Purpose.EDITION,
    "tables": Purpose.TABLE,
    "ontology": Purpose.RULES,
    "shapes": Purpose.RULES,
}
_DICTIONARY: Final = "data-dictionary"


@dataclass(frozen=True, slots=True)
class Download:
    """One file: its name under `dumps/`, its purpose and format, and the part of the data in it (`film`, an edition's key)."""

    name: str
    purpose: Purpose
    part: str
    format: DownloadFormat
    is_gzip: bool

    @property
    def is_data(self) -> bool:
        """Whether the file holds facts, and not what explains or checks them."""
        return self.purpose not in (Purpose.RULES, Purpose.CHECK) and self.part != _DICTIONARY

    @property
    def is_whole_graph(self) -> bool:
        """Whether the file is a dump of the whole dataset in RDF, as `void:dataDump` means it."""
        return self.purpose is Purpose.EVERYTHING and self.format.file_type not in ("CSV", "JSON", "TXT")


def format_order(download: Download) -> int:
    """Sort files by format, as the table of formats has them."""
    return _FORMATS.index(download.format) if download.format in _FORMATS else len(_FORMATS)


def read_download(name: str) -> Download:
    """Return what the file `name` is.

    >>> found = read_download("class/film.nt.gz")
    >>> found.purpose, found.part, found.format.title, found.is_gzip
    (<Purpose.CLASS: 'class'>, 'film', 'N-Triples', True)
    """
    folder, _, file_name = name.rpartition("/")
    is_gzip = file_name.endswith(".gz")
    bare = file_name.removesuffix(".gz")
    found = next((each for each in _FORMATS if bare.endswith(each.suffix)), _ANY)
    purpose = _FOLDERS.get(folder.partition("/")[0]) if folder else None
    if purpose is None:
        purpose = Purpose.CHECK if found is _ANY else Purpose.EVERYTHING
    return Download(name, purpose, bare.removesuffix(found.suffix), found, is_gzip)
