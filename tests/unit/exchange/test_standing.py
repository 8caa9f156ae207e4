"""What stands is compared with what we would write, and servers' habits are no difference."""

from typing import Any

import pytest

from fhir_trd.fhir.exchange.findings import Written, names_of
from fhir_trd.fhir.exchange.standing import Difference, differences, version_of


def provenance(reference: str) -> dict[str, Any]:
    """A Provenance that rests on one resource."""
    return {"resourceType": "Provenance", "entity": [{"what": {"reference": reference}}]}


@pytest.mark.parametrize("standing", ["Condition/1/_history/2", "Condition/1"])
def test_a_reference_whose_version_the_server_left_out_is_the_same(standing: str) -> None:
    """Some servers strip the versions of references; what they would strip again is not written again."""
    ours = Written("Provenance", "p", provenance("Condition/1/_history/2"))

    assert () == differences(ours, provenance(standing))


@pytest.mark.parametrize("standing", ["Condition/1/_history/1", "Condition/2", "Condition/1/_history/22"])
def test_a_reference_to_something_else_is_a_difference(standing: str) -> None:
    """Another version, or another resource, is told with what stands and what would."""
    ours = Written("Provenance", "p", provenance("Condition/1/_history/2"))

    assert (Difference("Provenance.entity[0].what.reference", standing, "Condition/1/_history/2"),) == differences(
        ours, provenance(standing)
    )


@pytest.mark.parametrize("meta", [None, [], "x", {"security": None, "tag": ["x", None]}])
def test_what_a_server_says_in_its_own_way_is_no_label(meta: Any) -> None:
    """Where something else stands in the place of labels and versions, there are none, and ours are missing there."""
    ours = Written("Observation", "o", {"resourceType": "Observation", "meta": {"security": [{"code": "AIAST"}]}})
    standing = {"resourceType": "Observation", "meta": meta, "identifier": ["x", None]}

    assert "" == version_of(standing)
    assert frozenset() == names_of(standing)
    assert ["Observation.meta.security", "Observation.identifier"] == [each.path for each in differences(ours, standing)]
