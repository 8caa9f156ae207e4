"""The current episode: when it began, and which trials lie in it."""

from datetime import date

import pytest

from fhir_trd.model.trials import Place
from fhir_trd.model.truth import Truth
from tests.factory.judging import judgement, trial
from tests.factory.spec import spec

THIS_YEAR = """
    drug       | from       | to         | mg/day | stop
    sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
    """


def answer(drugs: str, conditions: str, scores: str = "") -> Truth:
    """What the default criteria say about the sertraline trial."""
    return judgement(spec(drugs, conditions=conditions, scores=scores), "sertraline").answer


def test_a_documented_onset_begins_the_episode() -> None:
    """An active depression with an onset begins the episode on that day."""
    episode = spec(THIS_YEAR, conditions="F33.1 onset 2023-12-10").history.episode
    assert episode.start is not None
    assert (episode.start.earliest, episode.start.latest, episode.evidence) == (
        date(2023, 12, 10),
        date(2023, 12, 10),
        "documented",
    )


def test_the_latest_onset_before_the_first_drug_is_the_one() -> None:
    """Of several active depressions the latest that began before the first drug of this phase is the current episode."""
    episode = spec(THIS_YEAR, conditions="F33.1 onset 2020-01-01; F33.1 onset 2023-12-01").history.episode
    assert episode.start is not None
    assert episode.start.earliest == date(2023, 12, 1)


@pytest.mark.parametrize(
    ("onset", "end", "expected"),
    [
        ("2024-01-15", "2024-02-20", Truth.YES),  # begins 14 days before: all 51 days are of this episode
        ("2024-01-16", "2024-02-20", Truth.NO),  # begins 15 days before: only 36 days lie inside
        ("2024-01-16", "2024-03-31", Truth.YES),  # begins 15 days before: 76 days lie inside
    ],
)
def test_a_trial_begun_just_before_the_onset_belongs_to_the_episode(onset: str, end: str, expected: Truth) -> None:
    """Up to 14 days before the onset a trial belongs to the episode; earlier ones by the days that lie inside."""
    drugs = f"""
        drug       | from       | to    | mg/day | stop
        sertraline | 2024-01-01 | {end} | 100    | lack
        """
    assert answer(drugs, f"F33.1 onset {onset}") == expected


@pytest.mark.parametrize(("onset", "expected"), [("2024-01-28", Truth.YES), ("2024-01-29", Truth.NO)])
def test_falling_ill_on_a_drug_is_no_failed_trial(onset: str, expected: Truth) -> None:
    """Who has taken the minimum dose for 28 days when the episode begins fell ill on the drug: it does not count."""
    drugs = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-06-30 | 100    | lack
        """
    assert answer(drugs, f"F33.1 onset {onset}") == expected


def test_a_drug_raised_after_the_relapse_is_a_trial_again() -> None:
    """A drug on which someone fell ill counts once its dose is raised and held long enough inside the episode."""
    drugs = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-15 | 100    |
                   | 2024-03-16 | 2024-06-30 | 200    | lack
        """
    assert answer(drugs, "F33.1 onset 2024-03-01") == Truth.YES


