"""The text a person reads in a resource: a little XHTML, everything in it escaped."""

import re
from collections.abc import Iterable
from html import escape

from fhir_trd.fhir.write.shape import Element

NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def narrative(*blocks: str) -> Element:
    """The text element of a resource, generated in full from its content."""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(blocks)}</div>'}


def paragraph(words: str) -> str:
    """A paragraph."""
    return f"<p>{_safe(words)}</p>"


def strong(words: str) -> str:
    """A paragraph that must not be overlooked."""
    return f"<p><b>{_safe(words)}</b></p>"


def listed(heading: str, lines: Iterable[str]) -> str:
    """A heading with a list, or nothing if there is nothing to list."""
    return list_of(heading, map(item, lines))


def list_of(heading: str, items: Iterable[str]) -> str:
    """The same of lines that are items already."""
    joined = "".join(items)
    return f"{paragraph(heading)}<ul>{joined}</ul>" if joined else ""


def item(line: str) -> str:
    """A line of a list."""
    return f"<li>{_safe(line)}</li>"


def _safe(words: str) -> str:
    # What can be printed is allowed in XML, and few words hold one of its signs: most need no closer look.
    allowed = words if words.isprintable() else NOT_XML.sub("", words)
    return escape(allowed, quote=False) if "&" in allowed or "<" in allowed or ">" in allowed else allowed
