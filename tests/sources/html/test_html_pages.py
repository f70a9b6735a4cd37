"""Pages as real sites mark them up: what exactly comes of each, with its line, and what is said of the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from filmgraph.model import ConceptRef, Credit, Identifier, Link, Minutes, PartialDate, Ref, Text, Value, iter_facts
from filmgraph.sources.base import Reading
from filmgraph.values import Degrees, EventStatus
from tests.sources.html.conftest import ReadHtml


def say(value: Value) -> str:
    if isinstance(value, Credit):
        who = f"{value.role} {value.billing} {value.agent.kind.segment} {value.agent.name}"
        return who + (f" as {value.character_name}" if value.character_name else "")
    if isinstance(value, Ref):
        year, within = (f" {value.year}" if value.year else ""), (f" in {value.within.name}" if value.within else "")
        return f"{value.kind.segment} {value.name}{year}{within}"
    return say_plain(value)


def say_plain(value: Value) -> str:
    match value:
        case Text(text, language):
            return text + (f" @{language}" if language else "")
        case PartialDate(text) | Link(text) | Degrees(text):
            return text
        case Minutes(number):
            return f"{number} min"
        case ConceptRef(_, key):
            return key
        case Identifier(scheme, code):
            return f"{scheme} {code}"
        case EventStatus():
            return value.name.lower()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def facts_of(reading: Reading) -> list[str]:
    """Return the facts as `line thing: property value`."""
    return [
        f"{fact.place.line} {record.ref.kind.segment}: {iri.rpartition('/')[2].rpartition('#')[2]} {say(fact.value)}"
        + (" [inferred]" if fact.certainty.value == "inferred" else "")
        for record in reading.records
        for iri, fact in iter_facts(record)
    ]


def remarks_of(reading: Reading) -> list[str]:
    return [f"{each.rule} {each.severity.value} {each.places[0].line}" for each in reading.findings]


def left(reading: Reading) -> list[str]:
    return [line for each in reading.unread if not each.is_understood for line in f"{each.place.line} {each.text}".splitlines()]


def ld(*blocks: object) -> str:
    """Return a page with JSON-LD blocks, each in one line from line 2 on."""
    scripts = [
        f'<script type="application/ld+json">{each if isinstance(each, str) else json.dumps(each)}</script>' for each in blocks
    ]
    return "<!doctype html>\n" + "\n".join(scripts) + "\n<p>Text</p>"


FILM = {
    "@type": "Movie",
    "name": "Here",
    "dateCreated": "2023",
    "duration": "PT1H22M",
    "director": {"@type": "Person", "name": "Bas Devos"},
}
FILM_FACTS = ["film: name Here", "film: dateCreated 2023", "film: duration 82 min", "film: credit director 1 person Bas Devos"]


@pytest.mark.parametrize(
    "context",
    [
        "http://schema.org",
        "https://schema.org",
        "https://schema.org/",
        "https://www.schema.org/",
        "http://www.schema.org",
        "//schema.org",
        "schema.org",
        "https://schema.org/docs/jsonldcontext.json",
        "https://schema.org/docs/jsonldcontext.jsonld",
        ["https://schema.org", {"@language": "en"}],
        {"@vocab": "https://schema.org/"},
    ],
)
def test_context_is_known_however_it_is_written(context: object, read: ReadHtml) -> None:
    assert facts_of(read(ld({"@context": context, **FILM}))) == [f"2 {each}" for each in FILM_FACTS]


def test_terms_with_a_prefix_and_renamed_keywords_are_understood(read: ReadHtml) -> None:
    context = {"s": "https://schema.org/", "type": "@type", "titel": "s:name"}
    page = ld({"@context": context, "type": "s:Movie", "titel": "Here", "s:dateCreated": "2023"})
    assert facts_of(read(page)) == ["2 film: name Here", "2 film: dateCreated 2023"]


@pytest.mark.parametrize(
    "context", [{}, {"@context": "https://example.org/context.jsonld"}, {"@context": {"@vocab": "http://x.example/"}}]
)
def test_other_context_is_reported_and_never_fetched(context: dict[str, object], read: ReadHtml) -> None:
    reading = read(ld({**context, **FILM}))
    assert (reading.records, remarks_of(reading)) == ((), ["html-context Warning 2", "html-no-markup Warning 1"])


SITE = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "@id": "https://x.example/#site", "name": "X Festival"},
        {"@type": "Person", "@id": "https://x.example/#editor", "name": "Web Master"},
        {"@type": "Movie", "@id": "#film", "name": "Here", "director": [{"@id": "#bas"}], "actor": "Stefan Gota, Liyo Gong"},
    ],
}
MORE = {
    "@context": "https://schema.org",
    "@type": "Person",
    "@id": "#bas",
    "name": "Bas Devos",
    "birthDate": "1983",
    "sameAs": ["http://www.wikidata.org/entity/Q1", "https://www.imdb.com/name/nm1"],
}
EVENT = {
    "@context": "http://schema.org",
    "@type": ["ScreeningEvent", "Event"],
    "name": "Here at the Lantern",
    "startDate": "2026-10-17T19:30:00+0200",
    "endDate": "2026-10-17T19:00Z",
    "doorTime": "2026-10-17T19:00",
    "workPresented": {"@id": "#film"},
    "location": {
        "@type": "Place",
        "name": "Hall 1",
        "containedInPlace": {
            "@type": "MovieTheater",
            "name": "Lantern",
            "address": {"@type": "PostalAddress", "streetAddress": "Street 1", "postalCode": "9000", "addressLocality": "Gent",
                        "addressCountry": {"@type": "Country", "name": "Belgium"}},
            "geo": {"@type": "GeoCoordinates", "latitude": 51.05, "longitude": "3.72"},
        },
    },
    "eventStatus": "https://schema.org/EventCancelled",
    "superEvent": {"@type": "Festival", "name": "X Festival 2026", "startDate": "2026-10-16", "endDate": "2026-10-25T22:00",
                   "superEvent": {"@type": "EventSeries", "name": "X Festival"}},
    "inLanguage": "nl",
    "subtitleLanguage": "English",
    "videoFormat": "DCP",
    "offers": {"@type": "Offer", "price": "10"},
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A page, the facts as `line thing: property value`, the remarks as `rule severity line`, and what is left unread."""

    page: str
    facts: str
    remarks: str = ""
    left: str = ""
    profile: str = ""


