"""When the current episode began: the recorded onset, else what scores, diagnoses and drugs show (clinical rule 6.2)."""

from tests.property.oracle.life import Diagnosed, Life
from tests.property.oracle.spells import FULL_REMISSION, Spell, category, known_diagnoses

QUIET, STALE, REMISSION_DAYS = 180, 1095, 60
MILD = {"": 9, "MADRS": 19, "HAM-D17": 13}
REMITTED = {"": 4, "MADRS": 10, "HAM-D17": 7}
OVER = ("remission", "resolved")
PAST = (*OVER, "inactive")


def onset_of(life: Life, spells: list[Spell]) -> int | None:
    """The first day of the current episode, or None where nothing tells."""
    treated = [spell for spell in spells if spell.is_candidate and spell.purpose == "depression"]
    depressions = [one for one in known_diagnoses(life) if category(one.code) == "depression"]
    active = [one for one in depressions if one.status == "active" and one.code not in FULL_REMISSION]
    onsets = sorted(one.onset for one in active if one.onset is not None)
    phase = _first_of_phase(treated)
    fitting = [day for day in onsets if phase is None or day <= phase]
    documented = (fitting[-1] if fitting else onsets[0]) if onsets else None
    block = _last_remission(life, treated)
    if documented is not None and not _is_stale(documented, phase, block):
        return documented
    return _first_sign_after(block, life, treated, documented, depressions)


def _first_sign_after(
    block: tuple[int, int] | None,
    life: Life,
    treated: list[Spell],
    documented: int | None,
    depressions: list[Diagnosed],
) -> int | None:
    ill = [one.day for one in life.scores if one.day <= life.as_of and one.value > MILD[one.scale]]
    signs = sorted([*ill, *(spell.first for spell in treated)])
    after = [day for day in signs if block is not None and day > block[1]]
    if after:
        return after[0]
    return documented if documented is not None else _after_quiet(treated, depressions)


def _first_of_phase(treated: list[Spell]) -> int | None:
    first: int | None = None
    for spell in sorted(treated, key=lambda spell: -spell.first):
        if first is not None and first - spell.last > QUIET:
            break
        first = spell.first if first is None else min(first, spell.first)
    return first


def _is_stale(documented: int, phase: int | None, block: tuple[int, int] | None) -> bool:
    if phase is None or block is None:
        return False
    return phase - documented > STALE and documented < block[0] and block[1] <= phase


def _last_remission(life: Life, treated: list[Spell]) -> tuple[int, int] | None:
    blocks = [*_quiet_scores(life), *_quiet_diagnoses(life, treated)]
    return max(blocks, key=lambda block: (block[1], block[0]), default=None)


def _quiet_scores(life: Life) -> list[tuple[int, int]]:
    runs: list[list[int]] = [[]]
    for one in sorted((one for one in life.scores if one.day <= life.as_of), key=lambda one: one.day):
        if one.value > MILD[one.scale]:
            runs.append([])
        elif one.value <= REMITTED[one.scale]:
            runs[-1].append(one.day)
    return [(run[0], run[-1]) for run in runs if len(run) > 1 and run[-1] - run[0] >= REMISSION_DAYS]


def _quiet_diagnoses(life: Life, treated: list[Spell]) -> list[tuple[int, int]]:
    depressions = [one for one in known_diagnoses(life) if category(one.code) == "depression"]
    ill = [one.day for one in life.scores if one.day <= life.as_of and one.value > MILD[one.scale]]
    begun = [one.onset for one in depressions if one.onset is not None and one.code not in FULL_REMISSION]
    signs = sorted([*ill, *begun, *(spell.first for spell in treated)])
    found = []
    for one in depressions:
        day = _remitted_on(one)
        until = next((sign for sign in signs if day is not None and sign > day), None)
        if day is not None and until is not None and until - day >= REMISSION_DAYS:
            found.append((day, until - 1))
    return found


def _remitted_on(one: Diagnosed) -> int | None:
    if one.status in OVER and one.abated is not None:
        return one.abated
    if one.code in FULL_REMISSION:
        return one.recorded if one.recorded is not None else one.onset
    return None


def _after_quiet(treated: list[Spell], depressions: list[Diagnosed]) -> int | None:
    dated = [(one.onset if one.onset is not None else one.recorded) for one in depressions]
    signs = sorted([*((day, day) for day in dated if day is not None), *((spell.first, spell.last) for spell in treated)])
    covered: int | None = None
    start: int | None = None
    for first, last in signs:
        if covered is None or first - covered > QUIET:
            start = first
        covered = last if covered is None else max(covered, last)
    return start
