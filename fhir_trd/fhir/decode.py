"""From bytes to single resources: a document, a Bundle in a Bundle, Parameters, or lines of NDJSON.

Nothing is judged here. What can't be cut into resources becomes a ``Fault`` that says where, what was found, what was
wanted and what helps; it never repeats the content.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from fhir_trd.fhir.decode_salvage import elements_of
from fhir_trd.fhir.slices import Entry, Head, Item, ParametersSlice

Body = bytes | msgspec.Raw


class Raw(Struct, frozen=True, gc=False):
    """One resource as bytes, and where it came from.

    ``scope`` groups the resources of one Bundle or file: references are looked up there first. ``aside`` is a reason to
    leave the resource out that the envelope gave (it was deleted on the server).
    """

    resource_type: str
    body: Body
    source: str
    part: str = ""
    number: int = 0
    full_url: str = ""
    scope: str = ""
    aside: str = ""

    @property
    def place(self) -> str:
        """Where in its source this resource stood: "line 12", "entry[3]"."""
        return f"line {self.number}" if self.part == "line" else f"{self.part}[{self.number}]" if self.part else "document"

    @property
    def where(self) -> str:
        """Where this resource came from: "x.ndjson line 12", "bundle.json entry[3]"."""
        return f"{self.source} {self.place}" if self.part else self.source


class Fault(Struct, frozen=True):
    """Something that could not be read as a resource at all."""

    where: str
    found: str
    wanted: str
    remedy: str = ""
    resource_type: str = "unreadable"

    @property
    def kind(self) -> str:
        """What was found, without the place in the bytes: equal for equal faults."""
        return self.found.partition(" at byte ")[0]


TYPE = "resourceType"
"""The element that says of which type a resource is."""

JSON = "a FHIR resource as JSON"
ENVELOPES = frozenset({"Bundle", "Parameters"})
BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n" + BOM
OPENING = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"')
_NAMES_A_BUNDLE = re.compile(rb'"resourceType"\s*:\s*"Bundle"')
_POSITION = re.compile(r"\(byte (\d+)\)")
_HEAD = msgspec.json.Decoder(Head)
_ENTRIES = msgspec.json.Decoder(list[msgspec.Raw])
_ENTRY = msgspec.json.Decoder(Entry)
_PARAMETERS = msgspec.json.Decoder(ParametersSlice)

NOT_FHIR = (
    (b"<", "XML or HTML", "convert it to FHIR JSON"),
    (b"version https://git-lfs", "a Git LFS pointer in place of the file", "run git lfs pull"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8"),
    (b"\x1f\x8b", "compressed bytes", "decompress it"),
    (b"PK\x03\x04", "a zip archive", "unpack it"),
)


def resources_in_document(body: bytes, where: str) -> Iterator[Raw | Fault]:
    """Every resource of one JSON document: any kind of Bundle, Parameters, or one resource."""
    waiting = [_opened(body.removeprefix(BOM), Raw(resource_type="", body=b"", source=where, scope=where))]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, Raw) and piece.resource_type in ENVELOPES:
            waiting.extend(reversed(list(_inside(piece))))
        else:
            yield piece


def resources_in_lines(lines: Iterable[bytes], where: str) -> Iterator[Raw | Fault]:
    """Every resource of an NDJSON file; blank lines are none."""
    usual, kind = b"{}", ""
    for number, line in enumerate(lines, 1):
        if not line.startswith(usual):
            # Most lines of a file open alike, so what the opening says is worked out once.
            opening = OPENING.match(line)
            kind = opening[1].decode() if opening else ""
            usual = opening[0] if opening else b"{}"
        if kind and kind not in ENVELOPES:
            yield Raw(kind, line, where, "line", number, "", where)
        elif kind or line.strip(BLANK):
            yield from _odd_line(line.strip(BLANK), Raw("", b"", where, "line", number, "", where))


def _odd_line(line: bytes, seat: Raw) -> Iterator[Raw | Fault]:
    """A line that does not start as resources do: an envelope, another order of elements, or no FHIR at all."""
    piece = _opened(line, seat)
    if isinstance(piece, Raw) and piece.resource_type in ENVELOPES:
        yield from resources_in_document(line, seat.where)
    else:
        yield piece


def fault_of(error: Exception, where: str, resource_type: str = "unreadable") -> Fault:
    """What a decoder's error says, without the content it met."""
    position = _POSITION.search(str(error))
    match error:
        case RecursionError():
            found = "JSON nested too deep"
        case UnicodeDecodeError():
            found = "text that is not UTF-8"
        case _ if "truncated" in str(error):
            found = "JSON that ends too early"
        case _:
            found = f"broken JSON at byte {position[1]}" if position else "JSON of another shape"
    return Fault(where, found, JSON, resource_type=resource_type)


