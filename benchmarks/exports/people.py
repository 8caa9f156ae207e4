"""One person of an export: every line there is about them, and the right answer. The same number gives the same person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.exports import findings, medicines, surroundings
from benchmarks.exports.medicines import DAYS, OTHERS, RESOURCE, WRITTEN, Course, Drug
from benchmarks.exports.stories import AS_OF, Story, told
from benchmarks.exports.template import Template

Line = tuple[str, str]
"""The type of a resource, and its text."""

REFERRED = 0.4
"""How many medicines are told by reference."""


@dataclass(frozen=True)
class Amount:
    """How much surrounds a person: visits on average, other drugs at most, and how many courses of each."""

    visits: float = 16.6
    drugs: int = 6
    courses: int = 3


FULL, LEAN = Amount(), Amount(visits=0.8, drugs=2, courses=1)
OWN = {"Encounter": "visit", "Claim": "bill"}
"""What others point at, and under which name."""

WEIGHED, TESTED = 0.6, 0.3
"""At how many visits each vital sign is taken, and at how many blood."""

ORDERED = 0.5
"""How many packages come with their order."""

SPREAD = 1.8
"""The busiest people have so many times the visits of the average."""


class Person:
    """A person in the making."""

    def __init__(self, seed: int, number: int, amount: Amount = FULL) -> None:
        self._dice = Random(f"{seed}/{number}")
        self._amount = amount
        self._facts: dict[str, object] = {
            "number": number, "doctor": f"practitioner-{number % 40}", "doctor_name": f"Name{number % 40}",
            "clinic": f"clinic-{number % 10}", "clinic_name": f"Clinic {number % 10}",
            "born": date(1945, 1, 1) + timedelta(self._dice.randrange(20_000)), "gender": self._dice.choice(("female", "male")),
        }  # fmt: skip
        self._facts |= {name: self._identity() for name in ("patient", "cover", "team", "goal", "bill", "visit")}
        self.story: Story = told(self._dice)

    @property
    def patient(self) -> str:
        """The reference by which the records name the person."""
        return f"Patient/{self._facts['patient']}"

    def lines(self) -> Iterator[Line]:
        """Every resource about the person."""
        yield self._line("Patient", findings.PERSON, AS_OF, id=self._facts["patient"])
        for kind, template, share in surroundings.A_PERSON:
            if self._dice.random() < share:
                yield self._line(kind, template, date(2023, 1, 1) + timedelta(self._dice.randrange(300)))
        for day in self._visits():
            yield from self._visit(day)
        yield from self._other_drugs()
        yield from self._depression()

    def _visits(self) -> Sequence[date]:
        average = self._amount.visits * self._dice.uniform(2 - SPREAD, SPREAD)
        return [date(2020, 1, 1) + timedelta(self._dice.randrange(1900)) for _ in range(round(average))]

    def _visit(self, day: date) -> Iterator[Line]:
        dice = self._dice
        self._facts |= {"visit": self._identity(), "bill": self._identity()}
        for kind, template, share in surroundings.A_VISIT:
            for number in range(int(share + dice.random())):
                own = {"id": self._facts[OWN[kind]]} if kind in OWN and not number else {}
                yield self._line(kind, template, day, price=f"{dice.randint(40, 900)}.5", **own)
        yield self._line("Observation", findings.PRESSURE, day, value=dice.randint(105, 150))
        tested = findings.TESTED if dice.random() < TESTED else ()
        for template, low, high in (*(row for row in findings.MEASURED if dice.random() < WEIGHED), *tested):
            yield self._line("Observation", template, day, value=dice.randint(low, high))
        if dice.random() < 0.5:
            yield self._line("Observation", findings.SMOKING, day)
        if dice.random() < 0.6:
            yield self._line("Condition", dice.choice(findings.OTHERS), day, onset=day)

    def _other_drugs(self) -> Iterator[Line]:
        dice = self._dice
        for drug in dice.sample(OTHERS, dice.randint(0, self._amount.drugs)) * self._amount.courses:
            first = date(2021, 1, 1) + timedelta(dice.randrange(1300))
            form = dice.choice(("order", "order", "order", "statement", "dispense"))
            last = first + timedelta(dice.randint(20, 200))
            yield from self._course(Course(drug, first, last, 1, form=form, status="completed"))
            if dice.random() < 0.1:
                yield self._line("MedicationAdministration", medicines.GIVEN, first, **_named(drug), tablets=1)

    def _depression(self) -> Iterator[Line]:
        story = self.story
        for code in story.diagnoses:
            yield self._line("Condition", findings.MOODS[code], story.onset, onset=story.onset)
        for day, total in story.scores:
            yield self._line("Observation", findings.SCORES["phq-9"], day, value=total)
            if self._dice.random() < 0.3:
                yield self._line("Observation", findings.SCORES["gad-7"], day, value=total // 2)
        for course in story.courses:
            yield from self._course(course)

    def _course(self, course: Course) -> Iterator[Line]:
        referred = self._dice.random() < REFERRED
        facts: dict[str, object] = {
            **_named(course.drug), "tablets": course.tablets, "packed": course.tablets * DAYS, "reason": course.reason,
            "status": course.status, "medicine": self._identity(), "days": DAYS,
            "first": _written(course.first, course), "last": _written(course.last, course),
        }  # fmt: skip
        if referred:
            template = medicines.INGREDIENT if course.bare else medicines.PRODUCT
            yield self._line("Medication", template, course.first, **facts, id=facts["medicine"])
        if course.form == "dispense":
            yield from self._fills(course, medicines.HANDED_OVER[referred], facts)
        else:
            template = WRITTEN[course.form, referred, course.bare, course.stop, bool(course.reason)]
            yield self._line(RESOURCE[course.form], template, course.first, **facts)

    def _fills(self, course: Course, template: Template, facts: dict[str, object]) -> Iterator[Line]:
        day, order = course.first, self._identity()
        if self._dice.random() < ORDERED:
            written = WRITTEN["order", template is medicines.HANDED_OVER[True], False, "", False]
            yield self._line("MedicationRequest", written, day, **facts, id=order)
        while day + timedelta(DAYS) <= course.last + timedelta(1):
            yield self._line("MedicationDispense", template, day, **facts | {"first": day, "order": order})
            day += timedelta(DAYS)

    def _line(self, kind: str, template: Template, day: date, **facts: object) -> Line:
        drawn = self._dice.getrandbits(32)
        common = {"id": self._identity(), "date": day, "seen": AS_OF, "version": drawn % 7 + 1, "source": f"{drawn:08x}"}
        return kind, template.filled(self._facts | common | facts)

    def _identity(self) -> str:
        drawn = f"{self._dice.getrandbits(128):032x}"
        return f"{drawn[:8]}-{drawn[8:12]}-{drawn[12:16]}-{drawn[16:20]}-{drawn[20:]}"


def _written(day: date, course: Course) -> object:
    return day.year if course.by_year else day


def _named(drug: Drug) -> dict[str, object]:
    return {"name": f"{drug.name} {drug.mg:g} MG Oral Tablet", "product": drug.product, "ingredient": drug.ingredient}
