"""What was taken, day by day: spells of one drug, what they were for, how they ended, when they were strong enough."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.property.oracle.life import MINIMUM, Diagnosed, Life, Taken

LONGEST_GAP, LONGEST_BREAK, SIBLING = 30, 14, 90
AGENTS = {"aripiprazole": "antipsychotic", "quetiapine": "antipsychotic", "lithium": "mood-stabiliser"}
CLASSES = {
    "sertraline": "SSRI",
    "fluoxetine": "SSRI",
    "venlafaxine": "SNRI",
    "duloxetine": "SNRI",
    "mirtazapine": "NASSA",
    "bupropion": "NDRI",
    "nortriptyline": "TCA",
    "phenelzine": "MAOI",
    "moclobemide": "MAOI",
    "esketamine": "NMDA_NONORAL",
}
CATEGORIES = {
    "F31.81": "bipolar",
    "F20.9": "schizophrenia-spectrum",
    "F29": "psychotic-disorder",
    "F41.1": "anxiety",
    "G62.9": "pain",
    "F17.210": "smoking",
}
FULL_REMISSION = {"F33.42"}
# Reasons that leave open whether the drug was for depression too; any other reason rules depression out.
TREATS_BOTH = {"anxiety": {"sertraline", "fluoxetine", "venlafaxine", "duloxetine"}}
COMPETES = {
    "anxiety": {"sertraline", "fluoxetine", "venlafaxine", "duloxetine"},
    "pain": {"duloxetine", "nortriptyline"},
    "bipolar": {"aripiprazole", "quetiapine", "lithium"},
    "schizophrenia-spectrum": {"aripiprazole", "quetiapine"},
    "psychotic-disorder": {"aripiprazole", "quetiapine"},
}


@dataclass(frozen=True)
class Spell:
    """Days of one drug that no long gap interrupts, with the records behind them. ``strong`` are days that surely, and
    ``maybe_strong`` those that perhaps were at an adequate dose (they differ only for a drug without a known minimum)."""

    drug: str
    records: tuple[Taken, ...]
    doses: dict[int, float]
    strong: frozenset[int]
    maybe_strong: frozenset[int]
    ongoing: bool
    stop: str
    purpose: str

    @property
    def first(self) -> int:
        """The first day."""
        return min(self.doses)

    @property
    def last(self) -> int:
        """The last day."""
        return max(self.doses)

    @property
    def days(self) -> set[int]:
        """Every day on which it was taken."""
        return set(self.doses)

    @property
    def is_antidepressant(self) -> bool:
        """Whether it is an antidepressant, and no agent added to one."""
        return self.drug not in AGENTS

    @property
    def is_candidate(self) -> bool:
        """Whether it is an oral antidepressant that may be meant for depression."""
        return self.is_antidepressant and self.drug != "esketamine" and self.purpose != "other"


def category(code: str) -> str:
    """The category of a code; the codes of depression are all the others that are used here."""
    return CATEGORIES.get(code, "depression")


def known_diagnoses(life: Life) -> list[Diagnosed]:
    """The diagnoses that had begun, or been recorded, by the day of assessment."""
    days = [(one.onset if one.onset is not None else one.recorded, one) for one in life.diagnoses]
    return [one for day, one in days if day is None or day <= life.as_of]


def spells_of(life: Life) -> list[Spell]:
    """All spells of all drugs up to the day of assessment, in order of time."""
    found = [spell for drug in sorted(MINIMUM) for spell in _of_drug(drug, life)]
    return sorted(found, key=lambda spell: (spell.first, spell.drug))


def longest_run(days: Iterable[int]) -> int:
    """The most days of a run that no too long break interrupts; days of a break are not counted."""
    best = count = 0
    before: int | None = None
    for day in sorted(days):
        count = count + 1 if before is not None and day - before - 1 <= LONGEST_BREAK else 1
        before = day
        best = max(best, count)
    return best


def _of_drug(drug: str, life: Life) -> Iterable[Spell]:
    records = [one for one in life.taken if one.drug == drug and one.first <= life.as_of]
    doses: dict[int, float] = {}
    for one in sorted(records, key=lambda one: one.first):
        for day in range(one.first, min(one.last, life.as_of) + 1):
            doses[day] = max((other.first, other.dose) for other in records if other.first <= day <= other.last)[1]
    for group in _groups(sorted(doses)):
        inside = tuple(one for one in records if one.first <= group[-1] and one.last >= group[0])
        yield _spell(drug, inside, {day: doses[day] for day in group}, [one for one in records if one not in inside], life)


def _groups(days: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for day in days:
        if groups and day - groups[-1][-1] - 1 <= LONGEST_GAP:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _spell(drug: str, records: tuple[Taken, ...], doses: dict[int, float], others: list[Taken], life: Life) -> Spell:
    enough = frozenset(day for day, dose in doses.items() if dose >= MINIMUM[drug])
    ongoing = any(one.last > life.as_of for one in records)
    ending = [one.stop for one in records if one.last == max(doses)]
    return Spell(
        drug=drug,
        records=records,
        doses=doses,
        strong=frozenset() if drug == "esketamine" else enough,
        maybe_strong=frozenset(doses) if drug == "esketamine" else enough,
        ongoing=ongoing,
        stop="" if ongoing else ending[0],
        purpose=_purpose(drug, records, (min(doses), max(doses)), others, life),
    )


def _purpose(drug: str, records: tuple[Taken, ...], during: tuple[int, int], others: list[Taken], life: Life) -> str:
    """The reason on the record, then one on a record of the same drug near in time, then the diagnoses of that time."""
    first, last = during
    at_start = _present(life, first, first)
    near = [one for one in others if one.first <= last + SIBLING and first - SIBLING <= one.last]
    for group in (records, tuple(near)):
        reasons = {category(one.reason) for one in group if one.reason}
        if "depression" in reasons:
            return "depression"
        if reasons:
            both = any(drug in TREATS_BOTH.get(reason, ()) for reason in reasons)
            return "unknown" if both and at_start else "other"
    return _by_diagnoses(drug, first, last, life)


def _by_diagnoses(drug: str, first: int, last: int, life: Life) -> str:
    confirmed = [one for one in _present(life, first, last) if one.certainty == "confirmed"]
    surely = [one for one in confirmed if _surely_present(one, first, last)]
    competing = [
        one for one in known_diagnoses(life) if drug in COMPETES.get(category(one.code), ()) and _may_be_present(one, first, last)
    ]
    return "depression" if surely and not competing else "unknown"


def _present(life: Life, first: int, last: int) -> list[Diagnosed]:
    return [one for one in known_diagnoses(life) if category(one.code) == "depression" and _may_be_present(one, first, last)]


def _may_be_present(one: Diagnosed, first: int, last: int) -> bool:
    begun = one.onset is None or one.onset <= last
    return begun and (one.abated is None or one.abated >= first)


def _surely_present(one: Diagnosed, first: int, last: int) -> bool:
    begun = one.onset if one.onset is not None else one.recorded
    if begun is None or begun > last:
        return False
    return one.abated >= first if one.abated is not None else one.status == "active"
