from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from filmgraph.errors import SettingsError, UnreadableInputError
from filmgraph.iris import Kind
from filmgraph.model import Certainty
from filmgraph.sources.sheet.column import Profile, Use
from filmgraph.sources.sheet.profile import CREDIT, RECORDS, read_profile
from filmgraph.vocabulary import Vocabulary


def profile_of(text: str, vocabulary: Vocabulary) -> Profile:
    return read_profile(text.encode(), "p.toml", vocabulary)


def test_settings_have_defaults(vocabulary: Vocabulary) -> None:
    profile = profile_of('record = "Movie"\n[columns.title]\nproperty = "name"', vocabulary)
    assert (profile.record, profile.delimiter, profile.certainty, profile.sources_path) == ("Movie", ",", Certainty.STATED, "")
    column = profile.columns["title"]
    assert (column.use, column.property, column.type, column.required) == (Use.VALUE, "name", "text", False)


def test_settings_are_read(vocabulary: Vocabulary) -> None:
    profile = profile_of(
        """
        record = "ScreeningEvent"
        delimiter = "tab"
        certainty = "external"
        time_zone = "Europe/Brussels"
        sources_file = "s.csv"
        [columns."Aanvang"]
        property = "start_date"
        formats = ["DD/MM/YYYY HH:MM"]
        required = true
        [columns."Zaal"]
        property = "location"
        to = "hall"
        by = "name"
        within = "Cinema"
        [columns."Cinema"]
        container = true
        to = "venue"
        [columns."Gast"]
        role = "guest"
        separator = ";"
        """,
        vocabulary,
    )
    assert (profile.delimiter, profile.certainty, profile.sources_path) == ("\t", Certainty.EXTERNAL, "s.csv")
    start, hall, guest = (profile.columns[name] for name in ("Aanvang", "Zaal", "Gast"))
    assert (start.type, start.formats, start.time_zone) == ("datetime", ("DD/MM/YYYY HH:MM",), ZoneInfo("Europe/Brussels"))
    assert (hall.to, hall.by_name, hall.within) == (Kind.HALL, True, "Cinema")
    assert (guest.use, guest.role, guest.by_name, guest.to) == (Use.CREDIT, "guest", True, Kind.PERSON)


