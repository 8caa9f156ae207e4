"""Criteria sets, conventions, scales and options hold the values of the clinical table."""

from datetime import date

import pytest

from fhir_trd.model.criteria import Mark
from fhir_trd.model.knowledge import Knowledge

SETS = [
    ("consensus", 2, "class", 42, 50, False, "yes", True, False, False),
    ("fda", 2, "ingredient", 42, 50, False, "yes", True, False, False),
    ("ema", 2, "ingredient", 42, 50, False, "yes", True, False, True),
    ("delphi", 2, "ingredient", 28, 25, False, "maybe", False, False, False),
    ("cigna-esketamine", 2, "class", 42, 25, True, "maybe", False, False, False),
    ("medicare-tms", 1, "ingredient", 42, 50, False, "yes", True, True, False),
]


@pytest.mark.parametrize("expected", SETS, ids=lambda row: row[0])
def test_criteria_sets(expected: tuple[object, ...], knowledge: Knowledge) -> None:
    """Each set counts, tells apart, times and judges trials as its source says; all look at the current episode."""
    found = knowledge.criteria[str(expected[0])]
    rule = next(rule for rule in found.rules if rule.kind == "failed_trials")
    values = (
        found.id,
        rule.whole("trials"),
        rule.word("distinct_by"),
        rule.whole("adequate_days"),
        rule.number("improvement_below"),
        rule.flag("improvement_at_limit_fails"),
        rule.word("reason_alone"),
        rule.flag("stated_partial_fails"),
        rule.flag("intolerance_counts"),
        rule.flag("adherence_needed"),
    )
    assert expected == values
    assert ("current", True, False, False) == (
        rule.word("scope"),
        rule.flag("oral_only"),
        rule.flag("combination_counts"),
        rule.flag("augmentation_counts"),
    )


def test_the_clinical_sets_are_shipped_and_one_is_the_default(knowledge: Knowledge) -> None:
    """The clinical sets are shipped, and the consensus is asked when none is named."""
    assert {row[0] for row in SETS} <= set(knowledge.criteria)
    assert ("consensus", "mgh-atrq", ("mgh-atrq", "label")) == (
        knowledge.default_criteria,
        knowledge.default_dose_table,
        knowledge.dose_tables,
    )


def test_every_clinical_set_excludes_bipolar_disorder_and_schizophrenia(knowledge: Knowledge) -> None:
    """The same two groups of diagnoses exclude in every clinical set."""
    clinical = [knowledge.criteria[row[0]] for row in SETS]
    rules = [rule for found in clinical for rule in found.rules if rule.kind == "excluding_diagnoses"]
    assert [("bipolar", "schizophrenia-spectrum")] * len(SETS) == [rule.words("categories") for rule in rules]


def test_sets_whose_source_was_not_fully_readable_say_so(knowledge: Knowledge) -> None:
    """Of the clinical sets the EU, Delphi and Medicare ones need a review of their sources."""
    clinical = [knowledge.criteria[row[0]] for row in SETS]
    assert {"ema", "delphi", "medicare-tms"} == {found.id for found in clinical if found.needs_review}


def test_our_choices_name_their_reading(knowledge: Knowledge) -> None:
    """A number of a criteria set that no source gives says so, and where the choice is explained, unless it is a scale's name."""
    parameters = [value for found in knowledge.criteria.values() for rule in found.rules for value in rule.parameters.values()]
    chosen = [value for value in parameters if value.mark is Mark.OUR_CHOICE and value.name != "scale"]
    assert [] == [value.name for value in chosen if not (value.source == "fhir-trd" and value.reading.startswith("R-"))]


def test_conventions(knowledge: Knowledge) -> None:
    """The numbers of the history are those of the clinical table."""
    ours = knowledge.conventions
    assert (30, 14, 30, 180) == (ours.exposure_gap, ours.adequate_break, ours.surplus_carried, ours.restart_gap)
    assert (60, 30, 14, 90) == (ours.session_gap, ours.joint_at_minimum, ours.augmentation_overlap, ours.sibling_reason)
    assert (30, 7, (28, 42), 112, 14, 14) == (
        ours.baseline_before,
        ours.baseline_after,
        ours.endpoint_opens,
        ours.endpoint_last_day,
        ours.endpoint_after_end,
        ours.next_trial_at_least,
    )
    assert (14, 30, 50, 25, 25, 0.5) == (
        ours.confounder_grace,
        ours.contradicted_within,
        ours.response_percent,
        ours.partial_percent,
        ours.conflict_percent,
        ours.lost_share,
    )
    assert (14, 28, 60, 2, 180, 1095) == (
        ours.episode_lead,
        ours.breakthrough,
        ours.remission_block,
        ours.remission_scores,
        ours.quiet_before_episode,
        ours.stale_onset,
    )
    assert (14, 0.8, 0.8, 65, 0.5, 90) == (
        ours.reaction_near_stop,
        ours.covered_share,
        ours.as_needed_share,
        ours.older_from_years,
        ours.older_dose_share,
        ours.suicide_item_fresh,
    )
    assert {date(1900, 1, 1), date(1901, 1, 1), date(9999, 12, 31)} <= set(ours.sentinel_dates)


SCALES = [
    ("phq-9", 27, 4, 10),
    ("madrs", 60, 10, 15),
    ("ham-d17", 52, 7, 14),
    ("qids", 27, 5, 11),
    ("ids-sr30", 84, 13, 26),
    ("bdi-ii", 63, 13, 20),
    ("gds-15", 15, 4, 9),
    ("epds", 30, 9, 13),
]


@pytest.mark.parametrize(("scale", "highest", "remission", "floor"), SCALES)
def test_scales(scale: str, highest: float, remission: float, floor: float, knowledge: Knowledge) -> None:
    """Range, remission and floor of each scale; its bands cover the whole range without a gap."""
    found = knowledge.scales[scale]
    assert (0, highest, remission, floor) == (found.lowest, found.highest, found.remission_at_most, found.floor)
    assert "" not in {found.band(total) for total in range(int(highest) + 1)}


def test_bands_do_not_overlap(knowledge: Knowledge) -> None:
    """The next band begins one point above the end of the one before."""
    for scale in knowledge.scales.values():
        assert [band.most + 1 for band in scale.bands[:-1]] == [band.least for band in scale.bands[1:]]


def test_clinicians_are_asked_before_patients(knowledge: Knowledge) -> None:
    """MADRS, HAM-D17 and QIDS come before PHQ-9, and no two scales share a rank."""
    ranked = sorted(knowledge.scales.values(), key=lambda scale: scale.priority)
    assert ["madrs", "ham-d17", "qids"] == [scale.id for scale in ranked[:3]]
    assert len(ranked) == len({scale.priority for scale in ranked})


def test_the_item_that_asks_about_suicide(knowledge: Knowledge) -> None:
    """PHQ-9 alarms from the first step of item 9."""
    assert ("9", 1) == (knowledge.scales["phq-9"].alarm_item, knowledge.scales["phq-9"].alarm_from)


def test_options_come_in_the_order_of_a_plan(knowledge: Knowledge) -> None:
    """Safety first, then the review; no text of an option holds a dose."""
    assert ["safety-review", "clinician-review"] == [option.id for option in knowledge.options[:2]]
    texts = [text for option in knowledge.options for text in (option.title, option.about, *option.monitoring)]
    assert [] == [text for text in texts if " mg" in text]
