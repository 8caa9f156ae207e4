"""The text a person reads in a resource: a little XHTML, everything in it escaped."""

import re
from collections.abc import Iterable
from html import escape

from fhir_trd.fhir.write.shape import Element

NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def narrative(*blocks: str) -> Element:
    """The text element of a resource, generated in full from its content."""
    words = NOT_XML.sub("", "".join(blocks))
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>'}


def paragraph(words: str) -> str:
    """A paragraph."""
    return f"<p>{_safe(words)}</p>"


def strong(words: str) -> str:
    """A paragraph that must not be overlooked."""
    return f"<p><b>{_safe(words)}</b></p>"


def listed(heading: str, lines: Iterable[str]) -> str:
    """A heading with a list, or nothing if there is nothing to list."""
    items = "".join(f"<li>{_safe(line)}</li>" for line in lines)
    return f"{paragraph(heading)}<ul>{items}</ul>" if items else ""


def _safe(words: str) -> str:
    return escape(words, quote=False)