@pytest.mark.parametrize(
    ("record", "property_name", "settings", "expected"),
    [
        ("Movie", "date_created", "", "date"),
        ("Movie", "duration", "", "minutes"),
        ("Movie", "in_language", "", "language"),
        ("Movie", "country_of_origin", "", "country"),
        ("Movie", "genre", "", "genre"),
        ("Movie", "form", "", "form"),
        ("Movie", "same_as", "", "link"),
        ("Movie", "identifier", 'scheme = "imdb"', "identifier"),
        ("Person", "birth_date", "", "date"),
        ("MovieTheater", "screen_count", "", "integer"),
        ("MovieTheater", "address_locality", "", "text"),
        ("MovieTheater", "address_country", 'type = "country"', "country"),
        ("Festival", "is_fictional", "", "boolean"),
        ("Festival", "super_event", 'to = "series"', "ref"),
        ("ScreeningEvent", "event_status", "", "status"),
        ("Credit", "role", "", "role"),
    ],
)
def test_type_follows_from_the_property(
    record: str, property_name: str, settings: str, expected: str, vocabulary: Vocabulary
) -> None:
    rest = '\n[columns.f]\nproperty="film"\nto="film"\n[columns.r]\nproperty="role"\n[columns.a]\nproperty="agent"\nto="person"'
    text = f'record = "{record}"\n[columns.c]\nproperty = "{property_name}"\n{settings}' + (rest if record == CREDIT else "")
    assert profile_of(text, vocabulary).columns["c"].type == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('record = "Film"', r"p\.toml: record = 'Film' should be one of 'Movie', "),
        ("record = 3", "record = 3 should be a str"),
        ("", "record = None should be one of"),
        ('record = "Movie"\ndelimiter = "||"', r"delimiter = '\|\|' should be one sign"),
        ('record = "Movie"\ndelimiter = "a"', "delimiter = 'a' should be one sign"),
        ('record = "Movie"\nquote = ","', "quote = ',' should be one sign"),
        ('record = "Movie"\nencoding = "latin"', "encoding = 'latin' should be one of"),
        ('record = "Movie"\nheader_row = -1', "header_row = -1 should be the number of a row"),
        ('record = "Movie"\nheader = false\n[columns.title]\nproperty = "name"', "columns go by their number"),
        ('record = "Movie"\nmerged = "yes"', "merged = 'yes' should be one of"),
        ('record = "Movie"\nmissing = [1]', "missing = .* should be a text or a list of texts"),
        ('record = "Movie"\nfirst_day = "2026-10-16"', "given together with first_day"),
        ('record = "Movie"\nfirst_day = "16/10/2026"\nlast_day = "2026-10-20"', "should be a date such as 2026-10-16"),
        ('record = "Movie"\nday_ends = "13:00"', "day_ends = '13:00' should be a time of the night"),
        ('record = "Movie"\n[time_zones]\nHere = "Europe/Gent"', "Here = 'Europe/Gent' should be a name of the tz database"),
        ('record = "Movie"\n[columns."a*b*"]\nrole = "director"', "should have one \\* at most"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\nmap = { x = 1 }', "map = .* should be a table of texts"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\ntext = ""', "text is empty"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\ntext = "{b} {c}"', "'a' uses 'b': name that column too"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\notherwise = "b"', "'a' uses 'b'"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\nname_order = "comma"', "only names of persons are turned"),
        ('record = "Movie"\n[columns.a]\nrole = "director"\nname_order = "up"', "name_order = 'up' should be one of"),
        (
            'record = "Movie"\n[columns.a]\nrole = "director"\nseparator = [", "]\nname_order = "comma"',
            "the comma cannot both part names and turn them",
        ),
        ('record = "Movie"\n[columns.a]\nrole = "director"\nlookup = "b"', r"lookup = 'b' should be the name of a \[lookups"),
        ('record = "Movie"\n[lookups.b]\nmatch = "ID"', "profile is missing"),
        ('record = "Movie"\n[columns.a]\nparts = ["b"]', "there is no 'b'"),
        ('record = "Movie"\n[parts.b]\nignore = true', "no column has the part 'b'"),
        (
            'record = "Movie"\n[columns.a]\nparts = ["b"]\n[parts.b]\nignore = true\npattern = "("',
            "pattern = '\\(' should be a regular expression",
        ),
        (
            'record = "Movie"\n[columns.a]\nparts = ["b"]\n[parts.b]\nignore = true\npattern = "x*"',
            "it matches nothing at all",
        ),
        (
            'record = "Movie"\n[columns.a]\nparts = ["b"]\n[parts.b]\nignore = true\npattern = "x"\ntexts = ["x"]',
            "give only one of pattern, texts and rest",
        ),
        ('record = "Movie"\ncertainty = "sure"', "certainty = 'sure' should be one of 'stated', 'external', 'inferred'"),
        ('record = "Movie"\ntime_zone = "Europe/Gent"', "time_zone = 'Europe/Gent' should be a name of the tz database"),
        ('record = "Movie"\ntime_zone = "../etc"', "time_zone"),
        ('record = "Movie"\ncolour = "red"', "unknown setting 'colour'"),
        ('record = "Movie"\ncolumns = 3', "columns = 3 should be a dict"),
        ('record = "Movie"\n[columns]\na = 1', r'\[columns\."a"\] should be a table'),
        ('record = "Movie"\n[columns.a]', r'\[columns\."a"\]: give exactly one of property, role, key'),
        ('record = "Movie"\n[columns.a]\nkey = true\nproperty = "name"', "give exactly one of"),
        ('record = "Movie"\n[columns.a]\nkey = false', "give exactly one of"),
        ('record = "Movie"\n[columns.a]\nproperty = "title"', "property = 'title' should be one of name, "),
        ('record = "Movie"\n[columns.a]\nproperty = "ref"', "property = 'ref' should be one of"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\nsep = ";"', "unknown setting 'sep'"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\nrequired = "yes"', "required = 'yes' should be a bool"),
        ('record = "Movie"\n[columns.a]\nproperty = "duration"\ntype = "text"', "type = 'text' should be one of 'minutes'"),
        ('record = "Movie"\n[columns.a]\nproperty = "genre"\ntype = "country"', "type = 'country' should be one of 'genre'"),
        ('record = "Movie"\n[columns.a]\nproperty = "identifier"', "scheme is missing"),
        ('record = "Festival"\n[columns.a]\nproperty = "super_event"', "to is missing"),
        ('record = "Festival"\n[columns.a]\nproperty = "super_event"\nto = "serie"', "to = 'serie' should be one of 'film'"),
        (
            'record = "Festival"\n[columns.a]\nproperty = "super_event"\nto = "series"\nby = "guess"',
            "by = 'guess' should be one of",
        ),
        ('record = "ScreeningEvent"\n[columns.a]\nproperty = "start_date"', "needs time_zone"),
        (
            'record = "Movie"\n[columns.a]\nproperty = "date_created"\nformats = ["DD/MM/YY"]',
            "formats = .* should be a list out of YYYY-MM-DD",
        ),
        (
            'record = "Movie"\n[columns.a]\nproperty = "date_created"\nformats = ["DD/MM"]',
            "the dates of 'a' have no year: give first_day and last_day",
        ),
        ('record = "Movie"\n[columns.a]\nproperty = "date_created"\nformats = []', "should be a list out of"),
        (
            'record = "Movie"\n[columns.a]\nproperty = "date_created"\nformats = ["DD/MM/YYYY", "MM/DD/YYYY"]',
            "should be unambiguous",
        ),
        ('record = "Movie"\n[columns.a]\nrole = "waiter"', "role = 'waiter' is not in the role scheme"),
        ('record = "Person"\n[columns.a]\nrole = "director"', "a Person has no credits"),
        ('record = "Movie"\n[columns.a]\nproperty = "name"\nwithin = "b"', "within = 'b' should be the header"),
        ('record = "Movie"\n[columns.a]\ncontainer = true\nto = "venue"', "nothing lies within the container column 'a'"),
        ('record = "Credit"\n[columns.a]\nproperty = "role"', "needs a column with property = 'film'"),
    ],
)
def test_nonsense_is_refused_by_name_and_value(text: str, message: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(SettingsError, match=message):
        profile_of(text, vocabulary)


@pytest.mark.parametrize("data", [b"record = ", b"\xff\xfe", b'a = "\n'])
def test_profile_that_is_no_toml_is_unreadable(data: bytes, vocabulary: Vocabulary) -> None:
    with pytest.raises(UnreadableInputError, match=r"p\.toml is not valid TOML"):
        read_profile(data, "p.toml", vocabulary)


@pytest.mark.parametrize("record", RECORDS)
def test_every_record_can_have_a_key_and_a_name(record: str, vocabulary: Vocabulary) -> None:
    profile = profile_of(f'record = "{record}"\n[columns.k]\nkey = true\n[columns.n]\nproperty = "name"', vocabulary)
    assert profile.column_for(Use.KEY) is profile.columns["k"]
    assert profile.column_of("name") is profile.columns["n"]
    assert profile.column_for(Use.SOURCE) is None
