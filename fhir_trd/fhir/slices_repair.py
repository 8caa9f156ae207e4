"""Typed decoding that a bad element can't spoil: what does not fit is mended or left out, and said."""

import json
import math
import re
from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any, Protocol, TypeVar, cast

import msgspec
from msgspec import Struct

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TRIES = 100
_PATH = re.compile(r" - at `(.*?)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_KINDS = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")


class Flaw(Struct, frozen=True):
    """An element that did not fit: its path, the kind found and wanted, and what became of it."""

    path: str
    found: str
    wanted: str
    effect: str


class Decodes(Protocol[T_co]):
    """What turns bytes into a typed value: a decoder of msgspec."""

    def decode(self, buf: bytes | msgspec.Raw, /) -> T_co:
        """The value of these bytes."""


ABSENT = (b"", b"null")
LEFT_OUT = "left out"
MENDED = "read as meant"
Fitted = tuple[T | None, tuple[Flaw, ...]]


def fitted(decoder: Decodes[T], body: bytes | msgspec.Raw) -> Fitted[T]:
    """The typed value of these bytes and the flaws met on the way; None if it has no usable core.

    Broken JSON raises what msgspec raises: it is no matter of one element.
    """
    try:
        return decoder.decode(body), ()
    except msgspec.ValidationError:
        return _mended(decoder, bytes(body))
    except UnicodeDecodeError:
        return _in_utf8(decoder, bytes(body))


@cache
def _decoder_of(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


class Understands(Protocol):
    """What understands elements of any shape."""

    def __call__(self, shape: type[T], body: bytes, /) -> Fitted[T]:
        """The typed value of these bytes, and the flaws met on the way."""


def _decoded(shape: Any, body: bytes) -> Fitted[Any]:
    return fitted(_decoder_of(shape), body)


element = cast(Understands, lru_cache(maxsize=16384)(_decoded))
"""One element that was left as raw bytes; equal ones are decoded once."""


def _in_utf8(decoder: Decodes[T], body: bytes) -> Fitted[T]:
    value, flaws = fitted(decoder, body.decode("utf-8", "replace").encode())
    return value, (Flaw("", "bytes that are not UTF-8", "UTF-8 text", "those characters replaced"), *flaws)


def _mended(decoder: Decodes[T], body: bytes) -> Fitted[T]:
    # The tolerant parser: it lets numbers pass that no float can hold, as text, so that they are left out by their path.
    holder: list[Any] = [json.loads(body, parse_float=_float_or_text)]
    flaws: list[Flaw] = []
    for _ in range(TRIES):
        try:
            return decoder.decode(msgspec.json.encode(holder[0])), tuple(flaws)
        except msgspec.ValidationError as error:
            flaws.append(_mend(holder, str(error)))
        if not holder:
            break
    return None, tuple(flaws)


def _mend(holder: list[Any], message: str) -> Flaw:
    """Mend or remove, in place, the one element that the message names; what holds the whole is emptied if it is the whole."""
    steps = [0, *_steps_to(message)]
    owner: Any = holder
    for step in steps[:-1]:
        owner = owner[step]
    kinds = _KINDS.search(message)
    wanted, found = (kinds[1], kinds[2]) if kinds else ("a value in range", "a value out of range")
    better = _as_meant(owner[steps[-1]], wanted)
    if better is None:
        del owner[steps[-1]]
    else:
        owner[steps[-1]] = better
    return Flaw(_written(steps[1:]), found, wanted, LEFT_OUT if better is None else MENDED)


def _steps_to(message: str) -> list[str | int]:
    path = _PATH.search(message)
    return [int(at) if at else name for name, at in _STEP.findall(path[1])] if path else []


def _written(steps: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _as_meant(value: Any, wanted: str) -> Any:
    """The value in the wanted kind where its meaning is plain: one thing for a list of one, digits for a number."""
    kinds = wanted.split(" | ")
    match value:
        case dict() if "array" in kinds:
            return [value]
        case [dict() as only] if "object" in kinds:
            return only
        case str() if "array" in kinds:
            return [value]
        case str() if "float" in kinds or "int" in kinds:
            return _number(value)
        case str() if "object" in kinds:
            return {"text": value, "reference": value}
        case bool():
            return None
        case int() | float() if "str" in kinds:
            return str(value)
        case float() if "int" in kinds and value.is_integer():
            return int(value)
        case _:
            return None


def _float_or_text(written: str) -> float | str:
    number = float(written)
    return written if math.isinf(number) else number


def _number(text: str) -> float | int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number
