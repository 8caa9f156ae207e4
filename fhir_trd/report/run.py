"""What one run was asked for, what it did and how it ended, as JSON. It holds numbers and ids of our own, no person."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

FINISHED = (0, 3, 7)
"""The exit codes of runs that went through all there was."""


class Findings(Struct, frozen=True, kw_only=True):
    """How many findings there were to deliver, what became of them, and how many the run did not come to."""

    wanted: int
    fates: Mapping[str, int]
    not_reached: int

    def __post_init__(self) -> None:
        """Nothing is lost in silence: what is not accounted for is a fault of this program."""
        assert self.wanted == sum(self.fates.values()) + self.not_reached, "the findings of the run do not add up"
        assert self.not_reached >= 0, "more findings were told of than there were"


class Requests(Struct, frozen=True):
    """How often requests of one kind got one answer."""

    method: str
    status: str
    count: int


class LeftOut(Struct, frozen=True):
    """What was not done, and why: a finding of ours, a type, a file."""

    what: str
    fate: str
    why: str


class RunReport(Struct, frozen=True, kw_only=True):
    """The report of one run."""

    command: str
    arguments: Mapping[str, object]
    versions: Mapping[str, str]
    started: datetime
    ended: datetime
    seconds: float
    exit_code: int
    error: str
    findings: Findings
    resources: Mapping[str, int]
    requests: tuple[Requests, ...]
    retries: int
    left_out: tuple[LeftOut, ...]
    places: Mapping[str, str]

    def __post_init__(self) -> None:
        """A run that went through all there was has come to every finding."""
        assert self.exit_code not in FINISHED or self.findings.not_reached == 0, "the run ended before it came to every finding"


def report_bytes(report: RunReport) -> bytes:
    """The report as it is written."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
