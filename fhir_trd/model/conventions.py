"""The numbers by which a history is built. Their values, sources and marks live in mappings/conventions.toml."""

from datetime import date

from msgspec import Struct


class Conventions(Struct, frozen=True, kw_only=True):
    """Numbers that hold under every criteria set. All lengths are in days unless the name says otherwise.

    Grouped by the question they answer; clinical.md numbers in mappings/conventions.toml.
    """

    # one drug in time
    exposure_gap: int
    adequate_break: int
    surplus_carried: int
    restart_gap: int
    # two drugs in time
    joint_at_minimum: int
    raised_dose_share: float
    augmentation_overlap: int
    # intent
    sibling_reason: int
    # outcome
    baseline_before: int
    baseline_after: int
    endpoint_opens: tuple[int, ...]
    endpoint_last_day: int
    endpoint_after_end: int
    next_trial_at_least: int
    confounder_grace: int
    session_gap: int
    contradicted_within: int
    response_percent: float
    partial_percent: float
    conflict_percent: float
    lost_share: float
    # episode
    episode_lead: int
    breakthrough: int
    remission_block: int
    remission_scores: int
    quiet_before_episode: int
    stale_onset: int
    # endings and adherence
    reaction_near_stop: int
    covered_share: float
    as_needed_share: float
    # age
    older_from_years: int
    older_dose_share: float
    # safety
    suicide_item_fresh: int
    # blood levels
    level_speaks: int
    level_steady: int
    # amounts that no one takes
    longest_supply: int
    absurd_over_maximum: int
    absurd_over_minimum: int
    # dates that stand for "not known"
    sentinel_dates: tuple[date, ...]
