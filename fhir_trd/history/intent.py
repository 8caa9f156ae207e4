"""What a drug was taken for: the recorded reason, then a sibling record, the brand, the diagnoses (clinical rule 2.6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from fhir_trd.history.exposures import Exposure
from fhir_trd.model.codes import Origin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import LONG_AGO, When, shifted
from fhir_trd.model.knowledge import OtherUse
from fhir_trd.model.records import DEPRESSION, Certainty, Course, Diagnosis, Supply
from fhir_trd.model.trials import Intent, Purpose

UNRECOGNISED = "unrecognised"
LEFT_OPEN = "maybe"
ANY_DRUG = "*"

OtherUses = Mapping[str, tuple[OtherUse, ...]]


def intent_of(
    exposure: Exposure, siblings: Sequence[Supply], diagnoses: Sequence[Diagnosis], uses: OtherUses, conventions: Conventions
) -> Intent:
    """What the drug of an exposure was taken for.

    ``siblings`` are all supplies of the same ingredient; those near in time may lend their reason.
    """
    supplies, own = exposure.supplies, _uses_of(exposure.drug.ingredient, uses)
    during = When(exposure.start.earliest, exposure.end.latest)
    # Uncertain dates may join two courses that had reasons of their own: neither reason may then speak for both.
    is_one_course = exposure.surely_one
    telling = [one for one in siblings if one.purposes and one not in supplies]
    near = [one for one in telling if _is_near(one, during, conventions.sibling_reason)]
    depression = [diagnosis for diagnosis in diagnoses if diagnosis.category == DEPRESSION and _overlaps(diagnosis, during)]
    at_start = [diagnosis for diagnosis in depression if _overlaps(diagnosis, exposure.start)]
    by_reason = _from_reasons(supplies, own, at_start, is_one_course) or _from_reasons(near, own, at_start)
    return by_reason or _from_brand(supplies) or _from_diagnoses(exposure, own, diagnoses, depression, during)


def is_for_another_purpose(supply: Supply, uses: OtherUses) -> bool:
    """Whether the record of a supply itself rules depression out."""
    if not supply.purposes and not supply.brand_purpose:
        return False
    own = _uses_of(supply.drug.ingredient, uses)
    found = _from_reasons([supply], own, []) or _from_brand([supply])
    return found is not None and found.purpose is Purpose.OTHER


def _uses_of(ingredient: str, uses: OtherUses) -> dict[str, str]:
    return {use.purpose: use.effect for use in (*uses.get(ANY_DRUG, ()), *uses.get(ingredient, ()))}


def _from_reasons(
    supplies: Sequence[Supply], own: Mapping[str, str], at_start: Sequence[Diagnosis], is_one_course: bool = True
) -> Intent | None:
    """The recorded reason decides; a reason that may go with depression leaves it open if depression was there at the start."""
    stated = {purpose: supply.origin for supply in reversed(supplies) for purpose in supply.purposes}
    if stated and not is_one_course and not all(stated.keys() <= set(supply.purposes) for supply in supplies):
        return Intent(
            Purpose.UNKNOWN, "reasons of what may be two courses", tuple(dict.fromkeys(stated.values())), "intent_unknown"
        )
    if DEPRESSION in stated:
        return Intent(Purpose.DEPRESSION, "recorded reason", (stated[DEPRESSION],))
    known = sorted(purpose for purpose in stated if purpose != UNRECOGNISED)
    evidence = tuple(dict.fromkeys(stated[purpose] for purpose in known or sorted(stated)))
    if not known:
        return (
            Intent(Purpose.UNKNOWN, "the recorded reason is not one the tables know", evidence, "intent_unknown")
            if stated
            else None
        )
    words = f"recorded reason: {', '.join(known)}"
    if at_start and any(own.get(purpose) == LEFT_OPEN for purpose in known):
        return Intent(Purpose.UNKNOWN, f"{words}, with depression active", evidence, "intent_unknown")
    return Intent(Purpose.OTHER, words, evidence, "intent_other")


def _from_brand(supplies: Sequence[Supply]) -> Intent | None:
    for supply in supplies:
        if supply.brand_purpose == DEPRESSION:
            return Intent(Purpose.DEPRESSION, "brand made for depression", (supply.origin,))
        if supply.brand_purpose:
            return Intent(Purpose.OTHER, f"brand made for {supply.brand_purpose}", (supply.origin,), "intent_other")
    return None


def _from_diagnoses(
    exposure: Exposure,
    own: Mapping[str, str],
    diagnoses: Sequence[Diagnosis],
    depression: Sequence[Diagnosis],
    during: When,
) -> Intent:
    """Depression is assumed where it was active and nothing else explains the drug."""
    origins = tuple(diagnosis.origin for diagnosis in depression)
    competing = [one for one in diagnoses if one.category in own and _overlaps(one, during)]
    if not depression:
        return Intent(
            Purpose.UNKNOWN,
            "no recorded reason and no depression recorded at the time",
            _origins(exposure.supplies),
            "intent_unknown",
        )
    confirmed = [diagnosis for diagnosis in depression if diagnosis.certainty is Certainty.CONFIRMED]
    if not confirmed:
        return Intent(Purpose.UNKNOWN, "depression is only suspected", origins, "diagnosis_unconfirmed")
    if not any(_surely_overlaps(diagnosis, exposure) for diagnosis in confirmed):
        return Intent(
            Purpose.UNKNOWN, "no recorded reason, and depression is not sure to have been there", origins, "intent_unknown"
        )
    if competing:
        named = ", ".join(sorted({diagnosis.category for diagnosis in competing}))
        evidence = (*origins, *(diagnosis.origin for diagnosis in competing))
        return Intent(Purpose.UNKNOWN, f"no recorded reason, and {named} may explain it", evidence, "intent_unknown")
    return Intent(Purpose.ASSUMED, "depression active at the time, nothing else explains it", origins)


def _overlaps(diagnosis: Diagnosis, during: When) -> bool:
    """Whether a diagnosis may have been present between two days."""
    begun = diagnosis.onset.earliest if diagnosis.onset else LONG_AGO
    over = diagnosis.abated.latest if diagnosis.abated else date.max
    if diagnosis.course is Course.RESOLVED and diagnosis.abated is None and diagnosis.onset is None:
        return False
    return begun <= during.latest and during.earliest <= over


def _surely_overlaps(diagnosis: Diagnosis, exposure: Exposure) -> bool:
    """Whether a diagnosis was surely present while the drug was taken: begun before its end, and not over before its start."""
    begun = diagnosis.onset or diagnosis.recorded
    if begun is None or begun.latest > exposure.end.latest:
        return False
    if diagnosis.abated is not None:
        return diagnosis.abated.earliest >= exposure.start.latest
    return diagnosis.course in (Course.ACTIVE, Course.UNKNOWN)


def _is_near(supply: Supply, during: When, days: int) -> bool:
    begins = supply.steps[0].start.earliest
    ends = supply.steps[-1].end.latest if supply.steps[-1].end else supply.steps[-1].start.latest
    return begins <= shifted(during.latest, days) and shifted(during.earliest, -days) <= ends


def _origins(supplies: Iterable[Supply]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(supply.origin for supply in supplies))
