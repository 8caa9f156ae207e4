"""A comparison as JSON: the assessment under every set, with why each answers otherwise than the first."""

from fhir_trd.model.comparing import Change, Comparison, Difference, Turn, Way
from fhir_trd.model.criteria import Value
from fhir_trd.report.compare import way_told
from fhir_trd.report.contract import assessment_json, finding_json
from fhir_trd.report.contract_values import Json, Object


def comparison_json(comparison: Comparison) -> Object:
    """One patient as ``evaluate --compare`` gives it: ``differs`` beside every verdict, and the sets refused."""
    found = assessment_json(comparison.assessment)
    verdicts = found["verdicts"]
    assert isinstance(verdicts, list), "verdicts are a list"
    return {
        **found,
        "verdicts": [_with_difference(verdict, comparison) for verdict in verdicts],
        "refused": [{"criteria": one.criteria, "title": one.title, "reason": one.reason} for one in comparison.refused],
    }


def _with_difference(verdict: Json, comparison: Comparison) -> Json:
    assert isinstance(verdict, dict), "a verdict is an object"
    found = comparison.difference_for(str(verdict["criteria"]))
    return {**verdict, "differs": None if found is None else _difference(found)}


def _difference(found: Difference) -> Object:
    first = _change(found.ways[0].changes[0])
    told: Object = {key: first[key] for key in ("rule", "parameter", "theirs", "ours", "unit")}
    ways: list[Json] = [_way(way) for way in found.ways]
    return {"from": found.base, **told, "because": way_told(found.ways[0]), "ways": ways}


def _way(way: Way) -> Object:
    return {"changes": [_change(change) for change in way.changes], "turns": [_turn(turn) for turn in way.turns]}


def _change(change: Change) -> Object:
    return {
        "rule": change.rule,
        "parameter": change.parameter or None,
        "theirs": _value(change.theirs),
        "ours": _value(change.ours),
        "unit": change.unit or None,
        "found": None if change.found is None else finding_json(change.found),
    }


def _value(value: Value | None) -> Json:
    return list(value) if isinstance(value, tuple) else value


def _turn(turn: Turn) -> Object:
    return {"trial": turn.trial, "ours": str(turn.ours), "theirs": str(turn.theirs)}
