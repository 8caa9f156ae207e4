"""Criteria sets: which kinds of rule there are, which numbers each needs, and in which unit."""

from collections.abc import Mapping
from datetime import date

from fhir_trd.knowledge.book import Book, Row
from fhir_trd.knowledge.cells import REFUSED, Cell, open_table
from fhir_trd.model.criteria import CriteriaSet, Mark, Parameter, Rule, Value

Kind = tuple[type, str]
DEFAULT = "consensus"
FAILED_TRIALS: Mapping[str, Kind] = {
    "trials": (int, "trials"),
    "distinct_by": (str, "word"),
    "adequate_days": (int, "days"),
    "improvement_below": (float, "percent"),
    "improvement_at_limit_fails": (bool, "yes/no"),
    "reason_alone": (str, "word"),
    "stated_partial_fails": (bool, "yes/no"),
    "scope": (str, "word"),
    "intolerance_counts": (bool, "yes/no"),
    "adherence_needed": (bool, "yes/no"),
    "oral_only": (bool, "yes/no"),
    "combination_counts": (bool, "yes/no"),
    "augmentation_counts": (bool, "yes/no"),
    "loss_of_response_counts": (bool, "yes/no"),
    "within": (int, "days"),
    "partial_days": (int, "days"),
}
FAILED_AUGMENTATIONS: Mapping[str, Kind] = {
    "augmentations": (int, "augmentations"),
    "adequate_days": (int, "days"),
    "scope": (str, "word"),
    "within": (int, "days"),
}
RULES: Mapping[str, Mapping[str, Kind]] = {
    "failed_trials": FAILED_TRIALS,
    "excluding_diagnoses": {"categories": (tuple, "diagnoses")},
    "courses_then_another": {
        "courses": (int, "courses"),
        "adequate_days": (int, "days"),
        "longest_gap": (int, "days"),
        "all_within": (int, "days"),
        "augmentation_is_course": (bool, "yes/no"),
    },
    "drugs_in_window": {"window_days": (int, "days"), "antidepressants": (int, "drugs"), "antipsychotics": (int, "drugs")},
    "drugs_started": {"drugs": (int, "drugs"), "antipsychotics_count": (bool, "yes/no"), "scope": (str, "word")},
    "earliest_event": {"antidepressants": (int, "drugs"), "telling_drugs": (tuple, "drugs"), "diagnosis_within": (int, "days")},
    "shifts_after_diagnosis": {"shifts": (int, "shifts"), "window_days": (int, "days")},
    "switches": {
        "switches": (int, "switches"),
        "drugs": (int, "drugs"),
        "least_days": (int, "days"),
        "longest_gap": (int, "days"),
        "new_episode_after": (int, "days"),
        "every_drug_lasts": (bool, "yes/no"),
    },
    "treatments_in_episode": {
        "treatments": (int, "treatments"),
        "least_days": (int, "days"),
        "other_treatments": (tuple, "treatments"),
    },
    "staged_above": {
        "above": (float, "points"),
        "within": (int, "days"),
        "adequate_days": (int, "days"),
        "trial": (float, "points"),
        "optimised": (float, "points"),
        "augmentation": (float, "points"),
        "ect": (float, "points"),
        "raised_days": (int, "days"),
        "long_days": (int, "days"),
        "ect_sessions": (int, "sessions"),
    },
    "two_mentioned_twice": {"drugs": (int, "drugs"), "course_days": (int, "days")},
    "severity_documented": {
        "coded": (tuple, "words"),
        "scale": (str, "word"),
        "at_least": (float, "points"),
        "within": (int, "days"),
    },
    "age_between": {"from_years": (int, "years"), "to_years": (int, "years")},
    "asked_of_a_person": {"ask": (str, "question")},
    "augmentation_or_psychotherapy": FAILED_AUGMENTATIONS,
    "concurrent_antidepressant": {},
    "diagnoses_absent": {"categories": (tuple, "diagnoses"), "psychotic_depression": (bool, "yes/no")},
    "failed_augmentations": FAILED_AUGMENTATIONS,
    "maximum_dose_reached": {"adequate_days": (int, "days")},
    "psychotherapy_documented": {"must_have_failed": (bool, "yes/no")},
}
OPTIONAL = frozenset(
    (
        "failed_trials.loss_of_response_counts",
        "failed_trials.within",
        "failed_trials.partial_days",
        "failed_augmentations.scope",
        "failed_augmentations.within",
        "augmentation_or_psychotherapy.scope",
        "augmentation_or_psychotherapy.within",
        "severity_documented.within",
        "age_between.to_years",
        "psychotherapy_documented.must_have_failed",
    )
)
"""Parameters that a rule may leave out, by its kind: the source sets no such limit."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "distinct_by": ("class", "ingredient"),
    "reason_alone": ("yes", "maybe"),
    "scope": ("current", "lifetime"),
}
GROUPS = ("clinical", "regulatory", "payer", "medicare", "algorithm")
"""Who says so: clinicians, an agency, a payer, a coverage rule of Medicare, or an algorithm that counts treatments."""
ABOUT = ("id", "title", "group", "version", "about", "needs-review", "source", "place", "checked", "ignores", "refused")


def read_criteria(files: Mapping[str, bytes], book: Book) -> dict[str, CriteriaSet]:
    """Every criteria set by its id, which is also the name of its file; in order of their groups, then of their names."""
    sets = [_criteria_set(open_table(name, content, book), name) for name, content in sorted(files.items())]
    return {found.id: found for found in sorted(sets, key=_order)}


def _order(found: CriteriaSet) -> tuple[int, str]:
    return GROUPS.index(found.group) if found.group in GROUPS else len(GROUPS), found.id


def _criteria_set(table: Cell, name: str) -> CriteriaSet:
    about = table.at("about")
    about.only(*ABOUT)
    wanted = name.rpartition("/")[2].removesuffix(".toml")
    if about.text("id") != wanted:
        table.book.fault(f"{name}.about.id", f"{wanted!r}, as the file is named", repr(about.table.get("id")))
    if about.has("refused"):
        _note_refusal(about, name)
    return CriteriaSet(
        id=wanted,
        title=about.text("title"),
        group=_group(about),
        version=about.text("version"),
        about=about.text("about"),
        rules=tuple(_rule(key, entry) for key, entry in table.entries()),
        needs_review=about.flag("needs-review", False),
        ignores=about.texts("ignores"),
        refused=about.text("refused", ""),
    )


def _note_refusal(about: Cell, name: str) -> None:
    """A set that cannot be evaluated stands in the catalogue with the reason: a person with the source can fill it in."""
    cite = about.citation("refused")
    about.book.check(cite, about.where)
    if about.book.listing:
        row = Row(
            table=name,
            entry="about",
            name="refused",
            value=about.text("refused"),
            unit="reason",
            mark=Mark.NEEDS_REVIEW,
            source=str(cite.source),
            place=str(cite.place),
            checked=cite.checked or date.min,
        )
        about.book.rows.append(row)


def _group(about: Cell) -> str:
    group = about.text("group", "")
    if about.has("group") and group not in GROUPS:
        about.book.fault(f"{about.where}.group", f"one of {', '.join(GROUPS)}", repr(group))
    return group


def _rule(name: str, entry: Cell) -> Rule:
    entry.only("rule", "sentence", "reading", "source", "place", "checked", "decides", "parameters")
    kind, cite = entry.text("rule"), entry.citation("rule")
    entry.book.check(cite, entry.where)
    if kind not in RULES:
        entry.book.fault(f"{entry.where}.rule", f"one of {', '.join(RULES)}", repr(kind))
    return Rule(
        name=name,
        kind=kind,
        source=str(cite.source),
        place=str(cite.place),
        sentence=entry.text("sentence"),
        checked=cite.checked or date.min,
        parameters=_parameters(entry, kind) if kind in RULES else {},
        reading=cite.reading or "",
        decides=entry.flag("decides", True),
    )


def _parameters(entry: Cell, rule: str) -> dict[str, Parameter]:
    wanted = RULES[rule]
    needed = [name for name in wanted if f"{rule}.{name}" not in OPTIONAL]
    if not needed and not entry.has("parameters"):
        return {}
    cell = entry.at("parameters")
    cell.only(*wanted)
    asked = [name for name in wanted if cell.has(name) or f"{rule}.{name}" not in OPTIONAL]
    return {name: _parameter(cell, name, *wanted[name]) for name in asked}


def _parameter(table: Cell, name: str, kind: type, unit: str) -> Parameter:
    cell = table.at(name)
    bare = cell.cited_value(name, unit)
    value: Value = bare.many(str) if kind is tuple else bare.read(kind)
    if name in WORDS and bare.value is not REFUSED and value not in WORDS[name]:
        bare.refuse(f"one of {', '.join(WORDS[name])}")
    return cell.parameter(name, value, unit)
