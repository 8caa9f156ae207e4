"""What a server says that it can do: its CapabilityStatement, read for the few questions that we have."""

import msgspec
from msgspec import Struct

WRITTEN = ("Observation", "CarePlan", "Provenance", "Device")
"""The types that we write."""


class _Name(Struct, frozen=True):
    name: str = ""
    code: str = ""


class _Resource(Struct, frozen=True, rename="camel"):
    type: str = ""
    interaction: tuple[_Name, ...] = ()
    update_create: bool | None = None
    conditional_create: bool = False
    conditional_update: bool = False
    search_param: tuple[_Name, ...] = ()
    search_include: tuple[str, ...] = ()
    operation: tuple[_Name, ...] = ()


class _Rest(Struct, frozen=True):
    mode: str = ""
    resource: tuple[_Resource, ...] = ()
    interaction: tuple[_Name, ...] = ()
    operation: tuple[_Name, ...] = ()


class _Software(Struct, frozen=True):
    name: str = ""
    version: str = ""


class _Implementation(Struct, frozen=True):
    url: str | None = None


class _Statement(Struct, frozen=True, rename="camel"):
    resource_type: str = ""
    fhir_version: str = ""
    software: _Software = _Software()
    implementation: _Implementation | None = None
    rest: tuple[_Rest, ...] = ()


class Ability(Struct, frozen=True, kw_only=True):
    """What a server can do with one type of resource. ``update_create``: None, where it does not say."""

    interactions: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    update_create: bool | None = None
    conditional_update: bool = False


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a server can do. ``operations`` are those of the whole server, without the $; ``address``: what it calls itself."""

    fhir_version: str
    software: str
    transactions: bool
    operations: frozenset[str]
    types: dict[str, Ability]
    address: str = ""

    def ability(self, kind: str) -> Ability:
        """What it can do with a type of resource; nothing, if it does not name the type."""
        return self.types.get(kind, Ability())

    def offers(self, operation: str, kind: str) -> bool:
        """Whether an operation is offered on a type. Some servers list it on the type, some for the whole server."""
        named = self.ability(kind).operations | self.operations
        return any(name == operation or name.endswith(f"-{operation}") for name in named)

    @property
    def takes_our_ids(self) -> bool:
        """Whether the server says that we may choose the ids of what we write."""
        return all(self.ability(kind).update_create for kind in WRITTEN)

    @property
    def refuses_our_ids(self) -> bool:
        """Whether the server says that we may not. Many say neither."""
        return any(self.ability(kind).update_create is False for kind in WRITTEN)

    @property
    def finds_by_identifier(self) -> bool:
        """Whether what we write can be updated by its identifier."""
        return all(self.ability(kind).conditional_update for kind in WRITTEN)


_STATEMENT = msgspec.json.Decoder(_Statement)
"""Made once and at the start: two threads that are the first to read a type at the same time end the whole process."""


def capabilities_in(body: bytes) -> Capabilities | None:
    """The abilities that a CapabilityStatement names; None where the body is none."""
    try:
        statement = _STATEMENT.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if statement.resource_type != "CapabilityStatement":
        return None
    rest = next((rest for rest in statement.rest if rest.mode in ("server", "")), _Rest())
    return Capabilities(
        fhir_version=statement.fhir_version,
        software=" ".join(part for part in (statement.software.name, statement.software.version) if part),
        transactions="transaction" in {interaction.code for interaction in rest.interaction},
        operations=frozenset(operation.name.lstrip("$") for operation in rest.operation),
        types={resource.type: _ability(resource) for resource in rest.resource},
        address=(statement.implementation and statement.implementation.url) or "",
    )


def _ability(resource: _Resource) -> Ability:
    return Ability(
        interactions=frozenset(interaction.code for interaction in resource.interaction),
        parameters=frozenset(parameter.name for parameter in resource.search_param),
        operations=frozenset(operation.name.lstrip("$") for operation in resource.operation),
        update_create=resource.update_create,
        conditional_update=resource.conditional_update,
    )
