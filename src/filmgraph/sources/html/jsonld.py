"""The JSON-LD of a page → items. Contexts are looked at, never fetched: only what is in terms of schema.org is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from filmgraph.sources.html.items import Item, Note, schema_name
from filmgraph.sources.html.jsontext import JsonError, JsonObject, JsonValue, parse_json

__all__ = ["read_block"]

_WRAPPING: Final = re.compile(
    r"\A\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\s*\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\s*\*/)?)\s*;?\s*\Z"
)
_CONTEXT: Final = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.)?schema\.org(?:/docs/jsonldcontext\.jsonl?d?(?:on)?)?/?#?", re.IGNORECASE
)
_SYNTAX: Final = "json-ld"


@dataclass(frozen=True, slots=True)
class _Context:
    """What the terms of an object mean: as those of schema.org, or by a prefix or another name."""

    is_schema: bool = False
    terms: dict[str, str] = field(default_factory=dict)

    def extend(self, value: JsonValue) -> _Context:
        """Return the context with what an `@context` adds."""
        context = self
        for each in value.each():
            if isinstance(each.content, JsonObject):
                context = context.define(each.content)
            elif _CONTEXT.fullmatch(each.text.strip()):
                context = replace(context, is_schema=True)
        return context

    def define(self, definitions: JsonObject) -> _Context:
        terms, is_schema = dict(self.terms), self.is_schema
        for name, value in definitions.members:
            target = value.content.get("@id") if isinstance(value.content, JsonObject) else value
            if name == "@vocab":
                is_schema = schema_name(value.text) == ""
            elif target is not None and target.text:
                terms[name] = target.text
        return _Context(is_schema, terms)

    def keyword(self, name: str) -> str:
        """Return a keyword by the name that the context gives it."""
        return self.terms.get(name, name)

    def name(self, term: str) -> str | None:
        """Return the name of a term in schema.org; None for one of another vocabulary."""
        term = self.terms.get(term, term)
        prefix, colon, rest = term.partition(":")
        if colon and not rest.startswith("//"):
            base = self.terms.get(prefix, "http://schema.org/" if prefix == "schema" else "")
            return schema_name(base + rest)
        if colon:
            return schema_name(term)
        return term if self.is_schema and not term.startswith("@") else None


def read_block(text: str, line: int, notes: list[Note]) -> Iterator[Item]:
    """Yield the items of one `script` element, whose text begins in a line."""
    unwrapped = _WRAPPING.sub(lambda match: "\n" * match[0].count("\n"), text)
    if not unwrapped.strip():
        return
    try:
        value = parse_json(unwrapped, line)
    except JsonError as error:
        message = f"The JSON-LD that begins in line {line} is broken: {error}. Nothing is read from it."
        notes.append(Note("html-json", error.line, text.strip()[:200], message))
        return
    reader = _Block(notes)
    for each in value.each():
        yield from reader.iter_items(each, _Context())


@dataclass(frozen=True, slots=True)
class _Block:
    notes: list[Note]

    def iter_items(self, value: JsonValue, context: _Context) -> Iterator[Item]:
        """Yield what stands at the top of a block, or in its `@graph`."""
        if not isinstance(value.content, JsonObject):
            return
        own = value.content.get("@context")
        context = context if own is None else context.extend(own)
        graph = value.content.get("@graph")
        if graph is not None:
            for each in graph.each():
                yield from self.iter_items(each, context)
        item = self.to_item(value.content, value.line, context)
        if item.types or item.values:
            yield item
        elif graph is None:
            message = "The JSON-LD is not in terms of schema.org: its @context is another one, or is missing."
            self.notes.append(Note("html-context", value.line, own.text[:200] if own else "", message))

    def to_item(self, content: JsonObject, line: int, context: _Context) -> Item:
        item = Item(line, _SYNTAX)
        for name, value in content.members:
            match context.keyword(name):
                case "@id":
                    item.id = value.text.strip()
                case "@type":
                    item.types += [found for each in value.each() if (found := context.name(each.text.strip()))]
                case "@context" | "@graph":
                    continue
                case keyword:
                    term = context.name(keyword) if not keyword.startswith("@") else None
                    if term:
                        self.add_values(item, term, value, context)
        return item

    def add_values(self, item: Item, name: str, value: JsonValue, context: _Context) -> None:
        for each in value.each():
            if isinstance(each.content, str):
                if each.content.strip():
                    item.add(name, each.content, each.line)
            elif isinstance(each.content, list):
                self.add_values(item, name, each, context)
            elif isinstance(each.content, JsonObject):
                self.add_object(item, name, each, context)

    def add_object(self, item: Item, name: str, value: JsonValue, context: _Context) -> None:
        content = value.content
        if not isinstance(content, JsonObject):
            return
        own = content.get("@context")
        context = context if own is None else context.extend(own)
        literal, wrapped = content.get("@value"), content.get("@list") or content.get("@set")
        language = content.get("@language")
        if literal is not None and literal.text.strip():
            item.add(name, literal.text, literal.line, language.text if language else "")
        elif wrapped is not None:
            self.add_values(item, name, wrapped, context)
        elif literal is None:
            item.add(name, self.to_item(content, value.line, context), value.line)
