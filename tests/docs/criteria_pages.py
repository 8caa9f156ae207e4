"""The reference of the criteria sets, made from the tables: a page for each set, and an index by group."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from fhir_trd.model.criteria import CriteriaSet, Parameter, Rule, Source, Value
from fhir_trd.model.knowledge import Knowledge

FOLDER = PurePosixPath("docs/reference/criteria")
MADE = "<!-- Made by `make docs` from mappings/criteria/; change the tables, not this page. -->\n\n"
GROUPS = {
    "clinical": "Clinical and research definitions",
    "regulatory": "Agencies and labels",
    "payer": "Payers: checklists of what must be documented",
    "medicare": "Medicare: local coverage rules for magnetic stimulation",
    "algorithm": "Published algorithms on claims, registers and records",
    "": "Other sets",
}


def criteria_pages(known: Knowledge) -> Iterator[tuple[PurePosixPath, str]]:
    """Every page of the reference of criteria sets, with where it lies."""
    yield FOLDER / "index.md", _index(known.criteria.values(), known.default_criteria)
    for name, criteria in sorted(known.criteria.items()):
        yield FOLDER / f"{name}.md", _page(criteria, known.sources)


def chapter_of(criteria: str) -> PurePosixPath:
    """The chapter of the manual on a criteria set."""
    return PurePosixPath("docs/reference/manual") / f"criteria-{criteria}.md"


def _index(sets: Iterable[CriteriaSet], default: str) -> str:
    found = sorted(sets, key=lambda criteria: criteria.id)
    parts = [MADE, "# Criteria sets\n\nEvery published way to say treatment-resistant depression that the tool knows. "]
    parts.append(f"`{default}` is the default; `--criteria ID` asks for another, `--compare` for all of them at once.\n")
    for group, title in GROUPS.items():
        rows = [_row(criteria) for criteria in found if criteria.group == group]
        if rows:
            parts.append(f"\n## {title}\n\n| set | what it is | state |\n|---|---|---|\n{''.join(rows)}")
    return "".join(parts)


def _row(criteria: CriteriaSet) -> str:
    return f"| [{criteria.id}]({criteria.id}.md) | {criteria.title} | {_state(criteria)} |\n"


def _state(criteria: CriteriaSet) -> str:
    if criteria.refused:
        return "refused"
    return "needs review" if criteria.needs_review else "read"


def _page(criteria: CriteriaSet, sources: Mapping[str, Source]) -> str:
    known_as = f"`{criteria.id}` · version {criteria.version} · [all sets](index.md)"
    parts = [MADE, f"# {criteria.title}\n\n{known_as}\n\n{criteria.about}\n"]
    if criteria.needs_review:
        parts.append("\n**Needs review:** a part of its source could not be read. Every verdict of this set says so.\n")
    if criteria.refused:
        parts.append(f"\n**Refused:** the set cannot be evaluated: {criteria.refused}.\n")
    if criteria.ignores:
        parts.append(f"\nThe published rule ignores: {', '.join(criteria.ignores)}.\n")
    parts += [_rule(rule) for rule in criteria.rules]
    parts.append(_sources(criteria, sources))
    if not criteria.refused:
        chapter = f"../manual/{chapter_of(criteria.id).name}"
        parts.append(f"\nCases that show where it draws its line: [its chapter in the manual]({chapter}).\n")
    return "".join(parts)


def _rule(rule: Rule) -> str:
    decides = "" if rule.decides else "A line of the checklist: it is shown and does not decide the result.\n\n"
    reading = f" Reading: {_reading(rule.reading)}." if rule.reading else ""
    cited = f"Kind of rule: `{rule.kind}`. Source: {rule.source}, {rule.place}; compared with it on {rule.checked}.{reading}\n"
    head = f"\n## {_words(rule.name).capitalize()}\n\n{rule.sentence}\n\n{decides}{cited}"
    return head + _table(list(rule.parameters.values()))


def _table(parameters: Sequence[Parameter]) -> str:
    if not parameters:
        return ""
    heads = "\n| what | value | unit | known how | source | place | checked | reading |\n|---|---|---|---|---|---|---|---|\n"
    return heads + "".join(_parameter(one) for one in parameters)


def _parameter(one: Parameter) -> str:
    cells = (_words(one.name), _value(one.value), one.unit, one.mark, one.source, one.place, str(one.checked))
    return f"| {' | '.join(_in_cell(cell) for cell in cells)} | {_reading(one.reading)} |\n"


def _in_cell(text: str) -> str:
    """A text that does not end the cell of a table."""
    return text.replace("|", "\\|")


def _sources(criteria: CriteriaSet, sources: Mapping[str, Source]) -> str:
    named = {rule.source for rule in criteria.rules} | {one.source for rule in criteria.rules for one in rule.parameters.values()}
    lines = [_source(sources[key]) for key in sorted(named)]
    return f"\n## Sources\n\n{''.join(lines)}" if lines else ""


def _source(source: Source) -> str:
    title = f"[{source.title}]({source.address})" if source.address.startswith("http") else source.title
    read = f"; read: {source.read}" if source.read else ""
    return f"- **{source.key}**: {title}{read}\n"


def _reading(reading: str) -> str:
    return f"[{reading}](../../readings.md)" if reading else ""


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