def _opened(body: Body, seat: Raw) -> Raw | Fault:
    """The resource at this seat, once its type is known."""
    opening = OPENING.match(body)
    if opening:
        return msgspec.structs.replace(seat, resource_type=opening[1].decode(), body=body)
    unlike = _unlike_json(bytes(body[:64]), seat.where) if isinstance(body, bytes) else None
    if unlike:
        return unlike
    try:
        head = _HEAD.decode(body)
    except msgspec.ValidationError:
        return Fault(seat.where, "JSON that is no object with a resourceType", JSON)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        if _NAMES_A_BUNDLE.search(body):
            return msgspec.structs.replace(seat, resource_type="Bundle", body=body)
        return fault_of(error, seat.where)
    if not head.resource_type:
        return Fault(seat.where, "a JSON object without a resourceType", JSON)
    return msgspec.structs.replace(seat, resource_type=head.resource_type, body=body)


def _unlike_json(start: bytes, where: str) -> Fault | None:
    if not start.strip():
        return Fault(where, "nothing (an empty file or only blanks)", JSON)
    for mark, found, remedy in NOT_FHIR:
        if start.lstrip().startswith(mark):
            return Fault(where, found, JSON, remedy)
    return None


def _inside(envelope: Raw) -> Iterator[Raw | Fault]:
    return _in_bundle(envelope) if envelope.resource_type == "Bundle" else _in_parameters(envelope)


def _in_bundle(bundle: Raw) -> Iterator[Raw | Fault]:
    """The resources of a Bundle. Broken JSON costs the broken entry, not its neighbours."""
    try:
        head = _HEAD.decode(bundle.body)
        entries: list[Body] = list(_ENTRIES.decode(head.entry)) if head.entry else []
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        entries = list(elements_of(bytes(bundle.body), b'"entry"'))
        fault = fault_of(error, bundle.where, "Bundle")
        yield msgspec.structs.replace(fault, remedy=f"{len(entries)} whole entries of the Bundle are read")
        yield from _resources_of(entries, bundle, history=False)
    else:
        yield from _resources_of(entries, bundle, history=bytes(head.type) == b'"history"')


def _resources_of(entries: list[Body], bundle: Raw, *, history: bool) -> Iterator[Raw | Fault]:
    gone: set[str] = set()
    for number, body in enumerate(entries):
        seat = Raw("", b"", bundle.where, "entry", number, "", bundle.where)
        try:
            entry = _ENTRY.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            yield fault_of(error, seat.where)
            continue
        if entry.request.method == "DELETE":
            gone.add(entry.request.url)
            yield msgspec.structs.replace(seat, resource_type="Bundle.entry", aside="a deletion, not a record")
        elif not entry.resource:
            yield msgspec.structs.replace(seat, resource_type="Bundle.entry", aside="an entry without a resource")
        else:
            # A history lists the newest first: what stands below a deletion is an older version of what is gone.
            aside = "deleted on the server" if history and entry.request.url in gone else ""
            yield _opened(entry.resource, msgspec.structs.replace(seat, full_url=entry.full_url, aside=aside))


def _in_parameters(parameters: Raw) -> Iterator[Raw | Fault]:
    try:
        waiting: list[Item] = list(reversed(_PARAMETERS.decode(parameters.body).parameter))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        yield fault_of(error, parameters.where, "Parameters")
        return
    number = 0
    while waiting:
        item = waiting.pop()
        if item.resource:
            yield _opened(item.resource, Raw("", b"", parameters.where, "parameter", number, "", parameters.where))
            number += 1
        waiting.extend(reversed(item.part))
