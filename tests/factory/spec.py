"""The shortest way to state a case: a drawn table of drugs, a few phrases, and the assessment that follows."""

from fhir_trd.model.verdicts import Assessment
from tests.factory.chart import Chart
from tests.factory.judging import SIX, judge
from tests.factory.medication import Json

MDD = "F33.1 onset 2023-12-01"


def spec(
    drugs: str,
    *,
    scores: str = "",
    conditions: str = MDD,
    treatments: str = "",
    as_of: str = "2024-12-31",
    born: str = "1980-06-15",
    died: str = "",
    adherence: str = "good",
    criteria: tuple[str, ...] = SIX,
    dose_table: str | None = None,
    more: tuple[Json, ...] = (),
) -> Assessment:
    """The assessment of a person with recurrent depression since December 2023, unless the case says otherwise."""
    chart = Chart(
        as_of=as_of,
        drugs=drugs,
        scores=scores,
        conditions=conditions,
        treatments=treatments,
        born=born,
        died=died,
        adherence=adherence,
        more=more,
    )
    return judge(chart, criteria=criteria, dose_table=dose_table)
