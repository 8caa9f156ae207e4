"""Every sample still gets its stored answer, and the answer it is named for."""

import json

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.factory.judging import verdict
from tests.golden.painting import FOLDER, assessments_of, painted, records_of
from tests.golden.samples import FOLDER as SAMPLE_FOLDER
from tests.golden.samples import Sample, samples

SAMPLES = samples()
EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


@EACH
def test_a_sample_gets_the_answer_it_is_named_for(sample: Sample) -> None:
    """The default criteria give every person in a sample the answer that the README and the name of the file promise."""
    answers = tuple(str(verdict(one).result) for one in assessments_of(sample))
    assert answers == sample.answers
    assert "-and-".join(answers) == sample.name.partition("--")[2]


@EACH
@pytest.mark.parametrize("file", ["assessment.json", "written.json"])
def test_what_is_said_and_written_is_what_was_accepted(sample: Sample, file: str) -> None:
    """What the tool says and writes about a sample is, as parsed JSON, what a person once read and accepted."""
    assert json.loads(painted(sample)[file]) == json.loads((FOLDER / sample.name / file).read_text(encoding="utf-8"))


@EACH
def test_the_day_is_the_latest_in_the_file(sample: Sample) -> None:
    """The day that the README names is the latest that each person's record states, so it need not be given."""
    assert {str(record.latest) for record in records_of(sample)} == {sample.as_of}


@EACH
def test_a_sample_is_valid_fhir(sample: Sample) -> None:
    """Every sample passes the strict models of FHIR R4B."""
    lines = sample.body.splitlines() if sample.is_lines else [sample.body]
    for line in lines:
        resource = json.loads(line)
        assert get_fhir_model_class(resource["resourceType"]).model_validate(resource) is not None


def test_every_file_has_a_line_and_every_line_a_file() -> None:
    """The README lists the samples that exist, and no others."""
    assert {path.name for path in SAMPLE_FOLDER.iterdir()} - {"README.md"} == {sample.file for sample in SAMPLES}


def test_no_stored_answer_is_left_over() -> None:
    """Every stored answer belongs to a sample."""
    stored = {path.name for path in FOLDER.iterdir() if path.is_dir()} - {"__pycache__"}
    assert stored == {sample.name for sample in SAMPLES}
