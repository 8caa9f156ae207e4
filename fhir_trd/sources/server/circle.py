"""Tells when pages lead round in a circle: to an address asked before, or by ever new ones to what was there before."""

from fhir_trd.fhir.exchange.paging import Page

MOST_EMPTY = 100
"""So many pages in a row may hold nothing: some servers look through all they have and send what they see."""


class Circle:
    """What is remembered of the pages of one search: their addresses, and one page to compare later ones with.

    That one is replaced by a later one each time as many have passed again. So a circle of any length is found after a few
    rounds, and memory does not grow with what the pages hold.
    """

    def __init__(self) -> None:
        self._addresses = set[str]()
        self._kept, self._count, self._until, self._empty = 0, 0, 1, 0

    def is_closed_by_address(self, url: str) -> bool:
        """Whether this address was asked before; now it is."""
        known = url in self._addresses
        self._addresses.add(url)
        return known

    def is_closed_by(self, page: Page) -> bool:
        """Whether a page holds just what an earlier one did, or is one of too many that hold nothing."""
        self._count += 1
        self._empty = 0 if page.found else self._empty + 1
        held = hash(tuple(found.line.name if found.line.name.id else found.body for found in page.found))
        if self._empty > MOST_EMPTY or (page.found and self._count > 1 and held == self._kept):
            return True
        if self._count == self._until:
            self._kept, self._until = held, 2 * self._until
        return False
