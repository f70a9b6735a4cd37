"""What each page shows, decided without IO: a description and the vocabulary in, a frozen page context out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from filmgraph.describe import Description
from filmgraph.iris import Kind
from filmgraph.pages.film import build_film_page
from filmgraph.pages.kinds import plural, singular
from filmgraph.pages.leads import write_lead, write_note, write_window_title
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import ThingPage
from filmgraph.pages.moments import Moment, read_moment
from filmgraph.pages.others import (
    build_concept_page,
    build_festival_page,
    build_organization_page,
    build_person_page,
    build_screening_page,
    build_source_page,
    build_thing_page,
    build_venue_page,
)
from filmgraph.pages.view import View
from filmgraph.vocabulary import Vocabulary

__all__ = ["Moment", "ThingPage", "build_page", "plural", "read_moment", "singular"]

_BUILDERS: dict[Kind, Callable[[View, str], ThingPage]] = {
    Kind.FILM: build_film_page,
    Kind.PERSON: build_person_page,
    Kind.ORG: build_organization_page,
    Kind.FESTIVAL: build_festival_page,
    Kind.SCREENING: build_screening_page,
    Kind.VENUE: build_venue_page,
    Kind.HALL: build_venue_page,
    Kind.ROLE: build_concept_page,
    Kind.GENRE: build_concept_page,
    Kind.FORM: build_concept_page,
    Kind.COUNTRY: build_concept_page,
    Kind.LANGUAGE: build_concept_page,
    Kind.SOURCE: build_source_page,
}


def build_page(description: Description, vocabulary: Vocabulary, catalogue_title: str, messages: Messages = ENGLISH) -> ThingPage:
    """Return the page of the described thing in the language of `messages`; every kind has one."""
    view = View(description, vocabulary, messages)
    page = _BUILDERS.get(description.thing.kind, build_thing_page)(view, catalogue_title)
    note = write_note(page, view)
    title = write_window_title(page, note, catalogue_title, messages)
    return replace(page, lead=write_lead(page, view), note=note, window_title=title)
