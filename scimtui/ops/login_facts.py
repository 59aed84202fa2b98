"""What a login needs: the facts that are gathered, and the findings that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.everywhere import Account, Place
    from scimtui.ops.journal_list import Listed
    from scimtui.ops.memberships import Standing
    from scimtui.scim.schema import ResourceType

LISTED = 5
"""So many of several are named."""


class Check(StrEnum):
    """What is looked at, in the order in which it is told."""

    TOKEN = "token"  # noqa: S105, the name of a check
    EXISTS = "exists"
    ALONE = "one account"
    ACTIVE = "active"
    SOURCE = "source"
    """The account at the tenant that the people come from."""
    USER_NAME = "userName"
    EMAIL = "e-mail"
    EXTERNAL_ID = "externalId"
    GROUPS = "groups"
    LAST_CHANGE = "last change"
    PASSWORD = "password"  # noqa: S105, the name of a check


class Result(StrEnum):
    """How a check ended."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What mends a finding; `arguments` of the finding say with what."""

    TOKEN = "token"  # noqa: S105, the name of a remedy
    SYNC = "sync"
    CREATE = "create"
    """Arguments: the tenant that has them, their id there, and the paths of what is not copied."""
    OTHER = "other"
    """Look at another account; argument: its id."""
    ACTIVATE = "activate"
    """Arguments: the tenant and the id."""
    EDIT = "edit"
    """Argument: an assignment, as `--set` takes it."""
    ADD = "add"
    """Argument: an assignment, as `--add` takes it."""
    JOIN = "join"
    """Arguments: the groups."""
    LOOK_UP = "look up"
    """Argument: the id of a write."""
    SHOW = "show"
    """Argument: the id of a write."""
    CONFIG = "config"
    """Argument: the key of the tenant's table."""
    PASSWORD = "password"  # noqa: S105, the name of a remedy


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and how it ended."""

    check: Check
    result: Result
    detail: str
    """A sentence without its full stop. Hostile text."""
    remedy: Remedy | None = None
    arguments: tuple[str, ...] = ()
    """Hostile text."""
    moment: datetime | None = None
    """When what the detail tells happened."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What another tenant has of the person."""

    tenant: str
    place: Place
    account: Account | None
    """The one that is surely theirs."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the checks look at."""

    tenant: Tenant
    resource_type: ResourceType
    place: Place
    account: Account | None
    was_cached: bool
    """Whether the cache had an account that may be theirs."""
    statuses: frozenset[int]
    """With which the provider answered just now; none: it was not asked, or gave no answer."""
    origins: tuple[Origin, ...]
    """The tenants that the account is compared with."""
    elsewhere: tuple[Origin, ...]
    """All other tenants."""
    standings: tuple[Standing, ...] | None
    """The known groups among `login_groups`; None where the config names none, or there is no account."""
    groups_are_complete: bool
    last_write: Listed | None
    """From here, to the account or its groups."""
