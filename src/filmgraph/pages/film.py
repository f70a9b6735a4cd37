"""The page of a film."""

from __future__ import annotations

from collections import defaultdict

from filmgraph.iris import Kind
from filmgraph.namespaces import FG, RDF, SCHEMA
from filmgraph.pages.kinds import singular
from filmgraph.pages.model import CreditLine, Department, FilmPage, Reference, TextBlock
from filmgraph.pages.moments import duration_text
from filmgraph.pages.view import View
from filmgraph.pages.wording import word_text_kind

__all__ = ["build_film_page"]

_SHOWN_ABOVE = (SCHEMA.identifier,)

# The order of a title card; departments that are not named come after, by name.
_DEPARTMENT_ORDER = (
    "direction", "writing", "performance", "camera", "editing", "music", "sound", "art", "costume", "effects", "production",
    "event", "archive",
)  # fmt: skip


def build_film_page(view: View, catalogue_title: str) -> FilmPage:
    """Return what the page of a film shows."""
    description, iri = view.description, view.iri
    name = next(iter(description.literals(iri, SCHEMA.name)), None)
    title = view.label(iri)
    year = description.text(iri, SCHEMA.dateCreated)[:4]
    directors = view.references(iri, SCHEMA.director)
    awards = view.references(iri, FG.award)
    heading = title + (f" ({year})" if year else "")
    by = ", ".join(each.label for each in directors)
    return FilmPage(
        iri=iri,
        kind=Kind.FILM,
        key=description.thing.key,
        kind_label=singular(Kind.FILM, view.messages),
        title=title,
        title_language=name.language if name else None,
        window_title=" – ".join(each for each in (heading, by, catalogue_title) if each),
        fictional=view.fictional_note(),
        other_titles=tuple(
            Reference(each.value, language=each.language) for each in description.literals(iri, SCHEMA.alternateName)
        ),
        year=year,
        countries=view.references(iri, SCHEMA.countryOfOrigin),
        runtime=duration_text(description.text(iri, SCHEMA.duration), view.messages),
        runtime_iso=description.text(iri, SCHEMA.duration),
        directors=directors,
        genres=view.references(iri, SCHEMA.genre),
        forms=view.references(iri, FG.form),
        languages=tuple(view.language_reference(each.value) for each in description.literals(iri, SCHEMA.inLanguage)),
        screenings=view.screenings(view.incoming(SCHEMA.workPresented, Kind.SCREENING)),
        departments=_departments(view),
        texts=tuple(_text_block(view, each) for each in description.text_iris),
        awards=awards,
        identifiers=_identifiers(view),
        facts=view.facts(*_SHOWN_ABOVE, *((SCHEMA.award,) if awards else ())),
        groups=view.groups((SCHEMA.workPresented, Kind.SCREENING), (FG.awardedTo, Kind.AWARD)),
        rows=view.rows(),
    )


def _identifiers(view: View) -> tuple[tuple[str, str], ...]:
    text = view.description.text
    parts = view.description.iris(view.iri, SCHEMA.identifier)
    return tuple((text(each, SCHEMA.propertyID), text(each, SCHEMA.value)) for each in parts)


def _departments(view: View) -> tuple[Department, ...]:
    by_department: defaultdict[str, list[CreditLine]] = defaultdict(list)
    for iri in view.description.iris(view.iri, FG.credit):
        line = view.credit(iri)
        concept = view.vocabulary.by_iri(line.role.iri or "")
        by_department[(concept.broader if concept else None) or ""].append(line)
    departments = []
    for department_iri in sorted(by_department, key=_department_rank):
        lines = sorted(by_department[department_iri], key=lambda each: (each.role.label, each.billing, each.credit_iri))
        label = view.label(department_iri) if department_iri else view.messages("film.other-credits")
        departments.append(Department(label, tuple(lines)))
    return tuple(departments)


def _department_rank(iri: str) -> tuple[int, str]:
    key = iri.rpartition("/")[2]
    return (_DEPARTMENT_ORDER.index(key) if key in _DEPARTMENT_ORDER else len(_DEPARTMENT_ORDER) + (not iri), key)


def _text_block(view: View, iri: str) -> TextBlock:
    description = view.description
    words = next(iter(description.literals(iri, SCHEMA.text)), None)
    holders = view.references(iri, SCHEMA.copyrightHolder)
    publishers = view.references(iri, SCHEMA.publisher)
    licences = description.iris(iri, SCHEMA.license)
    owners = ", ".join(each.label for each in holders or publishers)
    rights = f"© {owners}" if owners else view.messages("film.rights-unknown")
    licence = {"licence": licences[0]} if licences else {}
    return TextBlock(
        iri=iri,
        title=view.label(iri),
        text=words.value if words else "",
        language=(words.language if words else None) or "",
        is_quotation=SCHEMA.Quotation in description.iris(iri, RDF.type),
        kind=word_text_kind(description.text(iri, FG.textKind), view.messages),
        attribution=publishers or holders,
        rights=view.messages("film.licence" if licence else "film.not-free", rights=rights, **licence),
    )