def test_a_trial_before_the_episode_does_not_count() -> None:
    """A trial that ended before the onset belongs to the previous episode."""
    found = spec(THIS_YEAR, conditions="F33.1 onset 2024-06-01")
    said = judgement(found, "sertraline")
    assert (trial(found, "sertraline").place, said.answer, said.reasons) == (Place.PREVIOUS, Truth.NO, ("previous_episode",))


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ("2024-03", Truth.NO),  # previous for every day of March
        ("2023-12", Truth.YES),  # current for every day of December
        ("2024-02", Truth.MAYBE),  # current if the illness began on the 1st, not if it began on the 29th
    ],
)
def test_an_onset_known_to_the_month_places_only_what_every_day_of_it_places(onset: str, expected: Truth) -> None:
    """A trial is placed by an uncertain onset only if every possible day places it alike."""
    drugs = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-20 | 2024-03-10 | 100    | lack
        """
    if expected is Truth.NO:
        drugs = drugs.replace("2024-01-20", "2024-01-01").replace("2024-03-10", "2024-02-15")
    assert answer(drugs, f"F33.1 onset {onset}") == expected


def test_two_months_of_remission_part_two_episodes() -> None:
    """Two scores in remission 60 days apart end an episode; the next begins with the first moderate score after them."""
    drugs = """
        drug       | from       | to         | mg/day | stop | for
        citalopram | 2022-01-01 | 2022-06-30 | 20     | lack | F33.1
        sertraline | 2024-01-01 | 2024-03-31 | 100    | lack |
        """
    found = spec(drugs, conditions="F33.1 recorded 2021-12-01", scores="2023-01-10 = 3; 2023-03-20 = 4; 2023-12-15 = 16")
    episode = found.history.episode
    assert episode.start is not None
    assert (episode.start.earliest, episode.evidence) == (date(2023, 12, 15), "scores")
    assert (trial(found, "citalopram").place, trial(found, "sertraline").place) == (Place.PREVIOUS, Place.CURRENT)


@pytest.mark.parametrize("scores", ["2023-01-10 = 3; 2023-03-08 = 4", "2023-01-10 = 3; 2023-02-10 = 12; 2023-03-20 = 4"])
def test_a_short_or_broken_calm_parts_nothing(scores: str) -> None:
    """Scores in remission less than 60 days apart, or with a relapse between them, leave the old onset in force."""
    episode = spec(THIS_YEAR, conditions="F33.1 onset 2015-01-01", scores=f"{scores}; 2023-12-15 = 16").history.episode
    assert episode.start is not None
    assert (episode.start.earliest, episode.evidence) == (date(2015, 1, 1), "documented")


def test_an_old_onset_gives_way_to_a_remission_since() -> None:
    """An onset more than three years before the first drug, with a remission since, is not the onset of this episode."""
    found = spec(THIS_YEAR, conditions="F33.1 onset 2015-01-01", scores="2023-01-10 = 3; 2023-04-10 = 2; 2023-12-15 = 17")
    episode = found.history.episode
    assert episode.start is not None
    assert (episode.start.earliest, episode.evidence) == (date(2023, 12, 15), "scores")


def test_without_onset_or_scores_the_first_record_begins_the_episode() -> None:
    """With neither onset nor scores, the first diagnosis or antidepressant after half a quiet year begins the episode."""
    episode = spec(THIS_YEAR, conditions="F33.1 recorded 2023-12-20").history.episode
    assert episode.start is not None
    assert (episode.start.earliest, episode.evidence) == (date(2023, 12, 20), "inferred")


def test_with_nothing_recorded_every_trial_is_open() -> None:
    """Without any sign of depression the episode is unknown, and every trial at most a maybe."""
    found = spec(THIS_YEAR, conditions="")
    assert (found.history.episode.evidence, judgement(found, "sertraline").answer) == ("unknown", Truth.MAYBE)


def test_a_relapse_without_remission_is_the_same_episode() -> None:
    """A score that rises again after a response, never in the remission range, begins no new episode."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2023-09-01 | 2024-05-05 | 100    |
        bupropion  | 2024-05-06 | 2024-07-14 | 300    | lack
        """,
        conditions="F33.1 onset 2023-08-15",
        scores="2023-09-01 = 20; 2023-11-10 = 6; 2024-01-12 = 7; 2024-05-01 = 18; 2024-07-13 = 15",
    )
    assert {one.place for one in found.history.trials} == {Place.CURRENT}


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2024-01-08", Truth.NO), ("2024-01-31", Truth.YES), ("2024-01", Truth.MAYBE)],
)
def test_a_drug_that_only_may_have_been_taken_before_is_left_open(start: str, expected: Truth) -> None:
    """Whether someone fell ill on a drug is open where only some possible starts lie 28 days before the onset."""
    drugs = f"""
        drug       | from    | to         | mg/day | stop
        sertraline | {start} | 2024-05-31 | 100    | lack
        """
    assert answer(drugs, "F33.1 onset 2024-02-22") == expected


@pytest.mark.parametrize(("day", "start"), [("2023-11-02", "2024-01-01"), ("2023-11-03", "2019-06-01")])
def test_a_diagnosis_in_full_remission_ends_an_episode_after_sixty_days(day: str, start: str) -> None:
    """Full remission coded for sixty days before the next antidepressant ends the episode that an old onset would prolong."""
    found = spec(
        """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-03-31 | 100    | lack
        """,
        conditions=f"F33.1 onset 2019-06-01; F33.42 recorded {day}",
    )
    assert found.history.episode.start is not None
    assert found.history.episode.start.earliest.isoformat() == start
