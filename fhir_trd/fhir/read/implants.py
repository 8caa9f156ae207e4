"""Implants, told by the device itself or by the procedure that put it in: some must not come near a magnetic coil."""

from collections.abc import Iterable, Iterator

from fhir_trd.fhir.read.codes import words_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.procedures import NO_TREATMENT, read_procedure
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR
from fhir_trd.fhir.slices import ConceptSlice, Element, Period
from fhir_trd.fhir.slices_resources import DeviceSlice, ProcedureSlice
from fhir_trd.model.dates import When
from fhir_trd.model.records import Certainty, Presence

INACTIVE = "inactive"


class NameOfDevice(Element, frozen=True):
    """One name of a device (R4: ``name``, R5: ``value``)."""

    name: str = ""
    value: str = ""


NAMES = tuple[NameOfDevice, ...]


def read_device(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The implant a device is. One that is no longer in use may still be in the body: it is suspected."""
    device = sheet.slice
    assert isinstance(device, DeviceSlice)
    if device.status == "entered-in-error":
        return Aside(ERROR)
    types = margin.one_or_many(ConceptSlice, device.type, "type")
    names = (each.name or each.value for each in margin.element(NAMES, device.device_name, "deviceName") or ())
    concepts = (*types, *(ConceptSlice(text=name) for name in names if name))
    certainty = Certainty.SUSPECTED if device.status == INACTIVE else Certainty.CONFIRMED
    return _presences((implant_in(concept, desk) for concept in concepts), certainty, None, margin)


def read_deed(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The treatment a procedure was, else the implant it put in."""
    facts = read_procedure(sheet, desk, margin)
    if not isinstance(facts, Aside) or facts.reason != NO_TREATMENT:
        return facts
    done = sheet.slice
    assert isinstance(done, ProcedureSlice)
    implant = desk.told(implant_in, done.code, "code", margin)
    if not implant:
        return facts
    period = done.performed_period or done.occurrence_period or Period()
    written = done.performed_date_time or done.occurrence_date_time or period.start
    return _presences((implant,), Certainty.CONFIRMED, desk.days.day(written, "performed", margin), margin)


def _presences(implants: Iterable[str], certainty: Certainty, when: When | None, margin: Margin) -> tuple[Fact, ...] | Aside:
    found = sorted(filter(None, set(implants)))
    facts = tuple(Presence(origin=margin.origin, category=category, certainty=certainty, when=when) for category in found)
    return facts or Aside("not an implant of interest")


def implant_in(concept: ConceptSlice, desk: Desk) -> str:
    """The implant a code names, else the words unless they deny it or speak of taking it out; empty if none."""
    wanted = desk.vocabulary.terms.implants
    coded = sorted(meaning for _, meaning in desk.vocabulary.meanings(desk.vocabulary.terms.hazards, concept))
    return next((meaning for meaning in (*coded, *_named(concept, desk)) if meaning in wanted), "")


def _named(concept: ConceptSlice, desk: Desk) -> Iterator[str]:
    for text in words_of(concept):
        category = desk.implant_words.first_in(text)
        if category and not desk.vocabulary.refuses(text) and not desk.removing_words.first_in(text):
            yield category
