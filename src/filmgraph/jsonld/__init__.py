"""JSON-LD in two forms: the lossless document, and the plain block that crawlers read in a page."""

from __future__ import annotations

from filmgraph.jsonld.crawler import crawler_document, crawler_list, crawler_trail, crawler_website, to_script
from filmgraph.jsonld.dataset import crawler_dataset
from filmgraph.jsonld.document import CONTEXT, to_document, to_json, triples_to_json

__all__ = [
    "CONTEXT",
    "crawler_dataset",
    "crawler_document",
    "crawler_list",
    "crawler_trail",
    "crawler_website",
    "to_document",
    "to_json",
    "to_script",
    "triples_to_json",
]
