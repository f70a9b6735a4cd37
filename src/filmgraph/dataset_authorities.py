"""The authority lists that DCAT-AP asks for: languages, file types and access rights of the EU Publications Office."""

from __future__ import annotations

from typing import Final

from filmgraph.namespaces import EU_AUTHORITY

__all__ = ["PUBLIC_ACCESS", "file_type_iri", "language_iri"]

PUBLIC_ACCESS: Final = EU_AUTHORITY + "access-right/PUBLIC"

# ISO 639-1 to the code of the list, for the languages of the EU and its neighbours.
_LANGUAGES: Final = {
    "ar": "ARA", "be": "BEL", "bg": "BUL", "bs": "BOS", "ca": "CAT", "cs": "CES", "cy": "CYM", "da": "DAN", "de": "DEU",
    "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA", "ga": "GLE", "gl": "GLG",
    "hr": "HRV", "hu": "HUN", "is": "ISL", "it": "ITA", "ja": "JPN", "ko": "KOR", "lb": "LTZ", "lt": "LIT", "lv": "LAV",
    "mk": "MKD", "mt": "MLT", "nb": "NOB", "nl": "NLD", "nn": "NNO", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON",
    "ru": "RUS", "sk": "SLK", "sl": "SLV", "sq": "SQI", "sr": "SRP", "sv": "SWE", "tr": "TUR", "uk": "UKR", "zh": "ZHO",
}  # fmt: skip


def language_iri(tag: str) -> str:
    """Return the IRI of a language by its tag (BCP 47); one that the EU's list has not is named as the Library of Congress does.

    >>> language_iri("nl-BE")
    'http://publications.europa.eu/resource/authority/language/NLD'
    """
    language = tag.partition("-")[0].lower()
    code = _LANGUAGES.get(language)
    return f"{EU_AUTHORITY}language/{code}" if code else f"http://id.loc.gov/vocabulary/iso639-{len(language) - 1}/{language}"


def file_type_iri(code: str) -> str:
    """Return the IRI of a file type by its code."""
    return f"{EU_AUTHORITY}file-type/{code}"
