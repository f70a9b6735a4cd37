"""`dataset.ttl`: the whole description of a release for catalogues and search engines, with its files and their checksums.

DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) conforming to DCAT-AP 3.0.1 (https://semiceu.github.io/DCAT-AP/releases/3.0.1/), and
the same as `schema:Dataset` (https://developers.google.com/search/docs/appearance/structured-data/dataset). DCAT-AP
wants the class of everything that it refers to in the same document, so that licences and formats are typed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.dataset import dataset_iri, description_of
from filmgraph.dataset_authorities import PUBLIC_ACCESS, file_type_iri, language_iri
from filmgraph.dataset_statistics import Statistics
from filmgraph.dataset_void import iter_class_details, triple
from filmgraph.download import Download, Purpose
from filmgraph.manifest import FileEntry
from filmgraph.namespaces import (
    DCAT,
    DCTERMS,
    FG_BASE,
    FOAF,
    IANA,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    SPDX,
    VCARD,
    VOID,
    XSD,
)
from filmgraph.settings import Settings
from filmgraph.themes import THEME_SCHEME, Theme
from filmgraph.vocabulary import Vocabulary

__all__ = ["Described", "EarlierRelease", "iter_catalogue"]

_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_TITLE: Final = DCTERMS.term("title")
_FORMAT: Final = DCTERMS.term("format")


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """A release before this one; `issued` is an ISO date."""

    release_id: str
    issued: str


@dataclass(frozen=True, slots=True)
class Described:
    """One release and all that its description is made of. `files` are those under `dumps/`; `earlier` begins with the newest."""

    settings: Settings
    vocabulary: Vocabulary
    statistics: Statistics
    release_id: str
    issued: str
    files: Sequence[tuple[Download, FileEntry]]
    earlier: Sequence[EarlierRelease] = ()

    @property
    def iri(self) -> str:
        """The IRI of the dataset; its parts are fragments of it."""
        return dataset_iri(self.settings)

    def part(self, name: str) -> str:
        """Return the IRI of a part."""
        return f"{self.iri}#{name}"

    def page(self, path: str) -> str:
        """Return the address of a page or file of the site."""
        return self.settings.base_iri + path

    def text(self, value: str) -> Literal:
        """Return a text in the catalogue's first language."""
        return Literal(value, language=self.settings.languages[0])


def iter_catalogue(described: Described) -> Iterator[Triple]:
    """Yield what `dataset.ttl` says beyond the dataset's description in the graph."""
    yield from _iter_document(described)
    yield from _iter_dataset(described)
    yield from _iter_search(described)
    yield from _iter_catalogue_record(described)
    yield from _iter_agents(described)
    yield from _iter_themes(described)
    yield from _iter_coverage(described)
    yield from _iter_versions(described)
    yield from _iter_service(described)
    for download, entry in described.files:
        if download.is_data:
            yield from _iter_distribution(described, download, entry)
    yield from iter_class_details(described.iri, described.statistics)


def _iter_document(described: Described) -> Iterator[Triple]:
    """The document itself, so that a reader of the file knows what it is about (https://www.w3.org/TR/void/#metadata)."""
    document = described.page("datasets/")
    for class_iri in (VOID.DatasetDescription, FOAF.Document):
        yield triple(document, RDF.type, class_iri)
    yield triple(document, _TITLE, Literal(f"Description of {described.settings.title}", language="en"))
    yield triple(document, FOAF.primaryTopic, described.iri)


def _iter_dataset(described: Described) -> Iterator[Triple]:
    iri, settings = described.iri, described.settings
    yield triple(iri, DCTERMS.identifier, Literal(iri))
    yield triple(iri, DCTERMS.modified, Literal(described.issued, datatype=NamedNode(XSD.date)))
    yield triple(settings.licence, RDF.type, DCTERMS.LicenseDocument)
    yield triple(iri, DCTERMS.accessRights, PUBLIC_ACCESS)
    yield triple(PUBLIC_ACCESS, RDF.type, DCTERMS.RightsStatement)
    for language in settings.languages:
        yield triple(iri, DCTERMS.language, language_iri(language))
        yield triple(language_iri(language), RDF.type, DCTERMS.LinguisticSystem)
    for keyword in settings.keywords:
        yield triple(iri, DCAT.keyword, described.text(keyword))
    for standard, title in (
        (FG_BASE + "ns", "The filmgraph vocabulary"),
        (described.page("shapes"), "The rules of the data (SHACL)"),
    ):
        yield triple(iri, DCTERMS.conformsTo, standard)
        yield triple(standard, RDF.type, DCTERMS.Standard)
        yield triple(standard, _TITLE, Literal(title, language="en"))


