"""A chart: what the tests say about one invented person, and the FHIR Bundle that says the same."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.factory import findings
from tests.factory.courses import Course, courses_in
from tests.factory.medication import Json, resources_of
from tests.factory.table import phrases


@dataclass(frozen=True)
class Chart:
    """One person as the tests tell it. ``drugs`` is a drawn table; the other facts are phrases with ``;`` between them.

    ``adherence`` is what every medication record says unless its row says otherwise, ``named_by`` how drugs are coded.
    """

    as_of: str
    drugs: str = ""
    scores: str = ""
    conditions: str = ""
    treatments: str = ""
    born: str = "1980-06-15"
    died: str = ""
    adherence: str = "good"
    named_by: str = "rxnorm"
    courses: tuple[Course, ...] = ()
    more: tuple[Json, ...] = ()

    def all_courses(self) -> tuple[Course, ...]:
        """The courses of the table and those given as values."""
        return courses_in(self.drugs) + self.courses

    def resources(self) -> Iterator[Json]:
        """Everything the chart says, as FHIR R4 resources."""
        yield {
            "resourceType": "Patient",
            "id": "p",
            "birthDate": self.born,
            **({"deceasedDateTime": self.died} if self.died else {}),
        }
        for number, phrase in enumerate(phrases(self.conditions), start=1):
            yield findings.condition(phrase, number)
        for course in self.all_courses():
            yield from resources_of(course, as_of=self.as_of, named_by=self.named_by, adherence=self.adherence)
            if course.stop == "nausea":
                yield findings.adverse_event(course.id, course.end)
        for number, phrase in enumerate(phrases(self.scores), start=1):
            yield findings.score(phrase, number)
        for number, phrase in enumerate(phrases(self.treatments), start=1):
            yield findings.procedure(phrase, number)
        yield from self.more

    def bundle(self) -> Json:
        """The chart as a collection Bundle."""
        entries = [{"fullUrl": f"https://example.org/fhir/{_identity(one)}", "resource": one} for one in self.resources()]
        return {"resourceType": "Bundle", "type": "collection", "entry": entries}

    def body(self) -> bytes:
        """The Bundle as it would lie in a file."""
        return json.dumps(self.bundle()).encode()


def _identity(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
