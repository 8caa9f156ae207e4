"""Stagings as JSON: points with their bounds, stages by their names, and the parts behind both."""

from collections.abc import Sequence

from fhir_trd.model.staging import Staging, StagingPart
from fhir_trd.report.contract_values import Json, Object, evidence_json, number_json


def staging_json(stagings: Sequence[Staging]) -> Object:
    """Every model by its id; null where a model does not apply. A model with two readings holds a stage for each."""
    found: Object = {}
    for model in dict.fromkeys(staging.model for staging in stagings):
        readings = [staging for staging in stagings if staging.model == model]
        found[model] = _read_in_several_ways(readings) if readings[0].reading else _points(readings[0])
    return found


def _points(staging: Staging) -> Json:
    if staging.most is None:
        return None
    names: Object = {"least": staging.least_name, "most": staging.most_name}
    points: Object = {
        "least": number_json(staging.least),
        "most": number_json(staging.most),
        **({"least_band": staging.least_name, "most_band": staging.most_name} if staging.most_name else {}),
    }
    return {
        **(points if staging.in_points else names),
        "title": staging.title,
        "parts": _parts(staging.parts),
    }


def _read_in_several_ways(readings: Sequence[Staging]) -> Object:
    """The stage that surely stands under each reading, and the highest that may."""
    return {
        **{staging.reading: staging.least_name for staging in readings},
        **{f"{staging.reading}_most": staging.most_name for staging in readings},
        "title": readings[0].title,
        "parts": _parts(readings[0].parts),
    }


def _parts(parts: Sequence[StagingPart]) -> list[Json]:
    return [
        {
            "name": part.name,
            "least": number_json(part.least),
            "most": number_json(part.most),
            "because": part.because,
            "evidence": evidence_json(part.evidence),
        }
        for part in parts
    ]