def _iter_search(described: Described) -> Iterator[Triple]:
    """What dataset search reads beside title, description, licence and files."""
    iri, settings = described.iri, described.settings
    yield triple(iri, SCHEMA.url, described.page("datasets/"))
    yield triple(iri, SCHEMA.identifier, Literal(iri))
    yield triple(iri, SCHEMA.isAccessibleForFree, Literal(True))
    for role in (SCHEMA.creator, SCHEMA.publisher):
        yield triple(iri, role, described.part("publisher"))
    for keyword in settings.keywords:
        yield triple(iri, SCHEMA.keywords, described.text(keyword))
    for language in settings.languages:
        yield triple(iri, SCHEMA.inLanguage, Literal(language))
    catalogue = described.part("catalogue")
    yield triple(iri, SCHEMA.includedInDataCatalog, catalogue)
    yield triple(catalogue, RDF.type, SCHEMA.DataCatalog)
    yield triple(catalogue, SCHEMA.name, described.text(settings.title))
    yield triple(catalogue, SCHEMA.url, described.page("datasets/"))


def _iter_catalogue_record(described: Described) -> Iterator[Triple]:
    catalogue, settings = described.part("catalogue"), described.settings
    yield triple(catalogue, RDF.type, DCAT.Catalog)
    yield triple(catalogue, _TITLE, described.text(settings.title))
    yield triple(catalogue, DCTERMS.description, described.text(description_of(settings)))
    yield triple(catalogue, DCTERMS.publisher, described.part("publisher"))
    yield triple(catalogue, DCTERMS.license, settings.licence)
    yield triple(catalogue, DCTERMS.modified, Literal(described.issued, datatype=NamedNode(XSD.date)))
    yield triple(catalogue, FOAF.homepage, described.page("datasets/"))
    yield triple(catalogue, DCAT.dataset, described.iri)
    yield triple(catalogue, DCAT.service, described.part("sparql"))
    for language in settings.languages:
        yield triple(catalogue, DCTERMS.language, language_iri(language))


def _iter_agents(described: Described) -> Iterator[Triple]:
    settings, publisher, contact = described.settings, described.part("publisher"), described.part("contact")
    for role in (DCTERMS.publisher, DCTERMS.creator):
        yield triple(described.iri, role, publisher)
    for class_iri in (FOAF.Agent, SCHEMA.Organization):
        yield triple(publisher, RDF.type, class_iri)
    for predicate in (FOAF.term("name"), SCHEMA.name):
        yield triple(publisher, predicate, Literal(settings.publisher))
    if settings.contact:
        is_page = settings.contact.startswith(("http://", "https://"))
        yield triple(described.iri, DCAT.contactPoint, contact)
        yield triple(contact, RDF.type, VCARD.Kind)
        yield triple(contact, VCARD.fn, Literal(settings.publisher))
        address = settings.contact if is_page else f"mailto:{quote(settings.contact, safe='@+')}"
        yield triple(contact, VCARD.hasURL if is_page else VCARD.hasEmail, address)
        yield triple(publisher, SCHEMA.contactPoint, contact)
        yield triple(contact, RDF.type, SCHEMA.ContactPoint)
        yield triple(contact, SCHEMA.contactType, Literal("questions about the data", language="en"))
        yield triple(contact, SCHEMA.url if is_page else SCHEMA.email, Literal(settings.contact))


