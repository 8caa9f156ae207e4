"""The smallest parts of the JSON contract: days, numbers, places in the record."""

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import LONG_AGO, Days, When

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Object: TypeAlias = dict[str, Json]


def evidence_json(origins: Iterable[Origin]) -> list[Json]:
    """Where facts were read, as "Type/id" or "Type/id#path", each place once."""
    places = (f"{origin.resource}#{origin.path}" if origin.path else origin.resource for origin in origins)
    return list(dict.fromkeys(places))


def when_json(when: When) -> Object:
    """A day with its bounds."""
    return {"earliest": day_json(when.earliest), "latest": day_json(when.latest)}


def known_when_json(when: When | None) -> Json:
    """A day with its bounds, or null where none is recorded."""
    return None if when is None else when_json(when)


def day_json(day: date) -> str | None:
    """A day, or null for a bound that nobody recorded."""
    return None if day in (LONG_AGO, date.max) else day.isoformat()


def days_json(days: Days) -> Object:
    """A number of days with its bounds."""
    return {"least": days.least, "most": days.most}


def number_json(value: float | None) -> int | float | None:
    """The number, without the .0 of one that is whole."""
    return int(value) if value is not None and float(value).is_integer() else value


def percent_json(value: float | None) -> int | float | None:
    """A percentage to one decimal; rules compare the whole number behind it."""
    return None if value is None else number_json(round(value, 1))
