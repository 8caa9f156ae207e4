"""What was asked for, checked at the door."""

from datetime import date
from pathlib import Path

from msgspec import Struct

from fhir_trd.errors import UsageError


class Request(Struct, frozen=True, kw_only=True):
    """One request: what to read, which patient, as of when, under which criteria and tables, and in which form to answer.

    ``as_of`` None stands for the latest date stated in each patient's record. ``criteria`` empty stands for the default set.
    """

    inputs: tuple[str, ...]
    as_of: date | None = None
    today: date
    patient: str = ""
    criteria: tuple[str, ...] = ()
    dose_table: str | None = None
    mappings: Path | None = None
    form: str = "table"
    explain: bool = False
    compare: bool = False
    ledger: bool = False
    eras: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be answered at once."""
        if self.compare and self.explain:
            raise UsageError("found --compare and --explain together, wanted one: explain the sets that differ by --criteria")
