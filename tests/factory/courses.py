"""Courses of a drug, read from a drawn table: what was taken, from when to when, at which dose, and why it was stopped.

Columns (only the first three are needed; a cell may be empty):

    drug       the name; an empty cell continues the course above with its next dose
    from, to   a day, a month or a year; ``to`` may be ``ongoing`` (confirmed on the day of the judgement), ``unconfirmed``
               (still active in the record, but nobody said so lately) or ``?`` (not recorded)
    mg/day     a dose, a range (``50-100``), ``25 prn``, or ``?``
    stop       lack, partial, intolerance, remission, other; nausea (an adverse event linked to the record)
    for        the recorded reason, an ICD-10-CM code or words
    as         statement (default), request, dispense or dispense 30 (days a fill), not-taken, unknown, on-hold
    adherence  good, poor or unknown; the chart says which is the default
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.factory.table import rows


@dataclass(frozen=True)
class DoseStep:
    """A stretch at one dose, as written."""

    start: str
    end: str
    dose: str


@dataclass(frozen=True)
class Course:
    """One course of one drug, as one record would tell it."""

    id: str
    drug: str
    steps: tuple[DoseStep, ...]
    stop: str = ""
    reason: str = ""
    form: str = "statement"
    adherence: str = ""
    named_by: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def start(self) -> str:
        """The first day, as written."""
        return self.steps[0].start

    @property
    def end(self) -> str:
        """The last day, as written."""
        return self.steps[-1].end

    @property
    def is_active(self) -> bool:
        """Whether the record says that the drug is still taken."""
        return self.end in {"ongoing", "unconfirmed"}

    def with_extra(self, **elements: object) -> "Course":
        """The same course with some elements of its resource written differently."""
        return replace(self, extra=dict(self.extra) | elements)

    @property
    def dose_known(self) -> bool:
        """Whether every step states a dose."""
        return all(step.dose not in {"", "?"} for step in self.steps)


def courses_in(text: str) -> tuple[Course, ...]:
    """The courses of a drawn table, in its order."""
    found: list[Course] = []
    for row in rows(text):
        step = DoseStep(row["from"], row["to"], row.get("mg/day", ""))
        if row["drug"]:
            found.append(_course(row, step, number=len(found) + 1))
        else:
            found[-1] = _continued(found[-1], row, step)
    return tuple(found)


def _course(row: Mapping[str, str], step: DoseStep, number: int) -> Course:
    return Course(
        id=f"{row['drug'].split()[0].lower()}-{number}",
        drug=row["drug"],
        steps=(step,),
        stop=row.get("stop", ""),
        reason=row.get("for", ""),
        form=row.get("as", "") or "statement",
        adherence=row.get("adherence", ""),
        named_by=row.get("by", ""),
    )


def _continued(course: Course, row: Mapping[str, str], step: DoseStep) -> Course:
    return replace(course, steps=(*course.steps, step), stop=row.get("stop", "") or course.stop)
