"""What the kinds of things are called on the pages, and what the links to a thing are called."""

from __future__ import annotations

import re
from typing import Final

from filmgraph.iris import Kind
from filmgraph.namespaces import FG, PROV, SCHEMA, SKOS
from filmgraph.pages.messages import ENGLISH, Messages

__all__ = ["capitalise", "group_label", "plural", "singular"]

#: The links from another thing that have words of their own, read from the thing that is linked to.
_GROUPS: Final = frozenset(
    {
        *(
            SCHEMA.actor,
            SCHEMA.author,
            SCHEMA.contentLocation,
            SCHEMA.contributor,
            SCHEMA.copyrightHolder,
            SCHEMA.countryOfOrigin,
        ),
        *(SCHEMA.director, SCHEMA.editor, SCHEMA.inLanguage, SCHEMA.musicBy, SCHEMA.organizer, SCHEMA.performer, SCHEMA.producer),
        *(SCHEMA.productionCompany, SCHEMA.publisher, SCHEMA.roleName, SCHEMA.subtitleLanguage),
        *(SKOS.broader, SKOS.inScheme, SKOS.narrower, SKOS.topConceptOf, FG.inspiredBy, PROV.wasDerivedFrom),
    }
)


def singular(kind: Kind, messages: Messages = ENGLISH) -> str:
    """Return what one thing of a kind is called: `festival edition`."""
    return messages.kind(kind.segment)


def plural(kind: Kind, messages: Messages = ENGLISH) -> str:
    """Return what several things of a kind are called: `festival editions`."""
    return messages.kind(kind.segment, 2)


def group_label(predicate_iri: str, kind: Kind, messages: Messages = ENGLISH) -> str:
    """Return the heading over the things of a kind that link here by a property.

    >>> group_label(SCHEMA.director, Kind.FILM), group_label(SCHEMA.location, Kind.SCREENING)
    ('Films they directed', 'Screenings')
    """
    things = plural(kind, messages)
    if predicate_iri not in _GROUPS:
        return capitalise(things)
    return capitalise(messages(f"group.{re.split('[#/]', predicate_iri)[-1]}", things=things))


def capitalise(text: str) -> str:
    """Return a text with a capital at its beginning; the rest stays as it is."""
    return text[:1].upper() + text[1:]
