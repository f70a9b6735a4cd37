"""What the block of a film says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from filmgraph.jsonld.writer import Body, Writer
from filmgraph.namespaces import FG, SCHEMA

__all__ = ["AGENTS", "movie", "presented"]

#: Agents that stand bare under their property. Search engines know no Role, so one stands only where it says more: around a cast
#: member with a character, and around a contributor.
AGENTS: Final = ("director", "author", "producer", "productionCompany", "musicBy", "editor", "translator")


def movie(writer: Writer, iri: str) -> Body:
    """Return the members of a film: its facts, and its credits in billing order."""
    credits = sorted(writer.description.iris(iri, FG.credit), key=lambda each: _billing(writer, each))
    return {
        "alternateName": writer.texts(iri, "alternateName"),
        **writer.members(iri, "dateCreated", "duration"),
        "genre": writer.labels(iri, SCHEMA.genre),
        "inLanguage": writer.texts(iri, "inLanguage"),
        "countryOfOrigin": writer.things(iri, "countryOfOrigin"),
        **{name: _in_billing_order(writer, iri, name, credits) for name in AGENTS},
        "actor": _roles(writer, iri, "actor", credits),
        "contributor": _roles(writer, iri, "contributor", credits),
        "character": writer.things(iri, "character"),
        "contentLocation": writer.things(iri, "contentLocation"),
        "award": writer.texts(iri, "award"),
        "image": [url for each in writer.urls(iri, "image") for url in writer.urls(each, "contentUrl")],
        **writer.identity(iri),
    }


def presented(writer: Writer, iri: str) -> Body:
    """Return a film as its screening names it."""
    facts = writer.members(iri, "dateCreated", "duration")
    return writer.thing(iri) | facts | {"director": writer.things(iri, "director")}


def _billing(writer: Writer, credit: str) -> tuple[int, str]:
    text = writer.description.text(credit, FG.billing)
    return int(text) if text.isdecimal() else 0, credit


def _in_billing_order(writer: Writer, iri: str, name: str, credits: Iterable[str]) -> list[Body]:
    term, iris = SCHEMA.term(name), writer.description.iris
    credited = (agent for each in credits for agent in iris(each, term))
    return [writer.thing(each) for each in dict.fromkeys([*credited, *iris(iri, term)])]


def _roles(writer: Writer, iri: str, name: str, credits: Iterable[str]) -> list[Body]:
    """Return agents with their character or role name around them; bare where neither is known."""
    term, iris = SCHEMA.term(name), writer.description.iris
    found = [(credit, agent) for credit in credits for agent in iris(credit, term)]
    credited = {agent for _, agent in found}
    rest = (writer.thing(each) for each in iris(iri, term) if each not in credited)
    return [*(_role(writer, credit, name, agent) for credit, agent in found), *rest]


def _role(writer: Writer, credit: str, name: str, agent: str) -> Body:
    character, bare = writer.text(credit, "characterName"), writer.thing(agent)
    if name == "actor":
        return {"@type": "PerformanceRole", "characterName": character, name: bare} if character else bare
    roles = writer.labels(credit, SCHEMA.roleName)
    return {"@type": "Role", "roleName": roles, name: bare} if roles else bare
