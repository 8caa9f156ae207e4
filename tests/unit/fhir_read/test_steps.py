"""Instructions laid out in time."""

from tests.unit.fhir_read.making import days, dosage, doses, issues, lasting, request, statement, supply


def bounded(start: str, end: str) -> dict[str, object]:
    """A daily timing within a period."""
    return {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {"start": start, "end": end}}}


TAPER = [dosage(50, sequence=1, timing=lasting(14)), dosage(100, sequence=2, timing=lasting(28))]


def test_numbered_steps_follow_one_another() -> None:
    """Each step starts the day after the one before it ended."""
    assert [("2024-01-01", "2024-01-14"), ("2024-01-15", "2024-02-11")] == days(request(dosageInstruction=TAPER))
    assert [(50, 50), (100, 100)] == doses(request(dosageInstruction=TAPER))


def test_steps_are_cut_at_a_known_stop() -> None:
    """No step reaches beyond the day the drug was stopped, and steps planned after it are dropped."""
    stopped = statement(effectivePeriod={"start": "2024-01-01", "end": "2024-01-10"}, dosage=TAPER)
    assert [("2024-01-01", "2024-01-10")] == days(stopped)


def test_steps_without_lengths_leave_the_dose_between_them() -> None:
    """Where nobody said how long a step lasts, the dose at any time is one of them."""
    steps = [dosage(50, sequence=1), dosage(100, sequence=2)]
    assert [(50, 100)] == doses(statement(dosage=steps))


def test_unnumbered_steps_that_last_follow_one_another() -> None:
    """Instructions with lengths and without numbers are steps, in the order they are written."""
    steps = [dosage(25, timing=lasting(7)), dosage(50, timing=lasting(21))]
    assert [("2024-01-01", "2024-01-07"), ("2024-01-08", "2024-01-28")] == days(request(dosageInstruction=steps))


def test_different_hours_for_the_same_time_are_taken_together() -> None:
    """Morning and evening doses for a month are one step, not two."""
    both = [dosage(50, timing=lasting(30, when=["MORN"])), dosage(25, timing=lasting(30, when=["EVE"]))]
    assert [(75, 75)] == doses(request(dosageInstruction=both))


def test_periods_place_each_instruction() -> None:
    """Instructions with periods of their own hold in these; where two overlap, their doses add up."""
    both = [dosage(50, timing=bounded("2024-01-01", "2024-01-20")), dosage(100, timing=bounded("2024-01-11", "2024-01-31"))]
    expected = [("2024-01-01", "2024-01-10"), ("2024-01-11", "2024-01-20"), ("2024-01-21", "2024-01-31")]
    assert expected == days(request(dosageInstruction=both))
    assert [(50, 50), (150, 150), (100, 100)] == doses(request(dosageInstruction=both))


def test_a_range_of_lengths_makes_the_end_uncertain() -> None:
    """Two to four weeks end somewhere in between."""
    bounds = {"boundsRange": {"low": {"value": 2, "code": "wk"}, "high": {"value": 4, "code": "wk"}}}
    end = supply(request(dosageInstruction=[dosage(50, timing={"repeat": bounds})])).steps[-1].end
    assert end is not None
    assert ("2024-01-14", "2024-01-28") == (str(end.earliest), str(end.latest))


def test_a_period_that_ends_before_it_starts_has_no_end() -> None:
    """An impossible period costs the end, not the record."""
    odd = request(dosageInstruction=[dosage(50, timing=bounded("2024-02-01", "2024-01-01"))])
    assert [("2024-02-01", "open")] == days(odd)
    assert [("end-before-start", "timing.repeat.boundsPeriod")] == issues(odd)
