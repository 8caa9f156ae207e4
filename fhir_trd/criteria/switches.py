"""Switches between prescription episodes: the definition of a primary-care study, in both of its published readings."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from fhir_trd.criteria.counted import counted_ruling
from fhir_trd.criteria.mentions import Mention, are_exact, mentions_of, names_of, origins_of
from fhir_trd.criteria.ruling import Ruling
from fhir_trd.model.criteria import Rule
from fhir_trd.model.dates import Days, on
from fhir_trd.model.trials import History
from fhir_trd.model.truth import at_least


class Span(Struct, frozen=True):
    """A prescription episode: a drug, and the days of its first and last prescription."""

    drug: str
    first: int
    last: int


class Switch(Struct, frozen=True):
    """From the last prescription of an episode to the next prescription, of another drug."""

    left: Span
    to: Mention


def switches(history: History, rule: Rule) -> Ruling:
    """Counts the drugs from which a patient was switched after long enough, to another one soon enough."""
    needed, drugs = rule.whole("switches"), rule.whole("drugs")
    names, exact = names_of(history), are_exact(history)
    found = switches_in(mentions_of(history), rule) if len(names) >= drugs else ()
    sure = len({one.left.drug for one in found}) if exact else 0
    possible = sure if exact else min(needed, len(names) - 1) if len(names) >= drugs else 0
    truth = at_least(needed, sure, possible)
    left = tuple(dict.fromkeys(names[one.left.drug] for one in found)) if exact else ()
    met_on = on(date.fromordinal(_last_needed(found, needed).to.day)) if exact and sure >= needed else None
    return counted_ruling(
        history,
        rule,
        truth,
        needed=needed,
        count=Days(sure, max(possible, sure)),
        counted=left,
        evidence=origins_of(history),
        because=f"{len(left)} of {needed} switches that count, among {len(names)} antidepressants",
        met_on=met_on,
    )


def switches_in(mentions: Sequence[Mention], rule: Rule) -> tuple[Switch, ...]:
    """Every switch that counts under the rule, in order of time."""
    spans = _spans(mentions, rule.whole("new_episode_after"))
    left = {(span.drug, span.last): span for span in spans}
    pairs = pairwise(mentions)
    made = (Switch(left[one.drug, one.day], then) for one, then in pairs if (one.drug, one.day) in left and one.drug != then.drug)
    return tuple(switch for switch in made if _counts(switch, spans, rule))


def _spans(mentions: Sequence[Mention], new_episode_after: int) -> tuple[Span, ...]:
    done: list[Span] = []
    current: dict[str, Span] = {}
    for one in mentions:
        held = current.get(one.drug)
        if held is not None and one.day - held.last > new_episode_after:
            done.append(held)
            held = None
        current[one.drug] = Span(one.drug, held.first if held else one.day, one.day)
    return (*done, *current.values())


def _counts(switch: Switch, spans: Sequence[Span], rule: Rule) -> bool:
    """Whether the drug left lasted and the next came soon; in the stricter reading the next must last too, without overlap."""
    gap = switch.to.day - switch.left.last
    lasted = switch.left.last - switch.left.first or gap
    enough = rule.whole("least_days")
    if not 0 < gap <= rule.whole("longest_gap") or lasted < enough:
        return False
    return not rule.flag("every_drug_lasts") or any(_lasts(span, switch, enough) for span in spans)


def _lasts(span: Span, switch: Switch, enough: int) -> bool:
    is_next = span.drug == switch.to.drug and span.first == switch.to.day
    return is_next and span.last - span.first >= enough


def _last_needed(found: Sequence[Switch], needed: int) -> Switch:
    """The switch by which the last of the drugs needed was left."""
    first = {switch.left.drug: switch for switch in reversed(found)}
    return sorted(first.values(), key=_day)[needed - 1]


def _day(switch: Switch) -> int:
    return switch.to.day
