"""The pictures of a film page: known by their UUIDs only."""

from __future__ import annotations

from collections.abc import Sequence

from filmgraph.iris import Kind
from filmgraph.model import Identifier, ImageObject, Ref
from filmgraph.sources.page.blocks import Block, LineKind
from filmgraph.sources.page.draft import PageDraft, RecordDraft

__all__ = ["read_images"]


def read_images(blocks: Sequence[Block], head: Sequence[Block], film: RecordDraft, draft: PageDraft) -> None:
    """Read all pictures; the first is the page's own when it stands in the head, above the facts."""
    lead = next((each for each in head if each.kind in {LineKind.IMAGE, LineKind.FACTS, LineKind.CREDITS}), None)
    for block in blocks:
        if block.kind is not LineKind.IMAGE:
            continue
        image = draft.record(ImageObject, Ref(Kind.IMAGE, block.value, key=block.value))
        image.add("identifier", Identifier("uuid", block.value), block.line.key)
        if block is lead:
            image.add("representative_of_page", True, block.line.key)
        film.add("image", image.ref, block.line.key)
