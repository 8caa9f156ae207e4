"""What a server's OperationOutcome says, kept free of what it may repeat about a person."""

import re

import msgspec
from msgspec import Struct

from fhir_trd.fhir.exchange.harmless import ELEMENTS, HARMLESS, PLAIN, TYPES

MOST_SHOWN = 10
"""How many issues a message names; the rest are counted."""

PERSONAL = re.compile(r"""'[^']*'|"[^"]*"|(?P<path>[A-Z]\w+(?:\.[a-z]\w*(?:\[(?:\d+|x)\])?)+)|\S*\d\S*|\S+@\S+|\w[\w'’-]*""")
"""What may be about a person in the free text of an issue: what is quoted, words with a digit or an @, and any other word."""

PLACE = re.compile(r"\[(?:\d+|x)\]")
"""The how-many-eth of an element."""

HIDDEN = "…"

ASIDE = re.compile(r"\([^()]*\)|/\*.*?\*/")
"""Conditions and remarks in a path; they may hold values, and the path says enough without."""

PATH = re.compile(r"/?(?:f:)?[A-Za-z]+(?:\[(?:\d+|x)\])?(?:[./](?:f:)?[A-Za-z]+(?:\[(?:\d+|x)\])?)*")
"""Names of elements, and the how-many-eth of them; anything else may hold a value."""


class _Code(Struct, frozen=True):
    code: str = ""


class _Details(Struct, frozen=True):
    coding: tuple[_Code, ...] = ()
    text: str = ""


class _Issue(Struct, frozen=True):
    severity: str = ""
    code: str = ""
    details: _Details = _Details()
    diagnostics: str = ""
    expression: tuple[str, ...] = ()
    location: tuple[str, ...] = ()


class _Outcome(Struct, frozen=True, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    issue: tuple[_Issue, ...] = ()


class OutcomeIssue(Struct, frozen=True):
    """One issue of an answer: how bad, of which kind, where in the resource, and its words, what may be personal masked."""

    severity: str
    code: str
    where: str = ""
    words: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the server could not do what was asked."""
        return self.severity in ("fatal", "error")

    @property
    def told(self) -> str:
        """The issue in one line."""
        place = f" at {self.where}" if self.where else ""
        return f"{self.severity} {self.code}{place}{f': {self.words}' if self.words else ''}"


_OUTCOME = msgspec.json.Decoder(_Outcome)
"""Made once and at the start: two threads that are the first to read a type at the same time end the whole process."""


def issues_in(body: bytes) -> tuple[OutcomeIssue, ...]:
    """The issues of an OperationOutcome; empty where the body is none."""
    try:
        outcome = _OUTCOME.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(map(_issue, outcome.issue)) if outcome.resource_type == "OperationOutcome" else ()


def told_issues(issues: tuple[OutcomeIssue, ...]) -> str:
    """All issues in one line, the first ones in full."""
    shown = [issue.told for issue in issues[:MOST_SHOWN]]
    return "; ".join([*shown, f"and {len(issues) - MOST_SHOWN} more"] if issues[MOST_SHOWN:] else shown)


def is_transient(body: bytes) -> bool:
    """Whether the server says that the same request may succeed a moment later (Bulk Data asks clients to look)."""
    return any(issue.code == "transient" for issue in issues_in(body))


def _issue(found: _Issue) -> OutcomeIssue:
    codes = [coding.code for coding in found.details.coding if coding.code]
    masked = PERSONAL.sub(_masked, " ".join((found.details.text or found.diagnostics).split()))
    where = ", ".join(path for each in found.expression or found.location if (path := _path(each)))
    return OutcomeIssue(found.severity, found.code, where, " ".join([*codes, masked]).strip())


def _path(told: str) -> str:
    """The path as it may be shown; empty where it is more than names of elements."""
    while (bare := ASIDE.sub("", told)) != told:  # One condition may stand inside another.
        told = bare
    return told if PATH.fullmatch(told) else ""


def _masked(found: re.Match[str]) -> str:
    """A word, or a path of elements, as it may be shown: whole, where it is known to be harmless."""
    if found["path"]:
        return found["path"] if _is_path_of_elements(found["path"]) else HIDDEN
    return found.group() if _is_harmless(found.group()) else HIDDEN


def _is_harmless(word: str) -> bool:
    return word in HARMLESS or PLAIN.issuperset(word.split("-"))


def _is_path_of_elements(path: str) -> bool:
    kind, *elements = PLACE.sub("", path).split(".")
    return kind in TYPES and ELEMENTS.issuperset(elements)
