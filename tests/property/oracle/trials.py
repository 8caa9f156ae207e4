"""Each spell of an antidepressant as a trial: its days, where they lie, and how it went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.property.oracle.episode import REMITTED
from tests.property.oracle.life import Life, Scored
from tests.property.oracle.spells import LONGEST_BREAK, Spell, longest_run

JOINT, LEAD, BREAKTHROUGH, ADDED, NEXT, AFTER, LAST, GRACE = 30, 14, 28, 14, 14, 14, 112, 14
SOON, SESSIONS, NEEDED_BESIDE = 30, 60, 28
FLOOR = {"": 10, "MADRS": 15, "HAM-D17": 14}
BECAME = {"non-response": "failed", "partial": "failed", "response": "responded", "remission": "responded"}
PRIORITY = ("MADRS", "HAM-D17", "")


@dataclass(frozen=True)
class Went:
    """How a trial went by the scores: the improvement in percent where it is known, and in one word."""

    word: str
    percent: float | None = None


@dataclass(frozen=True)
class Frame:
    """The days by which scores are judged."""

    start: int
    first_strong: int
    end: int
    closers: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Beside:
    """An agent beside a trial: the days on which both were strong, whether it failed, and if it was surely for depression."""

    agent: str
    days: int
    failed: str
    sure: bool
    first: int
    last: int


@dataclass(frozen=True)
class Lived:
    """A trial: its spell, the days that may count, the place in the episode, and how it went when asked on a day."""

    spell: Spell
    countable: int
    inside: int
    place: str
    went: dict[int, Went]
    agents: tuple[tuple[str, int, str], ...]
    beside: tuple[Beside, ...] = ()


def trials_of(life: Life, spells: Sequence[Spell], onset: int | None) -> list[Lived]:
    """All trials of antidepressants."""
    return [_lived(spell, life, spells, onset) for spell in spells if spell.is_antidepressant]


def _lived(spell: Spell, life: Life, spells: Sequence[Spell], onset: int | None) -> Lived:
    alone = set(spell.strong) - joint_days(spell, spells)
    place = _place(spell, onset)
    before = sum(day < onset for day in spell.strong) if onset is not None else 0
    raised = _raised(spell, onset) if onset is not None and before >= BREAKTHROUGH else None
    inside = set() if place == "previous" else alone
    if place == "straddles" and onset is not None:
        inside = {day for day in alone if day >= onset and (raised is None or day in raised)}
    agents = [(one, _agent(spell, one, life)) for one in spells if not one.is_antidepressant and _beside(spell, one)]
    frame = _frame(spell, life, spells, [one.first for one, (_, answer) in agents if answer != "other"], raised)
    return Lived(
        spell=spell,
        countable=longest_run(alone),
        inside=longest_run(inside),
        place=place,
        went={opens: _unless_contradicted(went_by_scores(opens, frame, life), spell.stop) for opens in (28, 42)},
        agents=tuple((one.drug, *found) for one, found in agents),
        beside=tuple(_taken_beside(spell, one, life) for one, (_, answer) in agents if answer != "other"),
    )


def joint_days(spell: Spell, spells: Sequence[Spell]) -> set[int]:
    """The days on which this and another antidepressant were both strong, for longer than a cross-taper lasts."""
    found: set[int] = set()
    for other in spells if spell.is_candidate else ():
        if other.is_candidate and other.drug != spell.drug:
            run: list[int] = []
            for day in sorted(spell.strong & other.strong):
                run = [*run, day] if run and day - run[-1] - 1 <= LONGEST_BREAK else [day]
                found |= set(run) if len(run) > JOINT else set()
    return found


def _place(spell: Spell, onset: int | None) -> str:
    if onset is None:
        return "unknown"
    if spell.first >= onset - LEAD:
        return "current"
    return "previous" if spell.last < onset else "straddles"


def _raised(spell: Spell, onset: int) -> set[int]:
    """The days inside the episode at a dose higher than any before it."""
    highest = max(dose for day, dose in spell.doses.items() if day <= onset)
    return {day for day, dose in spell.doses.items() if day >= onset and dose > highest}


def _beside(spell: Spell, agent: Spell) -> bool:
    return len(spell.maybe_strong & agent.days) >= ADDED


def _agent(spell: Spell, agent: Spell, life: Life) -> tuple[int, str]:
    """The days an agent was taken beside the drug, and what became of it."""
    together = len(spell.days & agent.days)
    if agent.purpose == "other":
        return together, "other"
    if longest_run(spell.maybe_strong & agent.strong) < NEEDED_BESIDE:
        return together, "too little"
    if longest_run(spell.strong & agent.strong) < NEEDED_BESIDE:
        return together, "unknown"
    return together, _became(agent, life) if agent.purpose == "depression" else "unknown"


def _became(agent: Spell, life: Life) -> str:
    """Whether an agent failed: by the scores, else by why it was stopped."""
    went = went_by_scores(28, Frame(agent.first, min(agent.strong, default=agent.first), agent.last), life)
    stopped = {"lack": "failed", "partial": "failed", "remission": "responded"}.get("" if agent.ongoing else agent.stop)
    return BECAME.get(went.word, stopped or "unknown")


def _taken_beside(spell: Spell, agent: Spell, life: Life) -> Beside:
    days = longest_run(spell.strong & agent.strong)
    return Beside(agent.drug, days, _became(agent, life), agent.purpose == "depression", agent.first, agent.last)


def _frame(spell: Spell, life: Life, spells: Sequence[Spell], added: Sequence[int], raised: set[int] | None) -> Frame:
    closers = [
        other.first
        for other in spells
        if other.is_candidate and other.drug != spell.drug and other.strong
        if other.first > spell.first and other.last - other.first + 1 >= NEXT
    ]
    starts = [*added, *_courses(life), *(one.first for one in spells if one.drug == "esketamine")]
    others = tuple(day for day in starts if spell.first < day <= spell.last)
    start, strong = (min(raised), min(raised)) if raised else (spell.first, min(spell.strong, default=spell.first))
    return Frame(start, strong, spell.last, tuple(closers), others)


def _courses(life: Life) -> Iterable[int]:
    known = [one for one in life.treatments if one.first <= life.as_of]
    for one in known:
        if not any(two.kind == one.kind and two.first < one.first and one.first - two.last <= SESSIONS for two in known):
            yield one.first


def went_by_scores(opens: int, frame: Frame, life: Life) -> Went:
    """What the scales say, the one of the highest priority that knows first."""
    found = [_by_scale(scale, opens, frame, life) for scale in PRIORITY if any(_on(scale, life))]
    known = [went for went in found if went.word in {"remission", "response", "partial", "non-response"}]
    telling = [went for went in found if went.word != "unknown"]
    return (known or telling or [Went("unknown")])[0]


def _on(scale: str, life: Life) -> list[Scored]:
    return sorted((one for one in life.scores if one.scale == scale and one.day <= life.as_of), key=lambda one: one.day)


def _by_scale(scale: str, opens: int, frame: Frame, life: Life) -> Went:
    near = [one for one in _on(scale, life) if frame.start - 30 <= one.day <= frame.start + 7]
    baseline = min(near, key=lambda one: (abs(one.day - frame.start), one.day), default=None)
    close = min(frame.end + AFTER, frame.first_strong + LAST - 1, *(day + AFTER for day in frame.closers), 10**6)
    inside = [one for one in _on(scale, life) if frame.first_strong + 27 <= one.day <= close]
    ends = [one for one in inside if one.day >= frame.first_strong + opens - 1] or inside
    usable = [one for one in ends if not frame.others or one.day <= min(frame.others) + GRACE]
    if ends and not usable:
        return Went("confounded")
    return _best(scale, baseline, usable) if usable else Went("unknown")


def _best(scale: str, baseline: Scored | None, ends: Sequence[Scored]) -> Went:
    if _sustained(ends, REMITTED[scale]):
        return Went("remission")
    if baseline is None:
        return Went("unknown")
    if baseline.value < FLOOR[scale]:
        return Went("low baseline")
    percent = {one.day: (baseline.value - one.value) / baseline.value * 100 for one in ends}
    good = _sustained(ends, baseline.value / 2)
    if good:
        return Went("response", percent[good[0].day])
    last = percent[ends[-1].day]
    return Went("partial" if last >= 25 else "non-response", last)


def _sustained(ends: Sequence[Scored], limit: float) -> list[Scored]:
    """The scores at or below a limit that no score of the next thirty days exceeds."""
    return [
        one
        for one in ends
        if one.value <= limit and not any(one.day < later.day <= one.day + SOON and later.value > limit for later in ends)
    ]


def _unless_contradicted(went: Went, stop: str) -> Went:
    """Scores and a stated reason that lie 25 points apart leave the outcome open."""
    if went.percent is None:
        return went
    apart = {
        "lack": went.percent >= 75,
        "partial": went.percent >= 75 or went.percent <= 0,
        "remission": went.percent <= 25,
    }
    return Went("conflict") if apart.get(stop, False) else went
