"""Different drugs counted in a stretch of time, at any dose and for any length (clinical rule 1.3, ruling R21)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from fhir_trd.criteria.chains import ANTIPSYCHOTIC
from fhir_trd.criteria.counted import counted_ruling, day_words
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import LONG_AGO, Days, When, shifted
from fhir_trd.model.drugs import Drug, Role
from fhir_trd.model.trials import Episode, History, Use
from fhir_trd.model.truth import Truth, all_of, any_of, at_least, truth_of

Held = Mapping[str, Sequence[tuple[Truth, Use]]]


def drugs_in_window(history: History, rule: Rule) -> Ruling:
    """Counts different antidepressants, and antipsychotics, on record in the days up to the day of assessment."""
    first = shifted(history.as_of, 1 - rule.whole("window_days"))
    held = [(_in_window(use, first, history.as_of), use) for use in history.uses]
    antidepressants = _by_drug((answer, use) for answer, use in held if use.drug.role is Role.ANTIDEPRESSANT)
    antipsychotics = _by_drug((answer, use) for answer, use in held if use.drug.drug_class == ANTIPSYCHOTIC)
    count, others = _count(antidepressants), _count(antipsychotics)
    needed, wanted = rule.whole("antidepressants"), rule.whole("antipsychotics")
    either = any_of((at_least(needed, count.least, count.most), at_least(wanted, others.least, others.most)))
    return counted_ruling(
        history,
        rule,
        either,
        needed=needed,
        count=count,
        counted=_names(antidepressants),
        evidence=(use.origin for answer, use in held if answer is not Truth.NO and _is_asked_for(use.drug)),
        because=f"since {first}: {_words(count, needed, antidepressants)} antidepressants, "
        f"or {_words(others, wanted, antipsychotics)} antipsychotics",
    )


def drugs_started(history: History, rule: Rule) -> Ruling:
    """Counts the different drugs begun, in the current episode or ever; met on the day the last one needed began."""
    needed, scope = rule.whole("drugs"), rule.word("scope")
    asked = [use for use in history.uses if use.drug.role is Role.ANTIDEPRESSANT or _counts_too(use.drug, rule)]
    begun = _by_drug((_in_scope(use, history.episode, scope), use) for use in asked)
    count = _count(begun)
    truth = at_least(needed, count.least, count.most)
    met_on = _start_of(needed, begun) if truth is Truth.YES else None
    since = f"; the last began {day_words(met_on)}" if met_on else ""
    return counted_ruling(
        history,
        rule,
        truth,
        needed=needed,
        count=count,
        counted=_names(begun),
        evidence=(use.origin for rows in begun.values() for answer, use in rows if answer is not Truth.NO),
        because=f"{_words(count, needed, begun)} different drugs begun{since}",
        met_on=met_on,
    )


def _in_window(use: Use, first: date, last: date) -> Truth:
    surely = use.certain and use.end.earliest >= first and use.start.latest <= last
    return truth_of(surely, use.end.latest >= first and use.start.earliest <= last)


def _in_scope(use: Use, episode: Episode, scope: str) -> Truth:
    taken = truth_of(use.certain, possibly=True)
    if scope == "lifetime":
        return taken
    start = episode.start or When(LONG_AGO, date.max)
    return all_of((taken, truth_of(use.start.earliest >= start.latest, use.start.latest >= start.earliest)))


def _counts_too(drug: Drug, rule: Rule) -> bool:
    return rule.flag("antipsychotics_count") and drug.drug_class == ANTIPSYCHOTIC


def _is_asked_for(drug: Drug) -> bool:
    return drug.role is Role.ANTIDEPRESSANT or drug.drug_class == ANTIPSYCHOTIC


def _by_drug(answered: Iterable[tuple[Truth, Use]]) -> Held:
    rows: dict[str, list[tuple[Truth, Use]]] = {}
    for answer, use in answered:
        rows.setdefault(use.drug.distinct_name, []).append((answer, use))
    return rows


def _held(rows: Iterable[tuple[Truth, Use]]) -> Truth:
    return any_of(answer for answer, _ in rows)


def _count(held: Held) -> Days:
    answers = [_held(rows) for rows in held.values()]
    return Days(answers.count(Truth.YES), len(answers) - answers.count(Truth.NO))


def _names(held: Held) -> tuple[str, ...]:
    return tuple(sorted(rows[0][1].drug.name for rows in held.values() if _held(rows) is Truth.YES))


def _start_of(needed: int, begun: Held) -> When:
    """The day, or range of days, on which the last of the drugs needed began."""
    earliest = sorted(min(use.start.earliest for _, use in rows) for rows in begun.values() if _held(rows) is not Truth.NO)
    sure = (min(use.start.latest for answer, use in rows if answer is Truth.YES) for rows in begun.values() if _surely(rows))
    latest = sorted(sure)[needed - 1]
    return When(min(earliest[needed - 1], latest), latest)


def _surely(rows: Iterable[tuple[Truth, Use]]) -> bool:
    return _held(rows) is Truth.YES


def _words(count: Days, needed: int, held: Held) -> str:
    number = str(count.least) if count.least == count.most else f"between {count.least} and {count.most}"
    named = f" ({', '.join(_names(held))})" if _names(held) else ""
    return f"{number} of {needed}{named}"