def _iter_themes(described: Described) -> Iterator[Triple]:
    for code in described.settings.themes:
        theme = Theme[code]
        yield triple(described.iri, DCAT.theme, theme.iri)
        yield triple(theme.iri, RDF.type, SKOS.Concept)
        yield triple(theme.iri, SKOS.prefLabel, Literal(theme.value, language="en"))
        yield triple(theme.iri, SKOS.inScheme, THEME_SCHEME)
        yield triple(described.part("catalogue"), DCAT.themeTaxonomy, THEME_SCHEME)
        yield triple(THEME_SCHEME, RDF.type, SKOS.ConceptScheme)
        yield triple(THEME_SCHEME, _TITLE, Literal("Data theme", language="en"))


def _iter_coverage(described: Described) -> Iterator[Triple]:
    """The years and countries that the facts name; nothing where they name none."""
    iri, statistics, period = described.iri, described.statistics, described.part("period")
    if statistics.first_date:
        yield triple(iri, DCTERMS.temporal, period)
        yield triple(period, RDF.type, DCTERMS.PeriodOfTime)
        yield triple(period, DCAT.startDate, _date(statistics.first_date))
        yield triple(period, DCAT.endDate, _date(statistics.last_date))
        yield triple(iri, SCHEMA.temporalCoverage, Literal(f"{statistics.first_date}/{statistics.last_date}"))
    for country_iri in statistics.countries:
        country = described.vocabulary.by_iri(country_iri)
        if country is not None:
            name = described.text(country.label(described.settings.languages[0]))
            for predicate in (DCTERMS.spatial, SCHEMA.spatialCoverage):
                yield triple(iri, predicate, country_iri)
            for class_iri in (DCTERMS.Location, SCHEMA.Country):
                yield triple(country_iri, RDF.type, class_iri)
            for predicate in (SKOS.prefLabel, SCHEMA.name):
                yield triple(country_iri, predicate, name)


def _date(text: str) -> Literal:
    datatype = {4: XSD.gYear, 7: XSD.gYearMonth}.get(len(text), XSD.date)
    return Literal(text, datatype=NamedNode(datatype))


def _iter_versions(described: Described) -> Iterator[Triple]:
    """Each release is a version of the one dataset (https://www.w3.org/TR/vocab-dcat-3/#dataset-versions)."""
    releases = (EarlierRelease(described.release_id, described.issued), *described.earlier)
    for release in releases:
        version = described.part(f"release-{release.release_id}")
        yield triple(described.iri, DCAT.hasVersion, version)
        yield triple(version, RDF.type, DCAT.Dataset)
        yield triple(version, DCAT.isVersionOf, described.iri)
        yield triple(version, DCAT.version, Literal(release.release_id))
        yield triple(version, _TITLE, described.text(f"{described.settings.title}, {release.release_id}"))
        yield triple(version, DCTERMS.description, described.text(description_of(described.settings)))
        yield triple(version, DCTERMS.license, described.settings.licence)
        yield triple(version, DCTERMS.issued, Literal(release.issued, datatype=NamedNode(XSD.date)))
    yield triple(described.iri, DCAT.hasCurrentVersion, described.part(f"release-{described.release_id}"))
    for newer, older in pairwise(releases):
        newer_iri, older_iri = (described.part(f"release-{each.release_id}") for each in (newer, older))
        yield triple(newer_iri, DCAT.previousVersion, older_iri)
    if described.earlier:
        yield triple(described.iri, DCAT.previousVersion, described.part(f"release-{described.earlier[0].release_id}"))


def _iter_service(described: Described) -> Iterator[Triple]:
    service, endpoint, iri = described.part("sparql"), described.page("sparql"), described.iri
    access, settings = described.part("file-sparql"), described.settings
    yield triple(service, RDF.type, DCAT.DataService)
    yield triple(service, _TITLE, Literal(f"SPARQL endpoint of {settings.title}", language="en"))
    about = "Answers SPARQL 1.1 queries over all graphs. Without a query it answers with its service description."
    yield triple(service, DCTERMS.description, Literal(about, language="en"))
    for predicate in (DCAT.endpointURL, DCAT.endpointDescription):
        yield triple(service, predicate, endpoint)
    yield triple(endpoint, RDF.type, RDFS.Resource)
    yield triple(service, DCAT.servesDataset, iri)
    yield triple(service, DCTERMS.conformsTo, _PROTOCOL)
    yield triple(_PROTOCOL, RDF.type, DCTERMS.Standard)
    yield triple(_PROTOCOL, _TITLE, Literal("SPARQL 1.1 Protocol", language="en"))
    yield triple(service, DCTERMS.publisher, described.part("publisher"))
    yield triple(service, DCTERMS.license, settings.licence)
    if settings.contact:
        yield triple(service, DCAT.contactPoint, described.part("contact"))
    yield triple(iri, DCAT.distribution, access)
    yield triple(access, RDF.type, DCAT.Distribution)
    yield triple(access, _TITLE, Literal(f"{settings.title}: by SPARQL query", language="en"))
    yield triple(access, DCAT.accessURL, endpoint)
    yield triple(access, DCAT.accessService, service)
    yield triple(access, DCTERMS.license, settings.licence)


