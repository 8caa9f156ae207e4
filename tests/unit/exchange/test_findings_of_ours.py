"""A finding is the same whether it was written down in between or not."""

import pytest

from fhir_trd.api import assess, read
from fhir_trd.fhir.exchange.findings import findings_in, findings_of
from fhir_trd.fhir.write.bundle import bundle_bytes, bundle_for
from tests.golden.samples import samples


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_finding_needs_not_be_written_down(sample) -> None:  # type: ignore[no-untyped-def]
    """The findings of a Bundle are those that are read from its bytes: the same digests, parts and values."""
    found = [assess(record) for record in read(sample.body) if record.latest]

    assert findings_in(bundle_bytes(found), "here") == findings_of(bundle_for(found))
