"""Patients who are no longer on the server: told once, and no reason to hold up all others."""

from collections.abc import Iterator

from fhir_trd.fhir.exchange.lines import PATIENT
from fhir_trd.fhir.exchange.paging import Page
from fhir_trd.sources.server.pages import Absent, Pages, Refused

NAMED = f"{PATIENT}: asked for by name, and not on the server"


class Gone(Refused):
    """The patient is not on the server any more. ``named``: whoever asked named this very patient, and must hear of it."""

    def __init__(self, *, named: bool) -> None:
        super().__init__(NAMED)
        self.named = named


def unless_gone(found: Iterator[Page], pages: Pages, patient: str, *, named: bool) -> Iterator[Page]:
    """What was found of a patient; where that is refused because there is no such patient, that is said."""
    try:
        yield from found
    except Absent:
        if is_gone(pages, patient):
            raise Gone(named=named) from None
        raise


def is_gone(pages: Pages, patient: str) -> bool:
    """Whether a read and a search agree that there is no such patient: one alone may be a way that is closed, or an outage."""
    try:
        next(pages.one(f"{PATIENT}/{patient}", private=patient))
    except Absent:
        return _is_found_by_nothing(pages, patient)
    except Refused:
        return False
    return False


def _is_found_by_nothing(pages: Pages, patient: str) -> bool:
    try:
        return not any(page.found or page.total for page in pages.of(f"{PATIENT}?_id={patient}"))
    except Refused:
        return False
