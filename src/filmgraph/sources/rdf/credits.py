"""Credits: edges from a film to a person, and role nodes between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import Certainty, Credit, Ref
from filmgraph.namespaces import FG, PROV, SCHEMA
from filmgraph.sources.rdf.account import Account
from filmgraph.sources.rdf.draft import CreditDraft, Draft
from filmgraph.sources.rdf.graph import Graph, Said
from filmgraph.sources.rdf.nodes import Nodes
from filmgraph.sources.rdf.terms import Rule, rules_for
from filmgraph.vocabulary import Vocabulary

__all__ = ["Credits"]

_NO_ROLE: Final = "it does not say in which role"
_AGENTS: Final = (Kind.PERSON, Kind.ORG)
_ANY_AGENT: Final = Rule("credit", "credit", to=_AGENTS)
# Names that schema.org gave up, and files still have, are made with `term`.
_ROLE_NAMES: Final = frozenset({SCHEMA.roleName, SCHEMA.term("namedPosition")})
_PLURALS: Final = {
    SCHEMA.term("directors"): SCHEMA.director,
    SCHEMA.term("actors"): SCHEMA.actor,
    SCHEMA.term("performers"): SCHEMA.performer,
}
_CERTAINTIES: Final = {each.iri: each for each in Certainty}
_NUMBER_AT_END: Final = re.compile(r"-([0-9]{1,9})$")
FindRef = Callable[[Rule, Said], "Ref | str"]


@dataclass(slots=True)
class Credits:
    """Reads the credits of films and screenings. `known_sources` are the ids of the catalogue's sources."""

    graph: Graph
    nodes: Nodes
    account: Account
    vocabulary: Vocabulary
    known_sources: frozenset[str] = frozenset()
    source_base: str = ""
    _direct: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._direct = {each.key: each.direct_property or "" for each in self.vocabulary.concepts(Kind.ROLE)}

    def read_node(
        self, node: str, property_iri: str, rule: Rule, draft: Draft, place: SourcePlace, find_ref: FindRef
    ) -> str | None:
        """Read a schema:Role; return None when it became a credit, else why not."""
        statements = list(self.graph.about(node))
        direct = frozenset({*self._direct.values(), *_PLURALS} - {""})
        edges = [each for each in statements if (each.predicate == property_iri if property_iri else each.predicate in direct)]
        if not edges:
            return "the role names nobody"
        property_iri = _PLURALS.get(edges[0].predicate, edges[0].predicate)
        role = self._find_role(statements, property_iri, rule)
        if not role:
            return _NO_ROLE
        found = [find_ref(rule if rule.to else _ANY_AGENT, each) for each in edges]
        refused = next((each for each in found if isinstance(each, str)), None)
        if refused is not None:
            return refused
        if any(each.credit.role == role and each.credit.agent in found for each in draft.credits):
            return "the same person has this role on the film already"
        for agent in found:
            assert isinstance(agent, Ref)
            draft.credits.append(self._draft(node, statements, Credit(role, agent), property_iri, place, len(draft.credits)))
        self._settle_node(node, statements, edges[0].predicate, role)
        return ""

    def _settle_node(self, node: str, statements: list[Said], property_iri: str, role: str) -> None:
        once = {SCHEMA.characterName, FG.billing, FG.creditedAs, FG.certainty, FG.reason}
        cited = [self._source_id(each) for each in statements if each.predicate == PROV.wasDerivedFrom]
        named = {each.predicate for each in statements if each.predicate in _ROLE_NAMES and self._role_of(each) == role}
        self.nodes.settle(node, once, named, {property_iri, *([PROV.wasDerivedFrom] if cited and all(cited) else [])})

    def _role_of(self, said: Said) -> str:
        concept = self.vocabulary.by_iri(said.value) or self.vocabulary.find(Kind.ROLE, said.value)
        return concept.key if concept else ""

    def _draft(
        self, node: str, statements: list[Said], credit: Credit, property_iri: str, place: SourcePlace, position: int
    ) -> CreditDraft:
        says = {each.predicate: each for each in reversed(statements)}
        billing = says.get(FG.billing)
        number = _NUMBER_AT_END.search(node)
        character, credited_as = (
            says[each].value.strip() if each in says else None for each in (SCHEMA.characterName, FG.creditedAs)
        )
        sources = dict.fromkeys(
            id_ for each in statements if each.predicate == PROV.wasDerivedFrom and (id_ := self._source_id(each))
        )
        return CreditDraft(
            Credit(credit.role, credit.agent, 1, character or None, credited_as or None),
            place,
            property_iri,
            # The number of one of our own credits is frozen: in the order of these numbers they get the same ones again.
            order=int(number[1]) if number and FG.certainty in says else position,
            billing=int(billing.value) if billing and billing.value.isdigit() and len(billing.value) < 7 else None,
            certainty=_CERTAINTIES.get(says[FG.certainty].value, Certainty.STATED) if FG.certainty in says else Certainty.STATED,
            reason=says[FG.reason].value if FG.reason in says else "",
            derived_from=tuple(sources),
        )

    def _source_id(self, said: Said) -> str:
        """Return the id of the catalogue's source that a credit comes from; empty for one that the catalogue does not have."""
        source_id = said.value.removeprefix(self.source_base) if said.value.startswith(self.source_base) else ""
        return source_id if source_id in self.known_sources else ""

    def _find_role(self, statements: list[Said], property_iri: str, rule: Rule) -> str:
        """Return the role that a node names, if its agents stand on this property; else the usual role of the property."""
        for said in statements:
            if said.predicate in _ROLE_NAMES and self._direct.get(self._role_of(said)) == property_iri:
                return self._role_of(said)
        usual = rules_for(Kind.FILM).get(property_iri) or rules_for(Kind.SCREENING).get(property_iri)
        return rule.role or (usual.role if usual else "")

    def finish(self, draft: Draft) -> None:
        """Turn the edges that no node explains into credits; the others follow from the nodes."""
        explained = {(name, each.credit.agent) for each in draft.credits for name in (each.property_iri, each.credit.role)}
        for number, (rule, said, agent, place) in enumerate(draft.edges):
            property_iri = _PLURALS.get(said.predicate, said.predicate)
            if (property_iri, agent) in explained or (rule.role, agent) in explained:
                self.account.build(said.predicate)
            elif not rule.role:
                self.account.list(said.predicate, _NO_ROLE, said.value, place)
            else:
                explained.add((rule.role, agent))
                position = len(draft.credits) + number
                draft.credits.append(CreditDraft(Credit(rule.role, agent), place, property_iri, order=position))
                self.account.take(said.predicate)
