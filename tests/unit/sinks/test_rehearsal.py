"""What a rehearsal shows: the verdict of each finding, and where values part."""

import json
import re
from pathlib import Path

from tests.unit.sinks.ehr import Ehr, run, statement


def change(bundle: Path, code: str, text: str) -> None:
    """Another verdict, and another text of the first trial."""
    body = json.loads(bundle.read_bytes())
    (observation,) = (each["resource"] for each in body["entry"] if each["resource"]["resourceType"] == "Observation")
    observation["valueCodeableConcept"]["coding"] = [observation["valueCodeableConcept"]["coding"][0] | {"code": code}]
    trial = next(each for each in observation["component"] if "valueString" in each)
    trial["valueString"] += text
    bundle.write_text(json.dumps(body))


def test_a_finding_is_told_with_its_verdict(ehr: Ehr, bundle: Path) -> None:
    """Of a new one the verdict is told, of a changed one both."""
    creating = run(bundle, "--dry-run")
    run(bundle)
    change(bundle, "not-met", " or not")

    assert re.match(r"Observation/\S+ of Patient/alder-01: created, met\n", creating.stdout)
    assert re.match(r"Observation/\S+ of Patient/alder-01: updated, met → not-met\n", run(bundle, "--dry-run").stdout)


def test_long_values_are_shown_where_they_part(ehr: Ehr, bundle: Path) -> None:
    """Of two long texts or lists the part is shown where those differ; nothing is told by its path alone."""
    run(bundle)
    change(bundle, "not-met", " or not")

    told = [line for line in run(bundle, "--dry-run").stdout.splitlines() if line.startswith("      Observation.")]

    assert any(re.search(r"\.valueString: ….* counts → ….* counts or not$", line) for line in told)
    assert any(re.search(r"\.valueCodeableConcept\.coding: ….+ → ….+", line) for line in told)
    assert [] == [line for line in told if " → " not in line]


def test_an_id_that_the_server_will_choose_is_not_made_up(ehr: Ehr, bundle: Path) -> None:
    """Where the server chooses ids, a rehearsal says so; once something stands, it is named as it stands."""
    ehr.chooses_ids, ehr.statement = True, statement(updateCreate=False, conditionalUpdate=True)
    creating = run(bundle, "--dry-run")
    run(bundle)
    change(bundle, "not-met", "")

    assert "  + Observation, under an id that the server chooses\n" in creating.stdout
    assert "  ~ Observation/server-observation\n" in run(bundle, "--dry-run").stdout
