"""Writes `countries.ttl` and `languages.ttl`: codes with their names in English, Dutch and French.

Run by hand when a code is added or Babel has a newer CLDR: `python ontology/make_names.py`. The names are CLDR's, by way of
Babel, but for the tables below. Further spellings are kept by hand in `country-labels.ttl` and `language-labels.ttl`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel import Locale

Names = tuple[str, str, str]
LANGUAGES = ("en", "nl", "fr")

# Two-letter territories of CLDR that are no countries of ISO 3166-1. XK (Kosovo) is no ISO code either; catalogues need it.
NOT_COUNTRIES = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ"

# Countries that CLDR names otherwise than a film catalogue does, and former ones (ISO 3166-3) that are not just old names.
COUNTRY_NAMES: Mapping[str, Names] = {
    "CD": ("DR Congo", "DR Congo", "RD Congo"),
    "CG": ("Republic of the Congo", "Republiek Congo", "République du Congo"),
    "CZ": ("Czech Republic", "Tsjechië", "République tchèque"),
    "HK": ("Hong Kong", "Hongkong", "Hong Kong"),
    "MM": ("Myanmar", "Myanmar", "Myanmar"),
    "MO": ("Macao", "Macau", "Macao"),
    "PS": ("Palestine", "Palestina", "Palestine"),
    "ANHH": ("Netherlands Antilles", "Nederlandse Antillen", "Antilles néerlandaises"),
    "CSHH": ("Czechoslovakia", "Tsjecho-Slowakije", "Tchécoslovaquie"),
    "CSXX": ("Serbia and Montenegro", "Servië en Montenegro", "Serbie-et-Monténégro"),
    "DDDE": ("East Germany", "Oost-Duitsland", "Allemagne de l'Est"),
    "SUHH": ("Soviet Union", "Sovjet-Unie", "Union soviétique"),
    "VDVN": ("North Vietnam", "Noord-Vietnam", "Nord-Viêt Nam"),
    "YDYE": ("South Yemen", "Zuid-Jemen", "Yémen du Sud"),
    "YUCS": ("Yugoslavia", "Joegoslavië", "Yougoslavie"),
}

# Languages without a two-letter code that are spoken in films, as BCP 47 tags.
MORE_LANGUAGES = """
    ace ady aeb apc arc arn arq ary arz ase ast ban bar bej bem ber bfi bho bik bin brx bua bug ceb chm chr ckb cmn crh crk
    crs csb dak dsb dse dyu efi ewo ext fan fil fon frp frr fsl fur gag gan gez gil grc gsg gsw hai hak haw hif hil hmn hsb
    hsn ilo ils inh kab kbd kea kha kok krc kri krl ksh ktu kum lad lez lij lkt lmo lou luo lus lzh mad mai mas mdf mfe min
    mni moe moh mos mus mwl myv nah nan nap nds new nia niu non nso oka osa ota pam pap pcd pcm pis pms prg quc rap rar rhg
    rif rom rue rup sah sat scn sco sfb sgn shi shn sid sma smj smn sms snk srn srr stq sus syr szl tcy tet tig tl tpi tvl tyv
    tzm udm umb vec vep vgt vls vro wal war wuu xal yap yua yue zap zea zgh zxx zza
"""

# Languages that CLDR does not name, or not as a film catalogue does.
LANGUAGE_NAMES: Mapping[str, Names] = {
    "apc": ("Levantine Arabic", "Levantijns Arabisch", "Arabe levantin"),
    "ber": ("Berber", "Berbers", "Berbère"),
    "bfi": ("British Sign Language", "Britse gebarentaal", "Langue des signes britannique"),
    "cmn": ("Mandarin Chinese", "Mandarijn", "Mandarin"),
    "dse": ("Dutch Sign Language", "Nederlandse Gebarentaal", "Langue des signes néerlandaise"),
    "fsl": ("French Sign Language", "Franse gebarentaal", "Langue des signes française"),
    "gsg": ("German Sign Language", "Duitse gebarentaal", "Langue des signes allemande"),
    "ii": ("Nuosu", "Nuosu", "Nuosu"),
    "ils": ("International Sign", "Internationale gebaren", "Signes internationaux"),
    "ktu": ("Kituba", "Kituba", "Kituba"),
    "luo": ("Luo", "Luo", "Luo"),
    "nah": ("Nahuatl", "Nahuatl", "Nahuatl"),
    "sfb": ("French Belgian Sign Language", "Frans-Belgische gebarentaal", "Langue des signes de Belgique francophone"),
    "sgn": ("Sign language", "Gebarentaal", "Langue des signes"),
    "tl": ("Tagalog", "Tagalog", "Tagalog"),
    "vgt": ("Flemish Sign Language", "Vlaamse Gebarentaal", "Langue des signes flamande"),
    "yua": ("Yucatec Maya", "Yucateeks Maya", "Maya yucatèque"),
    "zxx": ("No dialogue", "Zonder dialoog", "Sans dialogue"),
}

HEAD = """\
# Written by make_names.py: change it there. Further spellings of the names are in {labels}.
@prefix {segment}: <https://filmgraph.example/id/{segment}/> .
@prefix schema: <http://schema.org/> .
@prefix scheme: <https://filmgraph.example/id/scheme/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

scheme:{segment} a skos:ConceptScheme , schema:DefinedTermSet ;
    skos:prefLabel {title} ;
    schema:name {title} .
"""
CONCEPT = """
{segment}:{key} a {classes} ;
    skos:inScheme scheme:{segment} ; skos:topConceptOf scheme:{segment} ; skos:notation "{key}" ;
    skos:prefLabel {names} ;
    schema:name {names} .
"""


def make_countries() -> str:
    """Return the text of `countries.ttl`."""
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    names = {code: _names("territories", code) for code in codes - set(NOT_COUNTRIES.split())}
    title = ("Countries", "Landen", "Pays")
    return _make_scheme(
        "country", title, "country-labels.ttl", "schema:Country , skos:Concept , schema:DefinedTerm", {**names, **COUNTRY_NAMES}
    )


def make_languages() -> str:
    """Return the text of `languages.ttl`."""
    codes = {code for code in map(str, Locale("en").languages) if len(code) == 2} | set(MORE_LANGUAGES.split())
    names = {code: _names("languages", code) for code in codes - set(LANGUAGE_NAMES)}
    title = ("Languages", "Talen", "Langues")
    return _make_scheme(
        "language", title, "language-labels.ttl", "skos:Concept , schema:DefinedTerm", {**names, **LANGUAGE_NAMES}
    )


def _make_scheme(segment: str, title: Names, labels: str, classes: str, names: Mapping[str, Names]) -> str:
    concepts = (CONCEPT.format(segment=segment, key=key, classes=classes, names=_literals(names[key])) for key in sorted(names))
    return HEAD.format(segment=segment, labels=labels, title=_literals(title)) + "".join(concepts)


def _names(table: str, code: str) -> Names:
    english, dutch, french = (getattr(Locale(each), table)[code] for each in LANGUAGES)
    return _capital(english.replace(" & ", " and ")), _capital(dutch), _capital(french)


def _literals(names: Names) -> str:
    return " , ".join(f'"{name}"@{language}' for name, language in zip(names, LANGUAGES, strict=True))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


if __name__ == "__main__":
    folder = Path(__file__).resolve().parent
    (folder / "countries.ttl").write_text(make_countries(), encoding="utf-8")
    (folder / "languages.ttl").write_text(make_languages(), encoding="utf-8")
