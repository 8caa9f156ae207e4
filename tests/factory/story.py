"""The life of a treatment in one line, as the chapters of the manual write it: ``sertraline 42d lack; pause 30d; …``.

Without a dose (``50mg``) it is the least adequate one of the form. One drug follows the other without a day between, from the
first of January 2024. After the days comes the reason of the stop, or the PHQ-9 on the first and on the last day (``20>15``).
``beside`` begins on the first day of the drug before it. ``psychotherapy 60d`` is a treatment; an ``earlier`` one was two years
before.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.factory.chart import Chart
from tests.factory.courses import Course, DoseStep
from tests.factory.judging import cell, judge, knowledge
from tests.factory.spec import MDD
from tests.factory.table import phrases

FORM = "mgh-atrq"
FIRST_DAY = date(2024, 1, 1)
DRUG = re.compile(r"(?P<drug>[a-z]+) (?:(?P<dose>[0-9.]+)mg )?(?P<days>[0-9]+)d(?: (?P<how>(?!beside)\S+))?(?P<beside> beside)?")
PAUSE = re.compile(r"pause (?P<days>[0-9]+)d")
TREATMENT = re.compile(r"(?P<earlier>earlier )?(?P<kind>psychotherapy|ect|tms) (?P<days>[0-9]+)d")
EARLIER = timedelta(days=730)
FACTS = ("scores", "conditions", "adherence", "born", "as_of")


@dataclass
class Told:
    """What a story comes to, as far as it has been read."""

    courses: list[Course] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)
    treatments: list[str] = field(default_factory=list)
    start: date = FIRST_DAY
    before: date = FIRST_DAY


def answer(criteria: str, row: Mapping[str, str]) -> str:
    """The answer of a set to one row of a chapter: ``met 2/2`` is the result with the least and most counted."""
    return cell(judge(chart_of(row), criteria=(criteria,)), criteria)


def chart_of(row: Mapping[str, str]) -> Chart:
    """The chart of one row: its story, and the facts that it names in further columns."""
    told = Told()
    for phrase in phrases(row["story"]):
        _read(phrase, told)
    facts = {"conditions": MDD, "as_of": "2024-12-31"} | {name: row[name] for name in FACTS if row.get(name)}
    scores = "; ".join([*told.scores, *phrases(facts.pop("scores", ""))])
    treatments = "; ".join([*told.treatments, *phrases(row.get("treatments", ""))])
    return Chart(courses=tuple(told.courses), scores=scores, treatments=treatments, **facts)


def _read(phrase: str, told: Told) -> None:
    if pause := PAUSE.fullmatch(phrase):
        told.start += timedelta(days=int(pause["days"]))
    elif treatment := TREATMENT.fullmatch(phrase):
        first = told.start - EARLIER if treatment["earlier"] else told.start
        told.treatments.append(f"{treatment['kind']} {first} {first + timedelta(days=int(treatment['days']) - 1)}")
    else:
        drug = DRUG.fullmatch(phrase)
        assert drug is not None, f"found {phrase!r}, wanted a drug such as 'sertraline 42d lack'"
        _take(drug, told)


def _take(drug: re.Match[str], told: Told) -> None:
    first = told.before if drug["beside"] else told.start
    last = first + timedelta(days=int(drug["days"]) - 1)
    how, number = drug["how"] or "", len(told.courses) + 1
    dose = drug["dose"] or f"{knowledge().formulary.drugs[(drug['drug'], '')].minimum[FORM]:g}"
    step = DoseStep(first.isoformat(), last.isoformat(), dose)
    told.courses.append(Course(f"{drug['drug']}-{number}", drug["drug"], (step,), stop="" if ">" in how else how))
    if ">" in how:
        told.scores += [f"{first} = {how.partition('>')[0]}", f"{last} = {how.partition('>')[2]}"]
    told.before, told.start = first, last + timedelta(days=1)
