"""What a run over a population was asked for. It is told to every worker, and kept beside the output for whoever resumes."""

from datetime import date
from pathlib import Path

from msgspec import Struct

from fhir_trd.model.records import PatientRecord

MEGABYTE = 1 << 20
LONGEST = 64
"""How many megabytes a line or a document may have unless another limit is asked for: no resource of a patient is as large."""

VALIDATE = ("sample", "all", "none")
"""How many of the written resources pass the strict gate."""


class Order(Struct, frozen=True, kw_only=True):
    """What is asked for. ``as_of`` None: each patient as of the latest day in the record, or today where it has none.

    ``version`` and ``knowledge`` are those of the program and of its tables: another program does not go on with this work.
    """

    folder: str
    today: date
    as_of: date | None = None
    criteria: tuple[str, ...] = ()
    dose_table: str | None = None
    mappings: Path | None = None
    check_all: bool = False
    validate: str = VALIDATE[0]
    longest: int = LONGEST
    version: str = ""
    knowledge: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether each record is judged as of its own latest day, so that everything that may tell a day matters."""
        return self.as_of is None

    @property
    def reads_all(self) -> bool:
        """Whether all of what is kept is read, and not only what can bear on the tables."""
        return self.check_all or self.is_dated

    @property
    def most_bytes(self) -> int:
        """How many bytes a line or a document may have."""
        return self.longest * MEGABYTE

    def day_for(self, record: PatientRecord) -> date:
        """The day as of which a record is judged."""
        return self.as_of or record.latest or self.today