def _iter_distribution(described: Described, download: Download, entry: FileEntry) -> Iterator[Triple]:
    iri, part = described.iri, described.part(f"file-{quote(download.name)}")
    url = described.page(f"dumps/{described.release_id}/{quote(download.name)}")
    yield triple(iri, DCAT.distribution, part)
    if _is_for_search(download):
        yield triple(iri, SCHEMA.distribution, part)
    for class_iri in (DCAT.Distribution, SCHEMA.DataDownload):
        yield triple(part, RDF.type, class_iri)
    for predicate in (_TITLE, SCHEMA.name):
        yield triple(part, predicate, Literal(_download_title(described, download), language="en"))
    for predicate in (DCAT.downloadURL, DCAT.accessURL, SCHEMA.contentUrl):
        yield triple(part, predicate, url)
    for predicate in (DCTERMS.license, SCHEMA.license):
        yield triple(part, predicate, described.settings.licence)
    yield triple(part, DCTERMS.issued, Literal(described.issued, datatype=NamedNode(XSD.date)))
    yield triple(part, DCAT.byteSize, Literal(str(entry.size), datatype=NamedNode(XSD.nonNegativeInteger)))
    yield triple(part, SCHEMA.contentSize, Literal(f"{entry.size} B"))
    yield triple(part, SCHEMA.sha256, Literal(entry.sha256))
    yield triple(part, SCHEMA.encodingFormat, Literal(download.format.media_type))
    yield from _iter_formats(described, part, download)
    yield from _iter_checksum(part, entry)
    if download.is_whole_graph:
        yield triple(iri, VOID.dataDump, url)


def _is_for_search(download: Download) -> bool:
    """Whether dataset search is told of a file: all formats of everything, and tables; more would fill the page."""
    is_table = download.purpose is Purpose.TABLE and download.format.media_type == "text/csv"
    return is_table or download.purpose is Purpose.EVERYTHING


def _download_title(described: Described, download: Download) -> str:
    title = described.settings.title
    return (
        f"{title}: {download.part}, {download.format.title}"
        if download.part != described.settings.id
        else (f"{title}: all facts, {download.format.title}")
    )


def _iter_formats(described: Described, part: str, download: Download) -> Iterator[Triple]:
    file_format = download.format
    if file_format.file_type:
        format_iri = file_type_iri(file_format.file_type)
    else:
        format_iri = described.part(f"format{file_format.suffix}")
        yield triple(format_iri, RDFS.label, Literal(file_format.title, language="en"))
    yield triple(part, _FORMAT, format_iri)
    yield triple(format_iri, RDF.type, DCTERMS.MediaTypeOrExtent)
    media_types = [(DCAT.mediaType, file_format.media_type)] if file_format.is_registered else []
    media_types += [(DCAT.compressFormat, "application/gzip")] if download.is_gzip else []
    for predicate, media_type in media_types:
        yield triple(part, predicate, IANA + media_type)
        yield triple(IANA + media_type, RDF.type, DCTERMS.MediaType)


def _iter_checksum(part: str, entry: FileEntry) -> Iterator[Triple]:
    checksum = f"{part}-sha256"
    yield triple(part, SPDX.checksum, checksum)
    yield triple(checksum, RDF.type, SPDX.Checksum)
    yield triple(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    yield triple(SPDX.checksumAlgorithm_sha256, RDF.type, SPDX.ChecksumAlgorithm)
    yield triple(checksum, SPDX.checksumValue, Literal(entry.sha256, datatype=NamedNode(XSD.hexBinary)))
