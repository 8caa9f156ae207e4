"""What an answer to a question about an export job says of the job."""

import re
from datetime import datetime

from msgspec import Struct

from fhir_trd.fhir.exchange.manifest import Manifest, manifest_in
from fhir_trd.fhir.exchange.outcome import is_transient, issues_in
from fhir_trd.transport.asking import Answer
from fhir_trd.transport.patience import TRY_LATER, seconds_asked
from fhir_trd.transport.server import told_status

SEPARATE = "X-Export-Status"
"""The header in which a server of version 3 tells the status of the job, apart from that of the answer."""

FINE, ACCEPTED, BROKEN = 200, 202, 500
ABSENT = frozenset({404, 410})

_PERCENT = re.compile(r"\d{1,3}(?:\.\d+)?\s?%")


class AtWork(Struct, frozen=True):
    """The job goes on. How far it has come, where that is a percentage: other words might be about a person."""

    wait: float | None
    told: str = ""


class Ready(Struct, frozen=True):
    """The job is done; its manifest, and the address under which that lies."""

    manifest: Manifest
    url: str


class Unsaid(Struct, frozen=True):
    """The answer says nothing about the job: it is to be asked for again."""

    wait: float | None
    told: str


class Failed(Struct, frozen=True):
    """The job came to nothing."""

    told: str


class Forgotten(Struct, frozen=True):
    """The server knows nothing of the job."""

    told: str


Standing = AtWork | Ready | Unsaid | Failed | Forgotten


def standing_in(answer: Answer, now: datetime, *, apart: bool = False) -> Standing:
    """What an answer says of the job that was asked about. ``apart``: this server tells that in a header of its own."""
    wait = seconds_asked(answer.header("Retry-After"), now)
    status = _status_of_job(answer)
    if status == ACCEPTED:
        return AtWork(wait, "".join(_PERCENT.findall(answer.header("X-Progress"))[:1]))
    if status == FINE:
        manifest = manifest_in(answer.body)
        return Ready(manifest, answer.url) if manifest else Unsaid(wait, f"{_told(answer, status)}, and that is no manifest")
    if status in ABSENT:
        return Forgotten(_told(answer, status))
    of_the_asking = (apart and status == answer.status) or _may_change(answer, status, wait)
    return Unsaid(wait, _told(answer, status)) if of_the_asking else Failed(_told(answer, status))


def _status_of_job(answer: Answer) -> int:
    separate = answer.header(SEPARATE).strip()[:3]
    return int(separate) if answer.status == FINE and separate.isascii() and separate.isdigit() else answer.status


def _may_change(answer: Answer, status: int, wait: float | None) -> bool:
    """Whether an error is one of the asking. With an outcome that does not say so, a status of 500 and more is one of the job."""
    if is_transient(answer.body):
        return True
    told_by_outcome = status >= BROKEN and bool(issues_in(answer.body)) and wait is None
    return status in TRY_LATER and not told_by_outcome


def _told(answer: Answer, status: int) -> str:
    apart = f", with {status} for the job" if status != answer.status else ""
    return f"the server answered {told_status(answer)}{apart}"
