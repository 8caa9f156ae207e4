"""All that the tables of mappings/ say, loaded and checked: the only way knowledge enters the other rooms."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from msgspec import Struct

from fhir_trd.errors import UsageError
from fhir_trd.model.codes import CodeIndex
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.criteria import CriteriaSet, Source
from fhir_trd.model.drugs import Formulary
from fhir_trd.model.eras import EraRule
from fhir_trd.model.flagging import FlagRule, MeasureCode
from fhir_trd.model.grid import Axes
from fhir_trd.model.plans import Goal, Option
from fhir_trd.model.records import StopReason
from fhir_trd.model.safety import BloodLevel, Impairment, Washout
from fhir_trd.model.scales import Scale
from fhir_trd.model.staging import StagingRules
from fhir_trd.model.study import NO_PREVALENCE, Prevalence

NO_CODES = CodeIndex({})
"""An index in which no code means anything."""


def expect_known(what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that the tables do not hold, with those they do and the nearest of them."""
    names = sorted(known)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"found no {what} {name!r}, wanted one of {', '.join(names)}{hint}")


class DiagnosisMeaning(Struct, frozen=True):
    """What a diagnosis code tells: the category, and severity, psychosis and remission where the code holds them."""

    category: str
    severity: str = ""
    psychotic: bool = False
    remission: str = ""
    history_of: bool = False


class ScoreCode(Struct, frozen=True):
    """What an observation code tells: the scale, and whether it is the total (item ""), one of its items ("9") or the whole
    questionnaire ("panel"), whose own value is never a total."""

    scale: str
    item: str = ""


class FrequencyCode(Struct, frozen=True):
    """How often a timing code says a dose is taken: doses in a day, e.g. 2 for twice daily, 0.5 for every other day."""

    per_day: float


class Sides(Struct, frozen=True):
    """Which codes, and which words, tell on which side of the head a treatment was given."""

    codes: CodeIndex = NO_CODES
    words: tuple[tuple[str, str], ...] = ()


NO_SIDES = Sides()


class Terms(Struct, frozen=True, kw_only=True):
    """What codes and words mean to us.

    ``systems`` maps every URI, OID or wrong variant seen in real data to our short key. The other indexes answer with a
    key into the table beside them. ``*_words`` map lower-case phrases to the same keys, longest phrase first. ``units`` are
    the milligrams in a unit of mass, ``count_units`` words that count pieces. A text with one of the ``refusing_words``
    names no diagnosis of the patient, and one with ``stop_refusing_words`` no reason of a stop that settles anything.
    """

    systems: Mapping[str, str]
    diagnoses: CodeIndex
    diagnosis_meanings: Mapping[str, DiagnosisMeaning]
    diagnosis_words: tuple[tuple[str, str], ...]
    purposes: CodeIndex
    purpose_words: tuple[tuple[str, str], ...]
    stop_reasons: CodeIndex
    stop_reason_words: tuple[tuple[str, StopReason], ...]
    scores: Mapping[tuple[str, str], ScoreCode]
    score_words: tuple[tuple[str, str], ...]
    answers: Mapping[tuple[str, str], int]
    treatments: CodeIndex
    treatment_words: tuple[tuple[str, str], ...]
    frequencies: Mapping[tuple[str, str], FrequencyCode]
    adherence: Mapping[tuple[str, str], str]
    routes: CodeIndex
    units: Mapping[str, float]
    count_units: frozenset[str] = frozenset()
    refusing_words: tuple[str, ...] = ()
    stop_refusing_words: frozenset[str] = frozenset()
    hazards: CodeIndex = NO_CODES
    hazard_words: tuple[tuple[str, str], ...] = ()
    implants: frozenset[str] = frozenset()
    removing_words: frozenset[str] = frozenset()
    interfering_words: tuple[tuple[str, str], ...] = ()
    interfering: CodeIndex = NO_CODES
    sides: Sides = NO_SIDES
    measures: Mapping[tuple[str, str], MeasureCode] = {}
    results: CodeIndex = NO_CODES


class OtherUse(Struct, frozen=True):
    """Another use of a drug: the purpose, and whether it rules depression out ("exclude") or leaves it open ("maybe")."""

    purpose: str
    effect: str


class Knowledge(Struct, frozen=True, kw_only=True):
    """Everything the rules know.

    ``other_uses`` is keyed by ingredient ("*" for every drug). ``competing`` maps a diagnosis category to the purpose it
    stands for (neuropathic pain → "pain"). ``default_dose_table`` names the table used unless another is asked for.
    """

    formulary: Formulary
    terms: Terms
    other_uses: Mapping[str, tuple[OtherUse, ...]]
    scales: Mapping[str, Scale]
    conventions: Conventions
    dose_tables: tuple[str, ...]
    default_dose_table: str
    criteria: Mapping[str, CriteriaSet]
    default_criteria: str
    options: tuple[Option, ...]
    staging: StagingRules
    sources: Mapping[str, Source]
    digest: str
    competing: Mapping[str, str] = {}
    eras: Mapping[str, EraRule] = {}
    flags: tuple[FlagRule, ...] = ()
    goals: tuple[Goal, ...] = ()
    grid: Axes = {}
    prevalence: Prevalence = NO_PREVALENCE
    washouts: tuple[Washout, ...] = ()
    levels: tuple[BloodLevel, ...] = ()
    impairments: tuple[Impairment, ...] = ()
