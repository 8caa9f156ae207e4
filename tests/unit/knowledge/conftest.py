"""The shipped knowledge, loaded once for all tests of this room."""

import pytest

from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """All that the shipped tables say."""
    return load_knowledge()
