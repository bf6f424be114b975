"""Countries by their ISO 3166 code, as they stand in a sentence."""

from __future__ import annotations

NAMES = {
    "AF": "Afghanistan", "AM": "Armenia", "AT": "Austria", "AZ": "Azerbaijan", "BD": "Bangladesh", "BE": "Belgium",
    "BG": "Bulgaria", "BY": "Belarus", "CH": "Switzerland", "CN": "China", "CZ": "Czechia", "DE": "Germany",
    "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "the United Kingdom",
    "GE": "Georgia", "GR": "Greece", "HK": "Hong Kong", "HR": "Croatia", "HU": "Hungary", "ID": "Indonesia",
    "IN": "India", "IQ": "Iraq", "IR": "Iran", "IT": "Italy", "JP": "Japan", "KG": "Kyrgyzstan", "KH": "Cambodia",
    "KR": "South Korea", "KZ": "Kazakhstan", "LA": "Laos", "LT": "Lithuania", "LV": "Latvia", "MD": "Moldova",
    "MM": "Myanmar", "MN": "Mongolia", "MY": "Malaysia", "NL": "the Netherlands", "NO": "Norway", "NP": "Nepal",
    "PH": "the Philippines", "PK": "Pakistan", "PL": "Poland", "PT": "Portugal", "RO": "Romania", "RS": "Serbia",
    "RU": "Russia", "SE": "Sweden", "SG": "Singapore", "SI": "Slovenia", "SK": "Slovakia", "TH": "Thailand",
    "TJ": "Tajikistan", "TM": "Turkmenistan", "TR": "Turkey", "UA": "Ukraine", "UZ": "Uzbekistan", "VN": "Viet Nam",
}  # fmt: skip
"""Those along the corridors of Asia and Europe; others are named by their code."""

WAYS = {"in": "into", "out": "out of"}


def crossing(border: str, direction: str, country: str) -> str:
    """A border crossing point with its direction in words: "Dostyk, into Kazakhstan"."""
    land = NAMES.get(country, country)
    words = f"{WAYS.get(direction, direction)} {land}".strip()
    return f"{border}, {words}" if words else border
