"""What every column means, in words: the part of the codebook that no schema knows."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from fhir_trd.criteria.conditions import CONDITIONS
from fhir_trd.engines.research.attrition import DEPRESSED, EVERYONE, OTHERWISE, PEOPLE, RULE, TREATED, TRIALS
from fhir_trd.engines.research.files import FOUND, PUBLISHED
from fhir_trd.knowledge.drugs import DOSE_TABLES
from fhir_trd.model.criteria import Mark
from fhir_trd.model.issues import Fate
from fhir_trd.model.records import Adherence, StopReason
from fhir_trd.model.trials import Link, Place, Purpose, Response
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Result, Severity

FIRST = "0.1.0"
"""The version that first wrote the tables."""


class Meaning(Struct, frozen=True):
    """What a column holds; ``unit`` and ``values`` are empty where it has none, or where anything may stand."""

    says: str
    unit: str = ""
    values: tuple[str, ...] = ()
    since: str = FIRST


def _of(says: str, values: Iterable[str] | type[StrEnum], unit: str = "") -> Meaning:
    return Meaning(says, unit, tuple(str(value) for value in values))


_PATIENT = Meaning("the patient, by type and id: Patient/1")
_AS_OF = Meaning("the day of judgement", "day")
_CRITERIA = Meaning("the id of the criteria set")
_EVIDENCE = Meaning("the resources it was read in, and the element where that helps")
_REASONS = Meaning("reason codes, in the order in which they matter; docs/reference/json.md says them in words")
_PEOPLE, _DAYS, _PERCENT = "people", "days", "percent"
_CONDITIONS = {
    "purpose": "whether it was taken for depression",
    "route": "whether it was taken by mouth, where the set asks for that",
    "drug": "whether this kind of drug can count",
    "episode": "whether it lies in the episode that the set looks at",
    "duration": "whether it was long enough at an adequate dose",
    "outcome": "whether it did not help enough",
    "adherence": "whether it was really taken",
}
_VERDICTS = {
    "patient": _PATIENT,
    "as_of": _AS_OF,
    "criteria": _CRITERIA,
    "result": _of("what the set says of the patient", Result),
    "least": Meaning("the fewest distinct failed trials that the record allows", "trials"),
    "most": Meaning("the most distinct failed trials that the record allows", "trials"),
    "needed": Meaning("how many the set asks for", "trials"),
    "counted": Meaning("the drugs that surely count"),
    "met_on_earliest": Meaning("the earliest day on which a set that counts treatments in time was met", "day"),
    "met_on_latest": Meaning("the latest such day", "day"),
    "would_settle": Meaning("the questions whose answers settle an indeterminate result"),
    "needs_review": Meaning("whether the reading of this definition still needs clinical review"),
    "version": Meaning("the version of the criteria set"),
    "depression": _of("whether a diagnosis of depression is recorded; maybe: only a suspected one", Truth),
    "antidepressant": Meaning("whether any record of an antidepressant is there, taken or not"),
    "findings": Meaning("what each rule of the set found, in the order of the set"),
    "findings.rule": Meaning("the rule, by its name in the set"),
    "findings.truth": _of("whether the rule holds; of an excluding rule, whether it lets the patient pass", Truth),
}
_TRIALS = {
    "patient": _PATIENT,
    "as_of": _AS_OF,
    "trial": Meaning("the trial: the ingredient and its number among the exposures of that ingredient"),
    "drug": Meaning("the ingredient"),
    "rxcui": Meaning("the ingredient as RxNorm numbers it"),
    "class": Meaning("the class of the drug"),
    "start_earliest": Meaning("the earliest day on which it may have begun; empty: nobody recorded one", "day"),
    "start_latest": Meaning("the latest day on which it may have begun", "day"),
    "end_earliest": Meaning("the earliest day on which it may have ended", "day"),
    "end_latest": Meaning("the latest day on which it may have ended", "day"),
    "ongoing": Meaning("whether it goes on on the day of judgement"),
    "max_dose_mg": Meaning("the highest daily dose; empty: none is known", "mg/day"),
    "exposed_days_least": Meaning("the fewest days on the drug", _DAYS),
    "exposed_days_most": Meaning("the most days on the drug", _DAYS),
    "adequate_days_least": Meaning("the longest run at or above the minimum dose, at its least", _DAYS),
    "adequate_days_most": Meaning("the longest run at or above the minimum dose, at its most", _DAYS),
    "outcome": _of("how well it worked", Response),
    "outcome_because": Meaning("why the outcome is not known"),
    "improvement_percent": Meaning("the change of the score from before to the end; negative: worse", _PERCENT),
    "stop_reason": _of("why it was stopped; empty: not recorded, or not certain", StopReason),
    "purpose": _of("what it was taken for", Purpose),
    "adherence": _of("how reliably it was taken", Adherence),
    "relation": _of("how it stands to the trial before it", Link),
    "relation_to": Meaning("the drug or trial to which it stands so"),
    "episode": _of("where it lies towards the current episode", Place),
    "doubts": Meaning("reason codes that say why a least and a most differ"),
    "evidence": _EVIDENCE,
    "judgements": Meaning("what each set that judges trials says of it"),
    "judgements.criteria": _CRITERIA,
    "judgements.answer": _of("whether it counts as a failed trial under the set", Truth),
    "judgements.reasons": _REASONS,
    "conditions": Meaning("how far it gets through the conditions of each set that asks for failed trials"),
    "conditions.criteria": _CRITERIA,
    **{
        f"conditions.{name}": _of(f"{_CONDITIONS[name]}; empty: not asked any more, behind the first no", Truth)
        for name in CONDITIONS
    },
}
_FLAGS = {
    "patient": _PATIENT,
    "as_of": _AS_OF,
    "severity": _of("how urgent it is", Severity),
    "about": Meaning("what it is about: a drug, a treatment, a finding"),
    "because": Meaning("why"),
    "evidence": _EVIDENCE,
}
_LEDGER = {
    "resource_type": Meaning("the type of the resources"),
    "fate": _of("what became of them", Fate),
    "reason": Meaning("why they were set aside, or what is wrong with them"),
    "count": Meaning("how many", "resources"),
}
_ATTRITION = {
    "criteria": _CRITERIA,
    "step": Meaning("the number of the step, from 0 for everyone"),
    "stage": _of("the step by name", (EVERYONE, *(name for name, _ in (*PEOPLE, *TRIALS)), RULE, OTHERWISE)),
    "rule": Meaning("the rule of the set that asks for it; empty: none does, it describes the people"),
    "says": Meaning("what is asked at this step"),
    "surely": Meaning("how many are left surely", _PEOPLE),
    "possibly": Meaning("how many are left surely or perhaps", _PEOPLE),
    "in_doubt": Meaning("possibly less surely: of how many the records do not tell", _PEOPLE),
    "removed": Meaning("how many surely are not left any more, who might have been at the step before", _PEOPLE),
    "enough_surely": Meaning("of how many surely as many distinct trials get this far as the set wants to fail", _PEOPLE),
    "enough_possibly": Meaning("of how many surely or perhaps so many get this far", _PEOPLE),
}
_PREVALENCE = {
    "kind": _of("counted in this population, or given by a paper", (FOUND, PUBLISHED)),
    "criteria": Meaning("the criteria set; of a published share, the set that reads its definition, if one does"),
    "setting": Meaning("where the published share was found"),
    "among": Meaning(f"the denominator; of a share found: {EVERYONE}, {DEPRESSED} or {TREATED}, of a published one in words"),
    "people": Meaning("the denominator as a number: whoever the set excludes is left out", _PEOPLE),
    "excluded": Meaning("how many the set excludes", _PEOPLE),
    "met": Meaning("how many surely meet the set", _PEOPLE),
    "indeterminate": Meaning("how many may meet it", _PEOPLE),
    "percent_least": Meaning("met of people; of a published share, its lower or only number", _PERCENT),
    "percent_most": Meaning("met and indeterminate of people; of a published share, its higher or only number", _PERCENT),
    "source": Meaning("the key of the paper in mappings/sources.toml"),
    "place": Meaning("where it stands there"),
    "mark": _of("how the published number is known", Mark),
    "checked": Meaning("when it was last compared with its source", "day"),
}
_GRID = {
    "criteria": _CRITERIA,
    "adequate_days": Meaning("how long a trial must last at an adequate dose", _DAYS),
    "dose_table": _of("which table says that a dose is adequate", DOSE_TABLES),
    "improvement_below": Meaning("below which improvement a trial has failed", _PERCENT),
    "exposure_gap": Meaning("how long a gap still joins two supplies", _DAYS),
    "own": Meaning("whether these are the numbers of the set itself"),
    "people": Meaning("how many are judged", _PEOPLE),
    "met": Meaning("how many meet the set with these numbers", _PEOPLE),
    "not_met": Meaning("how many do not", _PEOPLE),
    "indeterminate": Meaning("of how many the record does not tell", _PEOPLE),
    "excluded": Meaning("how many are excluded", _PEOPLE),
}
_CODEBOOK = {
    "table_name": Meaning("the table, or the folder of its part files"),
    "column_name": Meaning("the column, or a field of it behind a dot"),
    "type": Meaning("how it is stored in Parquet"),
    "unit": Meaning("the unit of its numbers, or how exact its dates are"),
    "allowed": Meaning("what may stand in it, divided by semicolons; empty: anything"),
    "meaning": Meaning("what it means"),
    "since": Meaning("the version of fhir-trd that first wrote it"),
}
MEANINGS: Mapping[str, Mapping[str, Meaning]] = {
    "verdicts": _VERDICTS,
    "trials": _TRIALS,
    "flags": _FLAGS,
    "ledger": _LEDGER,
    "attrition": _ATTRITION,
    "prevalence": _PREVALENCE,
    "grid": _GRID,
    "codebook": _CODEBOOK,
}
"""By table and column."""
