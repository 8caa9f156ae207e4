"""A deliberately dumb trial history: it walks the calendar one day at a time and counts.

It shares no code with the fast history. Dates must be exact; what uncertain dates do is tested by trying out every
exact history they allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fhir_trd.model.records import Kind, Supply, Taking

RANK = [Kind.ADMINISTERED, Kind.DISPENSED, Kind.REPORTED, Kind.ORDERED]


@dataclass(frozen=True)
class Rules:
    """The lengths in days that decide, written down once more by hand."""

    longest_gap: int = 30
    longest_break: int = 14
    joint_longer_than: int = 30


@dataclass
class Day:
    """One day of one ingredient: whether the drug was taken, and the doses it may have been."""

    taken: bool
    doses: set[float]


@dataclass
class Course:
    """One exposure as counted on the calendar."""

    first: date
    last: date
    taken_days: int
    adequate: int
    countable: int


Calendar = dict[date, Day]


def days_of(supply: Supply) -> list[date]:
    """Every day on which a supply of exact dates ran."""
    step = supply.steps[0]
    assert step.end is not None
    count = (step.end.earliest - step.start.earliest).days + 1
    return [step.start.earliest + timedelta(days=number) for number in range(count)]


def calendar_of(supplies: Sequence[Supply]) -> Calendar:
    """What happened on each day, for the supplies of one ingredient."""
    calendar: Calendar = {}
    for day in sorted({day for supply in supplies for day in days_of(supply)}):
        running = [supply for supply in supplies if day in set(days_of(supply))]
        calendar[day] = Day(was_taken(running), possible_doses([one for one in running if one.taking is Taking.TAKEN]))
    return {day: what for day, what in calendar.items() if what.taken}


def was_taken(running: Sequence[Supply]) -> bool:
    """Taken if a record says so and no record of that day says it was paused."""
    taking = [supply for supply in running if supply.taking is Taking.TAKEN]
    paused = [supply for supply in running if supply.taking is Taking.PAUSED]
    given = any(supply.kind is Kind.ADMINISTERED for supply in taking)
    return bool(taking) and (given or not paused)


def possible_doses(taking: Sequence[Supply]) -> set[float]:
    """The last record to start decides; records of one kind for the same days add up if their doses differ."""
    if not taking:
        return set()
    last_start = max(supply.steps[0].start.earliest for supply in taking)
    newest = [supply for supply in taking if supply.steps[0].start.earliest == last_start]
    strongest = min(RANK.index(supply.kind) for supply in newest)
    deciding = [supply for supply in newest if RANK.index(supply.kind) == strongest]
    by_end: dict[date, set[float]] = {}
    for supply in deciding:
        step = supply.steps[0]
        assert step.end is not None
        assert step.dose is not None
        by_end.setdefault(step.end.earliest, set()).add(step.dose.most)
    return {sum(doses) for doses in by_end.values()}


def adequate_days(calendar: Calendar, minimum: float, surely: bool) -> set[date]:
    """The days on which the dose surely, or possibly, reached the minimum."""
    test = all if surely else any
    return {day for day, what in calendar.items() if test(dose >= minimum for dose in what.doses)}


def longest_run(days: set[date], longest_break: int) -> int:
    """Counts adequate days from the first to the last, starting again after too long a break."""
    best = count = missed = 0
    day, last = (min(days), max(days)) if days else (date.max, date.min)
    while day <= last:
        if day in days:
            count, missed = count + 1, 0
        else:
            missed += 1
        if missed > longest_break:
            count = 0
        best = max(best, count)
        day += timedelta(days=1)
    return best


def exposures_of(calendar: Calendar, rules: Rules) -> list[set[date]]:
    """The exposures of one ingredient: a new one begins when too many days lie between two days of use."""
    groups: list[list[date]] = []
    for day in sorted(calendar):
        if groups and (day - groups[-1][-1]).days - 1 <= rules.longest_gap:
            groups[-1].append(day)
        else:
            groups.append([day])
    return [set(group) for group in groups]


def course_of(exposure: set[date], adequate: set[date], joining: set[date], others: Sequence[set[date]], rules: Rules) -> Course:
    """One exposure as counted: its adequate days, and those on which no other exposure made it a combination.

    ``joining`` are the days of this drug that may join it to another: those that are surely adequate when the most is
    counted, those that are possibly so when the least is.
    """
    mine = adequate & exposure
    together = set().union(*(joint_days(joining & exposure, theirs, rules) for theirs in others))
    return Course(
        first=min(exposure),
        last=max(exposure),
        taken_days=len(exposure),
        adequate=longest_run(mine, rules.longest_break),
        countable=longest_run(mine - together, rules.longest_break),
    )


def joint_days(mine: set[date], theirs: set[date], rules: Rules) -> set[date]:
    """The days of a combination: both at the minimum, for longer than a cross-taper lasts."""
    found: set[date] = set()
    run: list[date] = []
    for day in sorted(mine & theirs):
        if run and (day - run[-1]).days - 1 > rules.longest_break:
            run = []
        run.append(day)
        found |= set(run) if len(run) > rules.joint_longer_than else set()
    return found
