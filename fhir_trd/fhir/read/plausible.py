"""Amounts that no one takes: they are noted and read as unknown, never as what they say."""

from msgspec.structs import replace

from fhir_trd.fhir.read.margin import Margin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.drugs import Drug
from fhir_trd.model.records import Step

Steps = tuple[Step, ...]


def believed(steps: Steps, drug: Drug, conventions: Conventions, path: str, margin: Margin) -> Steps:
    """The steps, without the doses that are many times what anyone takes of the drug."""
    limit = highest_believed(drug, conventions)
    absurd = [step for step in steps if limit is not None and step.dose is not None and step.dose.most > limit]
    if not absurd:
        return steps
    margin.note("absurd-dose", path, "a daily dose many times the highest of the drug", "dose taken as unknown")
    return tuple(replace(step, dose=None) if step in absurd else step for step in steps)


def highest_believed(drug: Drug, conventions: Conventions) -> float | None:
    """The highest daily dose in mg that is not an error of writing, or None if the tables know no dose of the drug."""
    if drug.usual_maximum is not None:
        return drug.usual_maximum * conventions.absurd_over_maximum
    adequate = max(drug.minimum.values(), default=None)
    return None if adequate is None else adequate * conventions.absurd_over_minimum
