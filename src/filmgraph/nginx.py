"""Rules by which nginx serves an exported site as our own server would: formats, redirects, what is gone, headers. Pure.

What nginx cannot do is rounded: weights in Accept and Accept-Language count to one decimal, and one below 0.1 is none. Quoted
parameters with a comma are not understood. See docs/export.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.formats import CALENDAR, SVG, DocumentFormat, Format
from filmgraph.iris import Kind
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.signposting import LINKSET

__all__ = ["StaticSite", "write_http_rules", "write_server_rules"]

_KEY: Final = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_NONE: Final = "none"
_LEVELS: Final = range(10, 0, -1)
_END: Final = r"\s*(?:,|$)"
_PARAMETERS: Final = r"(?:\s*;(?!\s*q\s*=)[^,;]+)*\s*"
#: Types by the suffix of a file; what is not here is sent as text.
_TYPES: Final = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": SVG.media_type,
    "png": "image/png",
    "ttl": DocumentFormat.TURTLE.media_type,
    "jsonld": DocumentFormat.JSON_LD.media_type,
    "nt": DocumentFormat.N_TRIPLES.media_type,
    "trig": DocumentFormat.TRIG.media_type,
    "ics": CALENDAR.media_type,
    "xml": "application/xml",
    "atom": "application/atom+xml",
    "json": "application/json",
    "csv": "text/csv",
    "gz": "application/gzip",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
_UTF_8: Final = (
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "text/csv",
    "text/turtle",
    "text/calendar",
)


@dataclass(frozen=True, slots=True)
class StaticSite:
    """What the rules depend on.

    `root` is the path of the site on its host without the slash at its end, empty for a site of its own; `base_url` its public
    address with the slash. `languages` are those with a prefix. `moved` names things that are gone as `film/key`, each with what
    replaced it or None. `headers` stand on every answer, `activity_type` is the type of the stream of activities.
    """

    root: str
    base_url: str
    release_id: str
    formats: Sequence[DocumentFormat]
    languages: Sequence[str]
    moved: Mapping[str, str | None]
    headers: Sequence[tuple[str, str]]
    drawing_policy: str
    policy: str
    activity_type: str


def write_http_rules(site: StaticSite) -> str:
    """Return what belongs into the block `http` of nginx: tables, by which the rules of the server decide."""
    rules = (*_accept_rules(site), *_language_rules(site), *_tables(site))
    return "\n".join(("# Written by filmgraph export: include it inside of http { }.", *rules, ""))


def write_server_rules(site: StaticSite) -> str:
    """Return what belongs into a block `server` of nginx whose `root` is the exported folder."""
    return "\n".join(("# Written by filmgraph export: include it inside of server { }.", *_settings(site), *_locations(site), ""))


def _accept_rules(site: StaticSite) -> Iterator[str]:
    """Yield the table from Accept header to suffix: by weight, then what is named before wildcards, then in our order."""
    formats = [each.format for each in site.formats]
    yield "map $http_accept $filmgraph_suffix {"
    yield f"    default {_NONE};"
    yield f'    "" {formats[0].suffix};'
    # What most clients send is looked up whole, before any expression is tried.
    yield f"    */* {formats[0].suffix};"
    yield from (f"    {each.media_type} {each.suffix};" for each in formats)
    for weight in map(_weight, _LEVELS):
        for each in formats:
            yield _rule(rf"(?:^|,)\s*(?:{_names(each)}){_PARAMETERS}{weight}{_END}", each.suffix)
        yield from _wildcards(formats, weight)
    yield "}"


def _weight(level: int) -> str:
    """Return the expression for a weight of so many tenths; what has none has all ten."""
    return r"(?:;\s*q\s*=\s*1(?:\.0*)?)?" if level == 10 else rf";\s*q\s*=\s*0?\.{level}[0-9]*"


def _language_rules(site: StaticSite) -> Iterator[str]:
    """Yield the table from Accept-Language header to the path of a language: by weight, then by place in the header.

    A star, and a language that there is not, stand for the first one (`negotiation.choose_language`).
    """
    known = "|".join((FIRST_LANGUAGE, *site.languages))
    yield "map $http_accept_language $filmgraph_spoken {"
    yield '    default "";'
    for weight in map(_weight, _LEVELS):
        # The least that may stand before it, so that the first one is found.
        range_ = rf"(?:(?<filmgraph_tag>{known})(?:-[a-z0-9-]*)?|\*)"
        yield _rule(rf"^(?:.*?,)??\s*{range_}{_PARAMETERS}{weight}{_END}", "$filmgraph_tag")
    yield "}"
    tags = " ".join(f"{each} /{each};" for each in site.languages)
    yield f'map $filmgraph_spoken $filmgraph_reader {{ default ""; {tags} }}'
    yield f'map $filmgraph_suffix $filmgraph_led {{ default ""; {site.formats[0].suffix} $filmgraph_reader; }}'


def _wildcards(formats: Sequence[Format], weight: str) -> Iterator[str]:
    """Yield rules for `text/*` and `*/*`: a format that the header names has been weighed by its name already."""
    for main_type in dict.fromkeys(each.media_type.partition("/")[0] for each in formats):
        for each in formats:
            if each.media_type.startswith(f"{main_type}/"):
                yield _rule(rf"^(?!.*(?:{_names(each)})).*(?:^|,)\s*{main_type}/\*{_PARAMETERS}{weight}{_END}", each.suffix)
    for each in formats:
        main_type = each.media_type.partition("/")[0]
        unnamed = rf"^(?!.*(?:{_names(each)}|(?:^|,)\s*{main_type}/\*))"
        yield _rule(rf"{unnamed}.*(?:^|,)\s*\*(?:/\*)?{_PARAMETERS}{weight}{_END}", each.suffix)


def _rule(pattern: str, value: str) -> str:
    return f'    "~*{pattern}" {value};'


def _names(each: Format) -> str:
    return "|".join(re.escape(name) for name in each.accepted)


def _tables(site: StaticSite) -> Iterator[str]:
    root = re.escape(site.root)
    kinds = "|".join(each.segment for each in Kind)
    front = "|".join(("id/", *(f"{each}/" for each in site.languages)))
    suffixes = "|".join(re.escape(each) for each in (*(each.suffix for each in site.formats), CALENDAR.suffix))
    # What belongs to a thing goes with it: its facts, drawings, links and share card.
    tails = rf"{suffixes}|/facts|/[a-z]+\.svg|\.png"
    fronts = rf"share/(?=.*\.png$)|linkset/(?=[^.]*$)|(?:{front})?(?!.*\.png$)"
    yield f'map $filmgraph_suffix $filmgraph_see {{ default $filmgraph_suffix; {site.formats[0].suffix} ""; }}'
    yield f'map $filmgraph_suffix $filmgraph_void {{ default $filmgraph_suffix; {site.formats[0].suffix} "/"; }}'
    thing = rf"^{root}/(?:{fronts})(?<filmgraph_name>(?:{kinds})/{_KEY})(?:{tails})?$"
    yield f'map $uri $filmgraph_thing {{ default ""; "~{thing}" $filmgraph_name; }}'
    before = rf"^{root}/(?<filmgraph_before>{front}|share/|linkset/)"
    yield f'map $uri $filmgraph_front {{ default ""; "~{before}" $filmgraph_before; }}'
    yield f'map $uri $filmgraph_tail {{ default ""; "~(?<filmgraph_after>{tails})$" $filmgraph_after; }}'
    yield from _entries("$filmgraph_thing", "$filmgraph_survivor", {name: to for name, to in site.moved.items() if to})
    yield from _entries("$filmgraph_thing", "$filmgraph_gone", {name: name for name, to in site.moved.items() if not to})
    languages = "|".join(site.languages)
    yield f'map $filmgraph_suffix $filmgraph_indexing {{ default noindex; {site.formats[0].suffix} ""; }}'
    yield f'map $uri $filmgraph_language {{ default ""; "~^{root}(?<filmgraph_tongue>/(?:{languages}))/" $filmgraph_tongue; }}'
    negotiated = rf"^{root}/(?:(?:{kinds})/{_KEY}|ns|datasets/?|datasets/dictionary|\.well-known/void)(?:\?|$)"
    thing_itself = rf"^{root}/id/(?:{kinds})/{_KEY}(?:\?|$)"
    varying = f'"~{negotiated}" Accept; "~{thing_itself}" "Accept, Accept-Language";'
    yield f'map $request_uri $filmgraph_vary {{ default ""; {varying} }}'
    yield 'map $filmgraph_vary $filmgraph_location { default ""; Accept $uri; }'
    yield from _header_tables(site, root, kinds)


def _entries(source: str, target: str, values: Mapping[str, str]) -> Iterator[str]:
    yield f"map {source} {target} {{"
    yield '    default "";'
    yield from (f'    "{name}" "{value}";' for name, value in sorted(values.items()))
    yield "}"


def _header_tables(site: StaticSite, root: str, kinds: str) -> Iterator[str]:
    lasting = rf"^{root}/(?:dumps|changes)/[0-9]+-[0-9]+-[0-9]+\.[0-9]+/|^{root}/static/vendor/"
    yield f'map $uri $filmgraph_cache {{ default "public, no-cache"; "~{lasting}" "public, max-age=31536000, immutable"; }}'
    yield f'map $uri $filmgraph_disposition {{ default ""; "~^{root}/dumps/" attachment; }}'
    yield r'map $uri $filmgraph_robots { default ""; "~\.(?:ttl|jsonld|trig|json|ics|svg)$|/facts\.html$|/linkset/" noindex; }'
    drawing = rf"^{root}(?:/[a-z]+)?/(?:{kinds}|datasets)/.*\.svg$"
    yield f'map $uri $filmgraph_policy {{ default "{site.policy}"; "~{drawing}" "{site.drawing_policy}"; }}'
    document = rf"^{root}/(?<filmgraph_page>(?:{kinds})/{_KEY})\.[a-z]+$"
    yield f'map $uri $filmgraph_links {{ default ""; "~{document}" \'{", ".join(_links(site))}\'; }}'


def _links(site: StaticSite) -> Iterator[str]:
    for each in site.formats:
        yield f'<{site.root}/$filmgraph_page{each.suffix}>; rel="alternate"; type="{each.media_type}"'
    yield f'<{site.base_url}$filmgraph_page>; rel="canonical"'
    yield f'<{site.root}/linkset/$filmgraph_page>; rel="linkset"; type="{LINKSET.media_type}"'


def _settings(site: StaticSite) -> Iterator[str]:
    yield from ("charset utf-8;", f"charset_types {' '.join(_UTF_8[1:])};", "default_type text/plain;", "types {")
    yield from (f"    {media_type} {suffix};" for suffix, media_type in _TYPES.items())
    yield "}"
    # The address in a redirect is a path: the host of the request is never repeated.
    # Head and file go out together, and a file that was just sent is not looked for anew.
    yield from ("sendfile on;", "tcp_nopush on;", "open_file_cache max=10000 inactive=60s;", "open_file_cache_valid 2s;")
    yield from ("absolute_redirect off;", "gzip_static on;", "gzip_vary on;", "etag on;", "server_tokens off;")
    yield from (f'add_header {name} "{value}" always;' for name, value in site.headers)
    yield "add_header Content-Security-Policy $filmgraph_policy always;"
    for name, variable in (
        ("Cache-Control", "cache"), ("Vary", "vary"), ("Content-Location", "location"), ("Link", "links"),
        ("X-Robots-Tag", "robots"), ("Content-Disposition", "disposition"),
    ):  # fmt: skip
        yield f"add_header {name} $filmgraph_{variable};"
    yield f"error_page 404 {site.root}$filmgraph_language/404.html;"
    yield "error_page 410 @filmgraph_gone;"


def _moved(site: StaticSite) -> Iterator[str]:
    """Yield what became of things that are gone. Only who finds no file asks: the others need not wait for it."""
    if any(site.moved.values()):
        yield f"if ($filmgraph_survivor) {{ return 301 {site.root}/$filmgraph_front$filmgraph_survivor$filmgraph_tail; }}"
    if not all(site.moved.values()):
        yield "if ($filmgraph_gone) { return 410; }"


def _document_headers(site: StaticSite) -> Iterator[str]:
    """Yield the headers of a thing's document at its address, spelled out.

    Looking them up in tables of expressions takes a third of the time of such an answer.
    """
    yield from (f'add_header {name} "{value}" always;' for name, value in site.headers)
    yield f'add_header Content-Security-Policy "{site.policy}" always;'
    yield 'add_header Cache-Control "public, no-cache";'
    yield "add_header Vary Accept;"
    yield "add_header Content-Location $uri;"
    yield f"add_header Link '{', '.join(_links(site))}';"
    yield "add_header X-Robots-Tag $filmgraph_indexing;"


def _locations(site: StaticSite) -> Iterator[str]:
    root, pattern = site.root, re.escape(site.root)
    kinds = "|".join(each.segment for each in Kind)
    languages = "|".join(site.languages)
    refuse = f"if ($filmgraph_suffix = {_NONE}) {{ return 406; }}"
    yield r"location ~ /\.(?!well-known/) { return 404; }"
    yield from _block(
        f'~ "^{pattern}/id/(?<filmgraph_asked>(?:{kinds})/{_KEY})$"',
        *_moved(site),
        f"if (!-f $document_root{root}/$filmgraph_asked.html) {{ return 404; }}",
        refuse,
        f"return 303 {root}$filmgraph_led/$filmgraph_asked$filmgraph_see;",
    )
    yield from _block(
        f'~ "^{pattern}/(?<filmgraph_page>(?:{kinds})/{_KEY})$"',
        *_document_headers(site),
        "try_files $uri$filmgraph_suffix @filmgraph_refused;",
    )
    yield from _block("@filmgraph_refused", *_moved(site), refuse, "return 404;")
    yield from _block("@filmgraph_missing", *_moved(site), "return 404;")
    yield from _block(f'~ "^{pattern}/(?:{languages})/(?:{kinds})/{_KEY}$"', "try_files $uri.html @filmgraph_missing;")
    for name in ("ns", "datasets/dictionary"):
        yield from _block(f"= {root}/{name}", refuse, "try_files $uri$filmgraph_suffix =404;")
    yield from _block(f"= {root}/.well-known/void", refuse, f"return 302 {root}/datasets$filmgraph_void;")
    yield from _block(
        f"= {root}/datasets/", refuse, f"try_files {root}/datasets$filmgraph_suffix {root}/datasets/index.html =404;"
    )
    yield from _block(f"= {root}/shapes", f"try_files {root}/shapes.ttl =404;")
    yield from _typed(f"= {root}/changes/stream", DocumentFormat.TRIG.media_type, "$uri.trig")
    yield from _typed(f"= {root}/changes/activity", site.activity_type, "$uri.json")
    yield from _typed(f"^~ {root}/changes/activity/", site.activity_type, "$uri")
    yield from _typed(f"^~ {root}/linkset/", LINKSET.media_type, "$uri.json")
    # A name of plain characters only: what is decoded may break a header in two.
    newest = f'if ($uri ~ "^{pattern}/dumps/latest/(?<filmgraph_file>[A-Za-z0-9._/-]+)$")'
    yield from _block(
        f"^~ {root}/dumps/latest/", f"{newest} {{ return 307 {root}/dumps/{site.release_id}/$filmgraph_file; }}", "return 404;"
    )
    yield from _block("@filmgraph_gone", f"try_files {root}/gone/$filmgraph_gone.html =410;")
    # What is packed here is meant to be: it is the file that its checksum is of.
    yield from _block(f"^~ {root}/dumps/", "gzip_static off;", "try_files $uri =404;")
    yield from _block(f"{root}/", "try_files $uri ${uri}index.html $uri.html $uri/index.html @filmgraph_missing;")


def _typed(location: str, media_type: str, file: str) -> Iterator[str]:
    yield from _block(location, "types { }", f"default_type '{media_type}';", f"try_files {file} @filmgraph_missing;")


def _block(location: str, *lines: str) -> Iterable[str]:
    return (f"location {location} {{", *(f"    {each}" for each in lines), "}")
