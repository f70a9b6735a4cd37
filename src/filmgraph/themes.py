"""The themes of open-data portals: the data themes of the EU Publications Office, which DCAT-AP asks for.

https://op.europa.eu/en/web/eu-vocabularies/dataset/-/resource?uri=http://publications.europa.eu/resource/dataset/data-theme
"""

from __future__ import annotations

import enum

from filmgraph.namespaces import EU_AUTHORITY

__all__ = ["THEME_SCHEME", "Theme"]

THEME_SCHEME = EU_AUTHORITY + "data-theme"


class Theme(enum.Enum):
    """A theme by its code; the value is its English label."""

    AGRI = "Agriculture, fisheries, forestry and food"
    ECON = "Economy and finance"
    EDUC = "Education, culture and sport"
    ENER = "Energy"
    ENVI = "Environment"
    GOVE = "Government and public sector"
    HEAL = "Health"
    INTR = "International issues"
    JUST = "Justice, legal system and public safety"
    REGI = "Regions and cities"
    SOCI = "Population and society"
    TECH = "Science and technology"
    TRAN = "Transport"

    @property
    def iri(self) -> str:
        """The IRI of the theme."""
        return f"{THEME_SCHEME}/{self.name}"
