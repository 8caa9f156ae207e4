"""What a request asks for, so that what a server sends besides is told apart from it: it must not enter anybody's record."""

from collections.abc import Collection

from msgspec import Struct

from fhir_trd.fhir.exchange.lines import Line

OTHER = "of a type that was not asked for"
STRANGER = "about a patient who was not asked for"


class Sought(Struct, frozen=True, kw_only=True):
    """The types that are wanted, and whose; ``patient`` empty: whoever's. ``homes``: the addresses of the server.

    ``must_come``: whether an answer that holds nothing of it, but something else, is no answer.
    """

    kinds: Collection[str]
    patient: str = ""
    homes: Collection[str] = ()
    must_come: bool = True

    def why_not(self, line: Line) -> str:
        """Why a resource is not what was sought; empty where it is, or does not say whom it is about."""
        if line.name.kind not in self.kinds:
            return OTHER
        stranger = self.patient and line.patient and not (line.patient == self.patient and line.is_at(self.homes))
        return STRANGER if stranger else ""
