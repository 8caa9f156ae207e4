"""The points of a staging given to claims: one for each adequate drug, more for what was done to make it work."""

from fhir_trd.model.criteria import Rule
from tests.property.oracle.life import MINIMUM
from tests.property.oracle.spells import Spell, longest_run
from tests.property.oracle.trials import Lived, joint_days
from tests.property.oracle.verdicts import Asked, Known, Said, between

RAISED, RESTART = 1.5, 180
TRIED = {"failed", "responded"}


def staged_above(known: Known, rule: Rule) -> Said:
    """Whether the points of the drugs begun in the window are above a limit."""
    since = known.life.as_of - rule.whole("within")
    recent = [trial for trial in known.trials if trial.spell.first > since]
    most = _sum(known, rule, recent, surely=False) + (rule.number("ect") if _ect(known, since) else 0)
    # One record of seizure therapy may be a whole course or a single session: it raises the most only.
    least = _sum(known, rule, recent, surely=True)
    limit = rule.number("above")
    return Said(between(least > limit, most > limit), (int(least), int(most)))


def _ect(known: Known, since: int) -> bool:
    return any(one.kind == "ect" and since < one.first <= known.life.as_of for one in known.life.treatments)


def _sum(known: Known, rule: Rule, trials: list[Lived], *, surely: bool) -> float:
    points: dict[str, float] = {}
    for trial in trials:
        days = longest_run(trial.spell.strong if surely else trial.spell.maybe_strong)
        if days >= rule.whole("adequate_days"):
            drug = trial.spell.drug
            points[drug] = max(points.get(drug, 0), _points(known, rule, trial, days, surely=surely))
    return sum(points.values())


def _points(known: Known, rule: Rule, trial: Lived, days: int, *, surely: bool) -> float:
    spell = trial.spell
    raised = sum(spell.doses[day] >= RAISED * MINIMUM[spell.drug] for day in spell.strong)
    ways = (raised >= rule.whole("raised_days")) + (days >= rule.whole("long_days"))
    counts = TRIED if surely else TRIED | {"unknown"}
    agents = {agent for agent, _, answer in trial.agents if answer in counts}
    added = len(agents) + sum(_joined_to(other, known.spells) is spell for other in known.spells)
    return rule.number("trial") + rule.number("optimised") * ways + rule.number("augmentation") * added


def _joined_to(spell: Spell, spells: list[Spell]) -> Spell | None:
    """The antidepressant that this one was combined with: the last to end of those begun before it, if long enough together."""
    earlier = [one for one in spells if one.is_candidate and _order(one) < _order(spell)] if spell.is_candidate else []
    same = [one for one in earlier if one.drug == spell.drug]
    before = [one for one in earlier if one.strong]
    if (same and spell.first - same[-1].last - 1 <= RESTART) or not before:
        return None
    previous = max(before, key=lambda one: (one.last, one.drug))
    return previous if joint_days(spell, [previous]) else None


def _order(spell: Spell) -> tuple[int, str]:
    return (spell.first, spell.drug)


POINTS: dict[str, Asked] = {"staged_above": staged_above}
