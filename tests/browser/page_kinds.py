"""One page of each kind, in the demo: what is audited and photographed."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

__all__ = ["PAGE_KINDS"]

_ROWS: Final = (
    "PREFIX schema: <http://schema.org/>\nSELECT ?film ?title WHERE { ?film a schema:Movie ; schema:name ?title } LIMIT 3"
)

PAGE_KINDS: Final = {
    "home": "/",
    "list": "/film/",
    "list-narrowed": "/film/?decade=1980&country=DE",
    "list-people": "/person/?role=director",
    "film": "/film/here-2023",
    "film-plain": "/film/taxi-driver-1976",
    "film-facts": "/film/here-2023/facts",
    "person": "/person/bas-devos",
    "organisation": "/org/quetzalcoatl",
    "festival": "/festival/demo-film-festival-2027",
    "series": "/series/demo-film-festival",
    "section": "/section/demo-2027-gala",
    "screening": "/screening/demo-2026-001",
    "screening-moved": "/screening/demo-2027-009",
    "venue": "/venue/nocturne",
    "hall": "/hall/lantern-1",
    "credit": "/credit/here-2023-actor-1",
    "character": "/character/here-2023-stefan",
    "award": "/award/here-2023-best-film-encounters",
    "work": "/work/gathering-moss",
    "text": "/text/here-2023-introduction",
    "place": "/place/brussels",
    "source": "/source/films",
    "role": "/role/director",
    "genre": "/genre/drama",
    "country": "/country/BE",
    "language": "/language/nl",
    "programmes": "/programme/",
    "programme": "/programme/demo-film-festival-2027",
    "programme-day": "/programme/demo-film-festival-2026/2026-10-17",
    "programme-filtered": "/programme/demo-film-festival-2026/2026-10-17?section=demo-2026-classics",
    "search": "/search",
    "search-found": "/search?q=a",
    "search-near": "/search?q=man+of+irn",
    "search-nothing": "/search?q=zzzz",
    "search-refused": f"/search?q={'x' * 300}",
    "datasets": "/datasets/",
    "dictionary": "/datasets/dictionary",
    "changes": "/changes/",
    "vocabulary": "/ns",
    "queries": "/queries/",
    "query": "/queries/screenings-of-a-day",
    "sparql": "/sparql",
    "sparql-rows": f"/sparql?query={quote(_ROWS)}",
    "sparql-refused": f"/sparql?query={quote('SELECT * { ?s ?p }')}",
    "limits": "/limits",
    "releases": "/as-of/",
    "not-found": "/film/absent",
}
