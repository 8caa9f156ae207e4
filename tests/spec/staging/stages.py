"""Which of the stagings a test means."""

from fhir_trd.model.staging import Staging
from fhir_trd.model.verdicts import Assessment


def staged(assessment: Assessment, model: str, reading: str = "") -> Staging:
    """What one staging model says."""
    return next(one for one in assessment.staging if (one.model, one.reading) == (model, reading))
