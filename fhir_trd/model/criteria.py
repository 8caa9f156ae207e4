"""Criteria sets as data: named, versioned rules whose every number carries its source."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct


class Mark(StrEnum):
    """How we know a value."""

    READ = "read"
    RECALLED = "recalled"
    NEEDS_REVIEW = "needs-review"
    OUR_CHOICE = "our-choice"


class Source(Struct, frozen=True, kw_only=True):
    """A paper, label, policy or code system."""

    key: str
    title: str
    address: str = ""
    read: str = ""
    licence: str = ""


Value = float | int | str | bool | tuple[str, ...]


class Parameter(Struct, frozen=True, kw_only=True):
    """One cited value: what it is, in which unit, from where, how we know it and when that was last checked."""

    name: str
    value: Value
    unit: str
    mark: Mark
    source: str
    place: str
    checked: date
    reading: str = ""


class Rule(Struct, frozen=True, kw_only=True):
    """One rule of a criteria set: the kind of rule (a function in criteria/) and its cited numbers.

    A rule that does not decide is a line of a checklist: it is shown, and leaves the result as it is.
    """

    name: str
    kind: str
    source: str
    place: str
    sentence: str
    checked: date
    parameters: Mapping[str, Parameter]
    reading: str = ""
    decides: bool = True

    def whole(self, name: str) -> int:
        """The value of a parameter that is a whole number."""
        value = self.parameters[name].value
        assert isinstance(value, int), f"{self.name}.{name} is not a whole number"
        return value

    def number(self, name: str) -> float:
        """The value of a parameter that is a number."""
        value = self.parameters[name].value
        assert isinstance(value, (int, float)), f"{self.name}.{name} is not a number"
        return float(value)

    def word(self, name: str) -> str:
        """The value of a parameter that is a word."""
        value = self.parameters[name].value
        assert isinstance(value, str), f"{self.name}.{name} is not a word"
        return value

    def flag(self, name: str) -> bool:
        """The value of a parameter that is yes or no."""
        value = self.parameters[name].value
        assert isinstance(value, bool), f"{self.name}.{name} is not yes or no"
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """The value of a parameter that is a list of words."""
        value = self.parameters[name].value
        assert isinstance(value, tuple), f"{self.name}.{name} is not a list of words"
        return value


FAILED_TRIALS = "failed_trials"
"""The kind of rule that judges trials: most sets have one, and others build on it."""


class CriteriaSet(Struct, frozen=True, kw_only=True):
    """A published way to say treatment-resistant depression, as rules.

    ``ignores`` names what the published rule does not look at (dose, intent, outcome). ``refused`` says why a set cannot be
    evaluated; it then has no rules. ``group`` says who uses it (clinical, regulatory, payer, medicare, algorithm), if known.
    """

    id: str
    title: str
    version: str
    about: str
    rules: tuple[Rule, ...]
    needs_review: bool = False
    ignores: tuple[str, ...] = ()
    refused: str = ""
    group: str = ""

    @property
    def counts_raised_days(self) -> bool:
        """Whether it counts days at a dose well above the minimum."""
        return any("raised_days" in rule.parameters for rule in self.rules)

    @property
    def failed_trials(self) -> Rule | None:
        """The first rule by which the set judges trials, if it does."""
        return next((rule for rule in self.rules if rule.kind == FAILED_TRIALS), None)