CASES = {
    "@graph, references across blocks, several people in one text; the site and its editor are no matter of a catalogue": Case(
        ld(SITE, MORE),
        """
2 film: name Here
2 film: credit director 1 person Bas Devos
2 film: credit actor 1 person Stefan Gota
2 film: credit actor 2 person Liyo Gong
3 person: name Bas Devos
3 person: sameAs http://www.wikidata.org/entity/Q1
3 person: sameAs https://www.imdb.com/name/nm1
3 person: birthDate 1983
""",
        left="2 Web Master",
    ),
    "a screening with its film in another block, its hall, venue, festival and series": Case(
        ld(EVENT, {"@context": "https://schema.org", "@id": "#film", **FILM}),
        """
2 festival: name X Festival 2026
2 festival: startDate 2026-10-16
2 festival: endDate 2026-10-25
2 festival: superEvent series X Festival
2 series: name X Festival
3 film: name Here
3 film: dateCreated 2023
3 film: duration 82 min
3 film: credit director 1 person Bas Devos
2 screening: name Here at the Lantern
2 screening: workPresented film Here 2023
2 screening: superEvent festival X Festival 2026 2026
2 screening: location hall Hall 1 in Lantern
2 screening: startDate 2026-10-17T19:30:00+02:00
2 screening: endDate 2026-10-17T19:00:00+00:00
2 screening: doorTime 2026-10-17T19:00:00+02:00
2 screening: eventStatus cancelled
2 screening: inLanguage nl
2 screening: subtitleLanguage en
2 screening: videoFormat DCP
2 venue: name Lantern
2 venue: streetAddress Street 1
2 venue: postalCode 9000
2 venue: addressLocality Gent
2 venue: addressCountry BE
2 venue: latitude 51.05
2 venue: longitude 3.72
2 hall: name Hall 1
2 hall: containedInPlace venue Lantern
""",
        profile='time_zone = "Europe/Brussels"',
    ),
    "escapes of escapes, tags in a text, lists where one value is expected, numbers, roles with characters": Case(
        ld({
            "@context": ["https://schema.org"],
            "@type": ["Movie", "Product"],
            "name": ["Tom &amp;amp; Jerry &#8211; <i>II</i>", {"@value": "Tom et Jerry", "@language": "fr"}],
            "duration": ["PT4920S"],
            "copyrightYear": 2023,
            "genre": ["Drama, Comedy", "Gobbledygook"],
            "countryOfOrigin": [{"@type": "Country", "name": "Belgium"}, "NL"],
            "inLanguage": {"@type": "Language", "name": "French"},
            "actor": [{"@type": "PerformanceRole", "characterName": "Tom", "actor": {"@type": "Person", "name": "Ann Aert"}}],
            "productionCompany": {"@type": "Organization", "name": "Aert & Bex, Cine Co", "url": "/co"},
            "identifier": {"@type": "PropertyValue", "propertyID": "ISAN", "value": "0000-0000"},
            "aggregateRating": {"@type": "AggregateRating", "ratingValue": 5},
            "spatial": "Brussels",
        }),
        """
2 film: name Tom & Jerry – II
2 film: alternateName Tom et Jerry @fr
2 film: identifier isan 0000-0000
2 film: dateCreated 2023 [inferred]
2 film: duration 82 min
2 film: genre drama
2 film: genre comedy
2 film: inLanguage fr
2 film: countryOfOrigin BE
2 film: countryOfOrigin NL
2 film: credit actor 1 person Ann Aert as Tom
2 film: credit production-company 1 org Aert & Bex
2 film: credit production-company 2 org Cine Co
""",
        remarks="read-genre Warning 2",
        left="2 Gobbledygook\n2 spatial: Brussels",
    ),
    "people whom the page is about, and one who wrote it": Case(
        ld({"@context": "https://schema.org", "@type": "ProfilePage", "mainEntity": {"@type": "Person", "name": "Ann Aert"}},
           {"@context": "https://schema.org", "@type": "Person", "name": "Bo Bex", "birthDate": "1970-05-01",
            "sameAs": "https://www.imdb.com/name/nm0000001/"},
           {"@context": "https://schema.org", "@type": "Person", "name": "Web Master", "sameAs": "https://social.example/wm"}),
        """
2 person: name Ann Aert
3 person: name Bo Bex
3 person: sameAs https://www.imdb.com/name/nm0000001/
3 person: birthDate 1970-05-01
""",
        left="4 Web Master",
    ),
    "microdata": Case(
        """<!doctype html>
<div itemscope itemtype="https://schema.org/Movie" itemref="more">
<h1 itemprop="name">Here</h1> <time itemprop="duration" datetime="PT82M">82'</time>
<meta itemprop="dateCreated" content="2023">
<a itemprop="sameAs" href="http://www.wikidata.org/entity/Q2">W</a>
<ul><li itemprop="director" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Bas
 Devos</b></li></ul>
<div itemscope itemtype="http://data-vocabulary.org/Other"><i itemprop="name">No film</i></div>
</div>
<p id="more"><span itemprop="countryOfOrigin">Belgium</span></p>
""",
        """
3 film: name Here
5 film: sameAs http://www.wikidata.org/entity/Q2
4 film: dateCreated 2023
3 film: duration 82 min
10 film: countryOfOrigin BE
6 film: credit director 1 person Bas Devos
""",
    ),
    "RDFa, with prefixes, links, and a thing that is told of in two places": Case(
        """<!doctype html>
<div vocab="http://schema.org/" typeof="ScreeningEvent">
<span property="name">Here</span> <time property="startDate" datetime="2026-10-17T19:30+02:00">half past seven</time>
<div property="workPresented" typeof="Movie" resource="#here"><i property="name">Here</i></div>
<div property="location" typeof="MovieTheater"><i property="name">Lantern</i> <a property="url" href="/lantern">more</a></div>
</div>
<div prefix="s: https://schema.org/ og: http://ogp.me/ns#"><p about="#here"><b property="s:duration" content="PT82M">82</b>
<span rel="s:director"><i typeof="s:Person"><u property="s:name">Bas Devos</u></i></span><i property="og:title">Here</i></p></div>
""",
        """
4 film: name Here
7 film: duration 82 min
8 film: credit director 1 person Bas Devos
3 screening: name Here
4 screening: workPresented film Here
5 screening: location venue Lantern
3 screening: startDate 2026-10-17T19:30:00+02:00
5 venue: name Lantern
""",
        left="5 /lantern",
    ),
    "microdata and JSON-LD that say the same are one thing, and share the year": Case(
        ld({"@context": "https://schema.org", **FILM})
        + '\n<div itemscope itemtype="http://schema.org/Movie"><b itemprop="name">Here</b>\n<i itemprop="director">Bas Devos</i>'
        '<i itemprop="genre">Drama</i></div>',
        """
2 film: name Here
2 film: dateCreated 2023
2 film: duration 82 min
5 film: genre drama
2 film: credit director 1 person Bas Devos
""",
    ),
    "an Event whose performer is a group named after the film: no person and no film comes of it": Case(
        ld({
            "@context": "https://schema.org",
            "@type": "Event",
            "name": "Here",
            "startDate": "2026-10-17T19:30+02:00",
            "performer": {"@type": "MusicGroup", "name": "Here"},
        }),
        "",
        remarks="html-event Warning 2",
        left="2 Here",
    ),
    "the same where the profile says that events are screenings": Case(
        ld({
            "@context": "https://schema.org",
            "@type": "Event",
            "name": "Here (2023)",
            "startDate": "2026-10-17T19:30+02:00",
            "performer": [{"@type": "PerformingGroup", "name": "HERE"}, "Ann Aert and Bo Bex"],
            "location": "Lantern",
        }),
        """
2 screening: name Here (2023)
2 screening: workPresented film Here 2023 [inferred]
2 screening: location venue Lantern
2 screening: startDate 2026-10-17T19:30:00+02:00
2 screening: credit guest 1 person Ann Aert
2 screening: credit guest 2 person Bo Bex
""",
        profile='events = "screenings"\nperformers = "guests"',
    ),
    "performers that are the cast of a film which the page names nowhere else": Case(
        ld({"@context": "https://schema.org", "@type": "ScreeningEvent", "name": "Here", "startDate": "2026-10-17T19:30+02:00",
            "performers": "Ann Aert, Bo Bex"}),
        """
2 screening: name Here
2 screening: workPresented film Here [inferred]
2 screening: startDate 2026-10-17T19:30:00+02:00
2 film: name Here
2 film: credit actor 1 person Ann Aert
2 film: credit actor 2 person Bo Bex
""",
        profile='performers = "cast"',
    ),
    "performers of whom nobody says what they are": Case(
        ld({"@context": "https://schema.org", "@type": "ScreeningEvent", "name": "Here", "startDate": "2026-10-17T19:30+02:00",
            "performers": "Ann Aert, Bo Bex"}),
        """
2 screening: name Here
2 screening: workPresented film Here [inferred]
2 screening: startDate 2026-10-17T19:30:00+02:00
""",
        remarks="html-performer Warning 2",
        left="2 Ann Aert, Bo Bex",
    ),
    "broken JSON-LD is reported with its line, and the rest of the page is read": Case(
        ld('{"@context": "https://schema.org",\n "@type": "Movie",\n "name": Here}', {"@context": "https://schema.org", **FILM}),
        "\n".join(f"5 {each}" for each in FILM_FACTS),
        remarks="html-json Warning 4",
        left='4 {"@context": "https://schema.org",\n "@type": "Movie",\n "name": Here}',
    ),
    "line breaks within texts, a comma too much, a comment around it": Case(
        ld('<!--\n{"@context": "https://schema.org", "@type": "Movie", "name": "He\nre", "genre": ["Drama",],}\n-->'),
        "3 film: name He re\n4 film: genre drama",
    ),
    "what stands in a comment, a text of a script or a template is no markup": Case(
        '<!doctype html>\n<!-- <div itemscope itemtype="http://schema.org/Movie"><i itemprop="name">X</i></div> -->\n'
        "<script>'<div itemscope itemtype=\"http://schema.org/Movie\">'</script>",
        "",
        remarks="html-no-markup Warning 1",
        left="1 p.html",
    ),
    "values that are none": Case(
        ld({"@context": "https://schema.org", **FILM, "duration": "long", "dateCreated": "soon", "director": "http://x.example/bas"},
           {"@context": "https://schema.org", "@type": "Movie"},
           {"@context": "https://schema.org", "@type": "ScreeningEvent", "name": "Here", "startDate": "2026-10-17"},
           {"@context": "https://schema.org", "@type": "ScreeningEvent", "name": "Here", "startDate": "2026-10-17T20:00"}),
        "2 film: name Here",
        remarks="""
html-length Warning 2
html-name Warning 2
html-name Warning 3
html-screening Warning 4
html-screening Warning 5
""",
        left="2 long\n2 http://x.example/bas\n3 Movie\n4 Here\n5 Here",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_page_gives_exactly_this(name: str, read: ReadHtml) -> None:
    case = CASES[name]
    reading = read(case.page, case.profile)
    assert facts_of(reading) == case.facts.strip().splitlines()
    assert remarks_of(reading) == case.remarks.strip().splitlines()
    assert left(reading) == case.left.splitlines()
